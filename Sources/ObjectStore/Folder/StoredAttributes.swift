internal import Foundation

/// The content of the attributes' file. An object is two files and a rename moves one, so when an object is replaced, the new
/// attributes are written first and include those of the old object: each generation is matched to the file it was written
/// for, whichever of the two a reader finds or a crash leaves.
struct StoredAttributes: Codable, Equatable {
    struct Generation: Codable, Equatable {
        let attributes: ObjectAttributes
        let inode: UInt64
        let size: Int
        let modified: Int

        init(_ attributes: ObjectAttributes, of status: FileStatus) {
            self.attributes = attributes
            inode = status.inode
            size = status.size
            modified = status.modified
        }

        func isOf(_ status: FileStatus) -> Bool {
            inode == status.inode && size == status.size && modified == status.modified
        }
    }

    /// The newest first; two at most.
    let generations: [Generation]

    /// The attributes of a new object, which may replace an old one.
    init(_ attributes: ObjectAttributes, of status: FileStatus, replacing old: Generation?) {
        generations = [Generation(attributes, of: status)] + (old.map { [$0] } ?? [])
    }

    /// The attributes of the file. One that was copied here from a backup matches none and gets the newest.
    func generation(of status: FileStatus) -> Generation? {
        generations.first { $0.isOf(status) } ?? generations.first
    }

    /// The attributes that `json` has; `nil` for a damaged file, whose object is served without attributes.
    init?(json: [UInt8]) {
        guard let stored = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = stored
    }

    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and integers can always be encoded.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
    }

    /// The name of the file beside the object `name`. No key contains a `~`.
    /// Whether a file has the attributes of an object.
    static func isFileName(_ name: String) -> Bool { name.hasSuffix("~attributes.json") }

    static func fileName(for name: String) -> String { name + "~attributes.json" }

    /// More than any attributes take.
    static let maximumFileSize = 64 << 10
}
