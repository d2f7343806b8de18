import Bytes
import Foundation

/// Up to where the objects of a folder were copied to a bucket and read there again. It is a file, which another process goes on
/// with.
struct ObjectMigrationState: Codable, Equatable {
    /// The bucket.
    var target: String
    /// The key up to which every object was copied in the first pass.
    var lastKey: String?
    /// Whether the first pass has ended: an object that the bucket has since is one that was copied.
    var isComplete = false
    /// Whether what the folder has not was deleted from the bucket: the service may use the bucket since.
    var isPruned: Bool?

    /// The state in `file` of a copy to `target`; a new one where that has a copy to another bucket, or none.
    static func load(_ file: String, target: String) -> ObjectMigrationState {
        guard let data = FileManager.default.contents(atPath: file),
            // A file that cannot be read is begun again: objects are compared once more.
            let known = try? JSONDecoder().decode(Self.self, from: data), known.target == target
        else { return ObjectMigrationState(target: target) }
        return known
    }

    /// Writes the state as a whole or not at all.
    /// - Throws: `FileError` where the file cannot be written.
    func save(_ file: String) throws {
        try WholeFile.replace(file, with: Array(JSONEncoder().encode(self)))
    }
}
