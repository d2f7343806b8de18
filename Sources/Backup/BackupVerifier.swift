/// Checks a backup: every file has the bytes that were copied, and every object is there that the database refers to. Blocks.
package enum BackupVerifier {
    /// Checks the backup in `folder`. Returns what is in it.
    /// - Throws: ``BackupError`` for the first file that is not as it was, or that is missing; `SnapshotError`.
    package static func verify(_ folder: String) throws -> BackupManifest {
        let content = try BackupContent(folder)
        try content.forEach { name in try FileCopy.digest(of: "\(folder)/\(name)")?.digest }
        return content.manifest
    }
}
