import Synchronization

/// Limits how often something is attempted within some minutes, by the client or for the account that a key names: a network, an account. Counted by this process
/// alone, and forgotten with it.
package final class AttemptLimiter: Sendable {
    private struct Window {
        var end: ContinuousClock.Instant
        var count: Int
    }

    /// All windows have the same length: they end in the order in which they began.
    private struct State {
        var windows: [String: Window] = [:]
        /// The windows in the order of their ends, from `first` on. One that was reset is not in `windows` any more.
        var order: [(key: String, end: ContinuousClock.Instant)] = []
        var first = 0

        mutating func removeFirst() {
            let (key, end) = order[first]
            first += 1
            if windows[key]?.end == end { windows[key] = nil }
            // Half of the array at a time: on average each window is moved once.
            guard first > order.count / 2 else { return }
            order.removeFirst(first)
            first = 0
        }

        /// Removes what has ended, and then what ends first until another window has space.
        mutating func purge(at instant: ContinuousClock.Instant, capacity: Int) {
            while first < order.count, order[first].end <= instant || windows.count >= capacity { removeFirst() }
            // Windows that were reset have not been removed from the array.
            guard order.count - first > 2 * capacity else { return }
            order = order[first...].filter { windows[$0.key]?.end == $0.end }
            first = 0
        }
    }

    private let maximum: Int
    private let length: Duration
    private let capacity: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// A limit of `maximum` attempts within `length` for each key.
    /// - Parameter capacity: for how many keys attempts are counted; where there are more, those that are forgotten first are
    ///   forgotten earlier.
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
        let wait: Duration? = state.withLock { state in
            // Read here, so that windows begin in the order of their times.
            let instant = now()
            if let window = state.windows[key], window.end > instant {
                guard window.count < maximum else { return window.end - instant }
                state.windows[key]?.count += 1
                return nil
            }
            state.purge(at: instant, capacity: capacity)
            state.windows[key] = Window(end: instant + length, count: 1)
            state.order.append((key, instant + length))
            return nil
        }
        guard let wait else { return }
        var error = APIError(code: .limitExceeded, message: "Too many attempts. Try again later.")
        error.retryAfter = max(1, Int(wait.components.seconds) + (wait.components.attoseconds > 0 ? 1 : 0))
        throw error
    }

    /// Takes back one attempt of a key: it has neither failed nor succeeded.
    package func giveBack(_ key: String) {
        state.withLock { state in
            guard let count = state.windows[key]?.count, count > 0 else { return }
            state.windows[key]?.count = count - 1
        }
    }

    /// Forgets the attempts of a key, which succeeded.
    package func reset(_ key: String) { state.withLock { $0.windows[key] = nil } }
}
