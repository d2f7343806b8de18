import Concurrency
import Foundation
import Glibc
import Logging

/// The time by which running work has to end after a signal. Work that does not end soon after the deadline is
/// terminated with the process, by a separate thread that cannot be blocked by other work. Stored data survives this as
/// it survives a power failure.
struct ShutdownDeadline {
    private let end: ContinuousClock.Instant

    /// The time for cleanup after the deadline, in seconds.
    private static let grace = 3.0

    /// A deadline `time` from now.
    init(in time: Duration, logger: Logger) {
        end = .now + time
        let seconds = Double(time.components.seconds) + Self.grace
        startThread(name: "shutdown") {
            Thread.sleep(forTimeInterval: seconds)
            logger.error("what ran did not end within the deadline; the process ends with it")
            logger.flush(within: 0.5)
            _exit(1)
        }
    }

    /// The time remaining until the deadline.
    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }
}
