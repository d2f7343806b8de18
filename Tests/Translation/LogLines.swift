import Logging
import Synchronization

/// Counts the lines of a log.
final class LogLines: Sendable {
    private let lines = Mutex(0)

    var logger: Logger { Logger { [self] _ in lines.withLock { $0 += 1 } } }
    var count: Int { lines.withLock { $0 } }
}
