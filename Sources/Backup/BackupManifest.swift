import Foundation
import JSON

/// What a backup is: `manifest.json`.
package struct BackupManifest: Codable, Equatable, Sendable {
    /// Where the objects of an installation are.
    package enum Objects: String, Codable, Sendable {
        /// In the backup.
        case folder
        /// In their bucket: the backup has their keys alone.
        case bucket
    }

    /// The version of the form.
    static let form = 1

    let form: Int
    /// The version of the program that made it.
    package let program: String
    /// When the database was copied, RFC 3339 in UTC.
    package let created: String
    /// Where the objects are.
    package let objects: Objects
    /// How many objects the database refers to.
    package let objectCount: Int
    /// Their size in bytes; 0 of those in a bucket.
    package let bytes: Int
    /// How many of them were not in the store.
    package let missing: Int
    /// Whether the secret is in it.
    package let hasSecret: Bool
    /// The SHA-256 of the list of the files' SHA-256.
    let sums: String

    /// Reads the manifest of the backup in `folder`.
    /// - Throws: ``BackupError`` when there is none that can be read.
    init(of folder: String) throws(BackupError) {
        let path = "\(folder)/\(BackupFile.manifest)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BackupError("\(folder) is no complete backup: it has no \(BackupFile.manifest) that can be read")
        }
        // Why it cannot be decoded helps no one: a program wrote it.
        guard let manifest = try? decodeJSON(Self.self, from: [UInt8](data)) else {
            throw BackupError("\(path) is damaged")
        }
        guard manifest.form <= Self.form else {
            throw BackupError("\(folder) was made by a newer release, darkroom \(manifest.program)")
        }
        self = manifest
    }

    init(
        program: String, created: String, objects: Objects, objectCount: Int, bytes: Int, missing: Int, hasSecret: Bool,
        sums: String
    ) {
        form = Self.form
        (self.program, self.created, self.objects) = (program, created, objects)
        (self.objectCount, self.bytes, self.missing) = (objectCount, bytes, missing)
        (self.hasSecret, self.sums) = (hasSecret, sums)
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings and integers can always be encoded.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
    }
}
