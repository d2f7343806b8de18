import Bytes
import CLinux
import Glibc

/// While one exists, no process deletes an object of the store: none is claimed for deletion. The kernel ends it with the process
/// that has it, however that ends.
package final class DeletionPause: Sendable {
    /// The byte that is locked during a pause, of the file in which each process locks the byte of its own number (1 and up).
    static let byte: off_t = 0

    private let file: OwnedDescriptor

    /// Pauses the deletion of objects that the database at `path` refers to. What was claimed before may still be deleted: the
    /// database has no reference to it, and gains none. Blocks until changes that are under way have been made.
    /// - Throws: ``SnapshotError`` when another process has paused it, or the database cannot be opened or stays locked.
    package init(of path: String) throws(SnapshotError) {
        let opened = open(path + ".starts", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw SnapshotError("cannot write \(path).starts: \(String(cString: strerror(errno)))")
        }
        file = OwnedDescriptor(owning: opened)
        guard darkroom_lock_byte(opened, Self.byte) == 0 else { throw SnapshotError(isBusy: true) }
        // A claim that was begun before is made before this.
        try SnapshotError.converting("cannot use the database \(path)") {
            let connection = try SQLiteConnection(path: path)
            try connection.execute("PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE; COMMIT")
        }
    }
}

extension StoreStart {
    /// Whether a process has paused the deletion of objects.
    var isDeletionPaused: Bool { isLocked(byte: DeletionPause.byte) }
}
