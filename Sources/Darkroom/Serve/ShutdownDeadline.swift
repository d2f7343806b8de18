import Concurrency
import Foundation
import Glibc
import Logging

/// The moment by which what runs at a signal has ended. Whatever does not end by itself soon after it ends with the
/// process: a thread of its own sees to that, which nothing else can hold up. What is stored survives that, as it
/// survives a loss of power.
struct ShutdownDeadline {
    private let end: ContinuousClock.Instant

    /// How long tidying up may take after the deadline, in seconds.
    private static let grace = 3.0

    /// A deadline `time` from now.
    init(in time: Duration, logger: Logger) {
        end = .now + time
        let seconds = Double(time.components.seconds) + Self.grace
        startThread(name: "shutdown") {
            Thread.sleep(forTimeInterval: seconds)
            logger.error("what ran did not end within the deadline; the process ends with it")
            _exit(1)
        }
    }

    /// What is left until then.
    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }
}
