import Synchronization

/// Limits how often something is attempted within some minutes, by the client or for the account that a key names: a network, an account. Counted by this process
/// alone, and forgotten with it.
package final class AttemptLimiter: Sendable {
    private struct Window {
        var end: ContinuousClock.Instant
        var count: Int
    }

    private let maximum: Int
    private let length: Duration
    private let capacity: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let windows = Mutex<[String: Window]>([:])

    /// A limit of `maximum` attempts within `length` for each key.
    /// - Parameter capacity: for how many keys attempts are counted; where there are more, those of others fail.
    package init(
        _ maximum: Int, within length: Duration, capacity: Int = 100_000,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.maximum = maximum
        self.length = length
        self.capacity = capacity
        self.now = now
    }

    /// Counts an attempt.
    /// - Throws: ``APIError`` `limitExceeded`, with the time after which to try again, when there were too many.
    package func attempt(_ key: String) throws(APIError) {
        let instant = now()
        let wait: Duration? = windows.withLock { windows in
            if windows.count >= capacity { windows = windows.filter { $0.value.end > instant } }
            var window = windows[key].flatMap { $0.end > instant ? $0 : nil } ?? Window(end: instant + length, count: 0)
            guard window.count < maximum, windows[key] != nil || windows.count < capacity else {
                return window.end - instant
            }
            window.count += 1
            windows[key] = window
            return nil
        }
        guard let wait else { return }
        var error = APIError(code: .limitExceeded, message: "Too many attempts. Try again later.")
        error.retryAfter = max(1, Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0))
        throw error
    }

    /// Forgets the attempts of a key, which succeeded.
    package func reset(_ key: String) { windows.withLock { $0[key] = nil } }
}
