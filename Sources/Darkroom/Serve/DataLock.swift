import Bytes
import Configuration
import Foundation
import Glibc

/// The data folder as one service's own: no two serve the same one. The kernel ends the lock with the process, however that
/// ends; the file stays.
///
/// `darkroom reprocess` works beside the service and takes no lock: what it reserves is told apart by its own start (see the
/// chat store).
final class DataLock: Sendable {
    /// The status with which a process ends that finds the folder in use (EX_TEMPFAIL of sysexits.h).
    static let exitStatus: Int32 = 75
    private let file: OwnedDescriptor

    /// Locks `folder`, which is made if it is not there.
    init(_ folder: String) throws {
        let path = folder + "/lock"
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw SettingError(
                variable: Setting.data.variable,
                problem: "cannot write to the folder \(folder): \(String(cString: strerror(errno)))")
        }
        file = OwnedDescriptor(owning: opened)
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            if number == EWOULDBLOCK { throw DataInUse(folder: folder) }
            throw SettingError(
                variable: Setting.data.variable,
                problem: "cannot lock \(path): \(String(cString: strerror(number)))")
        }
    }
}

/// Another service has the data folder.
struct DataInUse: Error, CustomStringConvertible {
    let folder: String

    var description: String {
        "another darkroom serves the data folder \(folder): end that one first, or give this one a folder of its own (--data)"
    }
}
