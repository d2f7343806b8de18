import CLinux
import Foundation
import Glibc

/// Makes a data folder of a backup. All calls block.
package struct BackupRestorer {
    /// What is in the data folder until all was copied.
    private static let temporary = ".restoring"
    /// What may be in a folder that counts as empty: the lock that the caller holds, and what a new file system has.
    private static let ignored: Set<String> = ["lock", "lost+found"]

    private let data: String

    /// A restoration to the folder `data`, which exists and is locked by the caller.
    package init(to data: String) { self.data = data }

    /// Whether a restoration to `data` was interrupted: then the folder has no database yet, and must not be used.
    package static func isInterrupted(in data: String) -> Bool {
        access("\(data)/\(temporary)", F_OK) == 0 && access("\(data)/\(BackupFile.database)", F_OK) != 0
    }

    /// Copies what is in the backup, and checks every file and that none is missing. Returns what was in it.
    /// - Throws: ``BackupError`` when the folder is not empty, or the backup is damaged: then nothing was restored;
    ///   `SnapshotError`.
    package func run(from backup: String) throws -> BackupManifest {
        let content = try BackupContent(backup)
        let temporary = "\(data)/\(Self.temporary)"
        try clear(temporary)
        try makeFolder(temporary)
        do {
            try content.forEach { name in
                if let slash = name.lastIndex(of: "/") { try makeFolders(name[..<slash], below: temporary) }
                return try FileCopy.copy("\(backup)/\(name)", to: "\(temporary)/\(name)", links: false)?.digest
            }
            try sync(temporary)
        } catch {
            // Its own error counts.
            try? removeTree(temporary)
            throw error
        }
        // The database last: without it the folder is not used, and the same command begins again.
        for name in ["store", BackupFile.secret, BackupFile.database] {
            guard rename("\(temporary)/\(name)", "\(data)/\(name)") == 0 || errno == ENOENT else {
                throw BackupError.system("cannot write \(data)/\(name)")
            }
        }
        try removeTree(temporary)
        try sync(data)
        return content.manifest
    }

    /// Checks that the folder is empty, and removes what an interrupted restoration left.
    private func clear(_ temporary: String) throws(BackupError) {
        guard let found = try? FileManager.default.contentsOfDirectory(atPath: data) else {
            // Why is said by the system's error.
            throw .system("cannot read the folder \(data)")
        }
        let isInterrupted = Self.isInterrupted(in: data)
        let own: Set<String> = isInterrupted ? [Self.temporary, "store", BackupFile.secret] : []
        let names = Set(found).subtracting(Self.ignored)
        if let other = names.subtracting(own).sorted().first {
            throw BackupError(
                "the data folder \(data) is not empty: it has \(other). A backup is restored to a new folder")
        }
        for name in names.sorted(by: >) where name != Self.temporary { try removeTree("\(data)/\(name)") }
        if names.contains(Self.temporary) { try removeTree(temporary) }
    }

    private func sync(_ folder: String) throws(BackupError) {
        let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw .system("cannot read \(folder)") }
        defer { close(opened) }
        guard darkroom_sync_file_system(opened) == 0 else { throw .system("cannot write \(folder)") }
    }
}
