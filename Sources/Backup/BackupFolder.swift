import Bytes
import CLinux
import Foundation
import Glibc

/// A folder that becomes a backup: beside it under another name until all of it is on the disk.
struct BackupFolder: ~Copyable {
    /// Where it is to be.
    private let final: String
    /// Where it is now.
    let path: String
    private let marker: OwnedDescriptor

    /// Makes the folder. What a run left that was killed is removed.
    init(_ final: String) throws(BackupError) {
        self.final = final
        path = final + ".incomplete"
        guard access(final, F_OK) != 0 else {
            throw BackupError("\(final) exists: a backup is made in a new folder; name another")
        }
        try Self.removeLeftover(path)
        try makeFolder(path)
        let name = "\(path)/\(BackupFile.incomplete)"
        let opened = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard opened >= 0, flock(opened, LOCK_EX | LOCK_NB) == 0 else { throw .system("cannot write \(name)") }
        marker = OwnedDescriptor(owning: opened)
    }

    private static func removeLeftover(_ path: String) throws(BackupError) {
        guard access(path, F_OK) == 0 else { return }
        let opened = open("\(path)/\(BackupFile.incomplete)", O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard opened >= 0 || access("\(path)/\(BackupFile.manifest)", F_OK) == 0 else {
            throw BackupError("\(path) exists, and no backup left it: remove it, or name another folder")
        }
        if opened >= 0 {
            let file = OwnedDescriptor(owning: opened)
            guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
                throw BackupError("another process makes the backup \(path)", isBusy: true)
            }
        }
        try removeTree(path)
    }

    /// Makes it a backup, which survives a power failure.
    func complete(_ manifest: BackupManifest) throws(BackupError) {
        // Everything first, then what says that it is complete.
        try sync()
        let name = "\(path)/\(BackupFile.manifest)"
        do throws(FileError) {
            try WholeFile.write(Array(manifest.json.utf8), to: name + ".new")
        } catch { throw BackupError("\(error)") }
        try sync()
        // One of both is there at any moment, by which a later run knows the folder.
        guard rename(name + ".new", name) == 0 else { throw .system("cannot rename \(name).new") }
        unlink("\(path)/\(BackupFile.incomplete)")
        guard rename(path, final) == 0 else { throw .system("cannot rename \(path)") }
        try sync(final)
    }

    /// Removes it after a failure; what cannot be removed does not verify.
    func discard() { try? removeTree(path) }

    private func sync(_ folder: String? = nil) throws(BackupError) {
        let opened = open(folder ?? path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw .system("cannot read \(path)") }
        defer { close(opened) }
        guard darkroom_sync_file_system(opened) == 0 else { throw .system("cannot write \(path)") }
    }
}

/// Makes a folder for its user alone.
func makeFolder(_ path: String) throws(BackupError) {
    guard mkdir(path, 0o700) == 0 else { throw .system("cannot make the folder \(path)") }
}

/// Makes a folder and those above it, below `root`, where they are missing.
func makeFolders(_ path: some StringProtocol, below root: String) throws(BackupError) {
    var folder = root
    for part in path.split(separator: "/") {
        folder += "/" + part
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw .system("cannot make the folder \(folder)") }
    }
}

/// Removes a folder and all in it.
func removeTree(_ path: String) throws(BackupError) {
    do {
        try FileManager.default.removeItem(atPath: path)
    } catch {
        throw BackupError("cannot remove \(path): not all in it belongs to this user, or it is in use")
    }
}
