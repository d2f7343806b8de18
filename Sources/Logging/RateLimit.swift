import Synchronization

/// Limits how often something is logged that any client can cause.
public final class RateLimit: Sendable {
    private struct Window {
        var start: ContinuousClock.Instant
        var count = 0
        var suppressed = 0
    }

    private let maximum: Int
    private let length: Duration
    private let window: Mutex<Window>

    /// A limit of `maximum` times within `length`.
    public init(_ maximum: Int, per length: Duration) {
        self.maximum = maximum
        self.length = length
        window = Mutex(Window(start: .now))
    }

    /// Counts an attempt at `instant`. Returns how many were suppressed before it; `nil` where it is to be suppressed itself.
    public func permit(at instant: ContinuousClock.Instant = .now) -> Int? {
        window.withLock { window in
            if instant - window.start >= length {
                (window.start, window.count) = (instant, 0)
            }
            guard window.count < maximum else {
                window.suppressed += 1
                return nil
            }
            window.count += 1
            defer { window.suppressed = 0 }
            return window.suppressed
        }
    }
}
