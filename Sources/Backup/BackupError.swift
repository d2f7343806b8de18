import Glibc

/// A backup that cannot be made, read or restored.
package struct BackupError: Error, CustomStringConvertible {
    /// What failed, with the path, and what can be done.
    package let description: String
    /// Whether another process is at it.
    package let isBusy: Bool

    init(_ description: String, isBusy: Bool = false) { (self.description, self.isBusy) = (description, isBusy) }

    /// The last call of the system failed.
    static func system(_ problem: String) -> BackupError {
        BackupError("\(problem): \(String(cString: strerror(errno)))")
    }
}

/// The names within a backup.
enum BackupFile {
    /// Written last: without it, a folder is no backup.
    static let manifest = "manifest.json"
    /// In a folder that is not complete.
    static let incomplete = "incomplete"
    /// As sha256sum(1) reads it.
    static let sums = "SHA256SUMS"
    static let database = "chat.sqlite"
    static let secret = "secret"
    /// Of the data folder, with all objects; see `FolderStore`.
    static let objects = "store/objects/"
    /// Of a store in a bucket: the keys of the objects, a line each.
    static let keys = "objects.txt"
    /// The keys of objects that the database refers to and that were not there, a line each.
    static let missing = "missing.txt"
    /// What is beside an object's file.
    static let attributes = "~attributes.json"
}
