import Bytes
import CLinux
import ChatBridge
import Foundation
import Glibc

/// One opening of the chat store by a process: reservations, claims and leases belong to the start that made them, never to
/// a clock.
///
/// A start has a number that no other start of the store has, and holds a lock on the byte of that number in a file beside
/// the database. The kernel ends the lock with the process, however that ends, so any process can tell whether a start lives.
final class StoreStart: Sendable {
    /// Unique within the store, and greater than those of all starts before.
    let number: Int
    private let file: OwnedDescriptor

    /// Opens the store's next start. The tables must be up to date.
    init(of path: String, connection: SQLiteConnection) throws {
        // A database in memory is this process's alone, and so are its locks.
        let opened =
            path == ":memory:"
            ? darkroom_memfd_create("darkroom-starts")
            : open(path + ".starts", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw SQLiteError(code: errno, message: "\(path).starts cannot be opened (errno \(errno))", statement: nil)
        }
        file = OwnedDescriptor(owning: opened)
        var started = 0
        while true {
            started = try connection.transaction(durable: true) {
                try connection.run("INSERT INTO starts DEFAULT VALUES")
                return connection.lastRow
            }
            // A new number whose lock is held comes from a database that was restored from a copy.
            if darkroom_lock_byte(opened, off_t(started)) == 0 { break }
        }
        number = started
        try forgetEnded(connection)
    }

    /// Whether the process of a start still has the store open; `true` where that cannot be determined.
    func isLive(_ other: Int) -> Bool {
        if other == number { return true }
        return other > 0 && darkroom_is_byte_locked(file.rawValue, off_t(other)) != 0
    }

    /// Whether another opening of the file has locked a byte; `false` where that cannot be determined.
    func isLocked(byte: off_t) -> Bool { darkroom_is_byte_locked(file.rawValue, byte) > 0 }

    private func forgetEnded(_ connection: SQLiteConnection) throws {
        let known = try connection.rows("SELECT number FROM starts WHERE number <> ?", [.integer(number)]) {
            $0.integer(0)
        }
        try connection.transaction(durable: false) {
            for other in known where !isLive(other) {
                try connection.run("DELETE FROM starts WHERE number = ?", [.integer(other)])
            }
        }
    }
}
