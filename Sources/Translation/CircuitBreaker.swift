/// Decides whether an engine that has failed is asked: after several failures in a row it is not for some seconds, then one
/// request tries it. Each further failure doubles the time.
struct CircuitBreaker: Sendable {
    /// Whether the engine is asked.
    enum State: Sendable, Hashable {
        /// Every request is sent. Becomes `open` with the last of `maximumFailures` failures.
        case closed(failures: Int)
        /// No request is sent before `until`. Becomes `trying` with the first request after that.
        case open(until: ContinuousClock.Instant)
        /// One request is under way, and no other is sent. Becomes `closed` or `open` with its result, and is given up at `until`.
        case trying(until: ContinuousClock.Instant)
    }

    private static let maximumFailures = 3
    private static let firstPause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(80)

    private(set) var state = State.closed(failures: 0)
    private var pause = firstPause

    /// Whether the engine has not failed too often.
    var isClosed: Bool { if case .closed = state { true } else { false } }

    /// Whether a request may be sent at `instant`; its result is to be reported.
    mutating func permits(at instant: ContinuousClock.Instant) -> Bool {
        switch state {
        case .closed: return true
        case .open(let end), .trying(let end):
            guard instant >= end else { return false }
            // A request that never ends reports no result; the next one takes its place.
            state = .trying(until: instant + Self.longestPause)
            return true
        }
    }

    /// A request was answered.
    mutating func succeeded() {
        state = .closed(failures: 0)
        pause = Self.firstPause
    }

    /// A request ended at `instant` without saying anything of the engine. If it was the one that tries, the next one does.
    mutating func abandoned(at instant: ContinuousClock.Instant) {
        if case .trying = state { state = .open(until: instant) }
    }

    /// A request failed at `instant`. Returns for how long the engine is not asked from now on; `nil` where it is.
    mutating func failed(at instant: ContinuousClock.Instant) -> Duration? {
        switch state {
        case .closed(let failures) where failures + 1 < Self.maximumFailures:
            state = .closed(failures: failures + 1)
            return nil
        case .closed: break
        case .trying: pause = min(pause * 2, Self.longestPause)
        // A request that was sent before the pause began.
        case .open: return nil
        }
        state = .open(until: instant + pause)
        return pause
    }
}
