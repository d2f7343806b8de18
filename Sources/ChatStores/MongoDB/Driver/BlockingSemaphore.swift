import Concurrency
import Foundation

/// A number of permits for which threads wait until a deadline.
// Sendable: what changes is touched only with `condition` locked.
final class BlockingSemaphore: @unchecked Sendable {
    private let condition = NSCondition()
    private var permits: Int

    init(permits: Int) { self.permits = permits }

    /// Waits for a permit; `false` where none was free before the deadline. Who has got one must return it with ``release()``.
    func acquire(until deadline: ContinuousClock.Instant) -> Bool {
        condition.withLock {
            while permits == 0 {
                let remaining = (deadline - .now).wholeMilliseconds
                guard remaining > 0 else { return false }
                // The condition waits until a date, and the clock may be set: no wait is long.
                _ = condition.wait(until: Date(timeIntervalSinceNow: Double(min(remaining, 1000)) / 1000))
            }
            permits -= 1
            return true
        }
    }

    /// Returns a permit.
    func release() {
        condition.withLock {
            permits += 1
            condition.signal()
        }
    }
}
