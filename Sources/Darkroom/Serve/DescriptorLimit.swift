import Glibc
import Logging

/// The process's limit of open files and connections.
enum DescriptorLimit {
    /// The number of descriptors needed in addition to connections: objects being written, spools, the database.
    private static let reserve = 1024

    /// Raises the limit to the number that `connections` need, as far as the system allows, and logs a warning if it is
    /// not sufficient.
    static func raise(forConnections connections: Int, logger: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        // An upload uses a connection, an object and a spool.
        let wanted = rlim_t(connections * 3 + reserve)
        guard limit.rlim_cur < wanted else { return }
        var raised = limit
        raised.rlim_cur = min(wanted, limit.rlim_max)
        if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        if limit.rlim_cur < rlim_t(connections + reserve) {
            logger.warning(
                "fewer files may be open than connections are allowed; raise the limit (ulimit -n)",
                ["limit": "\(limit.rlim_cur)", "connections": "\(connections)"])
        }
    }
}
