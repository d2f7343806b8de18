import Configuration
import Glibc

/// The socket that a service manager listens on and passes to the service (sd_listen_fds(3)): connections wait in it while no service
/// runs.
enum PassedSocket {
    /// The first descriptor that is passed.
    private static let first: Int32 = 3
    private static let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]

    /// The socket that was passed to this process; `nil` where none was. Other processes that this one starts do not inherit it.
    /// - Throws: `SettingError` when several were passed.
    static func take(_ environment: [String: String]) throws(SettingError) -> Int32? {
        guard let process = environment["LISTEN_PID"], Int32(process) == getpid(),
            let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }), (1...1024).contains(count)
        else { return nil }
        for variable in variables { unsetenv(variable) }
        for descriptor in first..<(first + count) {
            let flags = fcntl(descriptor, F_GETFD)
            guard flags >= 0, fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) == 0 else {
                throw SettingError(
                    variable: "LISTEN_FDS",
                    problem: "descriptor \(descriptor) was not passed: \(String(cString: strerror(errno)))")
            }
        }
        guard count == 1 else {
            throw SettingError(
                variable: "LISTEN_FDS",
                problem: "\(count) sockets were passed, and one can be used: leave one ListenStream=")
        }
        return first
    }
}
