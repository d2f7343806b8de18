import Glibc
import Logging

/// How many files and connections the process may have open.
enum DescriptorLimit {
    /// What the process needs beside its connections: objects in the making, spools, the database.
    private static let reserve = 1024

    /// Raises the limit to what `connections` need, as far as the system lets it, and says so if that is not enough.
    static func raise(forConnections connections: Int, logger: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        // An upload has its connection, its object and its spool.
        let wanted = rlim_t(connections * 3 + reserve)
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        if limit.rlim_cur < rlim_t(connections + reserve) {
            logger.warning(
                "fewer files may be open than connections are allowed; raise the limit (ulimit -n)",
                ["limit": "\(limit.rlim_cur)", "connections": "\(connections)"])
        }
    }
}
