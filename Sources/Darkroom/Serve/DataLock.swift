import Bytes
import Configuration
import Foundation
import Glibc

/// Locks the data folder for one service process. The kernel releases the lock when the process ends, however it ends;
/// the lock file remains.
///
/// `darkroom reprocess` runs at the same time as the service and takes no lock: its reservations are distinguished by
/// its own process start (see the chat store).
final class DataLock: Sendable {
    /// The file that a service locks.
    static let service = "lock"

    private let file: OwnedDescriptor

    /// Locks `folder`, which must exist.
    /// - Parameter file: the name of the file that is locked: that of the service, or that of another command of which one runs at
    ///   a time.
    /// - Throws: `SettingError` when the lock file cannot be written or locked, ``DataInUse`` when another service has
    ///   locked it.
    init(_ folder: String, file name: String = DataLock.service) throws {
        let path = folder + "/" + name
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw SettingError(
                variable: Setting.data.variable,
                problem: "cannot write to the folder \(folder): \(String(cString: strerror(errno)))")
        }
        file = OwnedDescriptor(owning: opened)
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            if number == EWOULDBLOCK { throw DataInUse(folder: folder, isService: name == Self.service) }
            throw SettingError(
                variable: Setting.data.variable,
                problem: "cannot lock \(path): \(String(cString: strerror(number)))")
        }
    }
}

/// The data folder is in use by another service.
struct DataInUse: Error, CustomStringConvertible {
    let folder: String
    /// Whether it is used by a service, and not by another migration.
    let isService: Bool

    var description: String {
        guard isService else { return "another migration runs on the data folder \(folder): wait until it has ended" }
        return
            "another darkroom serves the data folder \(folder): end that one first, or give this one a folder of its own (--data)"
    }
}
