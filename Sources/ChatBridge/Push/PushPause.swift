/// How long a receiver that fails is left alone: nothing is sent to it for some time, which doubles with each failure.
struct PushPause {
    private static let backoff = Backoff(first: .seconds(1), longest: .seconds(60))

    private var failures = 0
    private var end: ContinuousClock.Instant?

    /// Whether the last attempts have failed: then a single event is tried next.
    var isTrying: Bool { failures > 0 }

    /// For how long nothing is sent from `instant` on; `nil` when something may be.
    func remaining(at instant: ContinuousClock.Instant) -> Duration? {
        guard let end, instant < end else { return nil }
        return instant.duration(to: end)
    }

    /// The receiver has answered.
    mutating func succeeded() { self = PushPause() }

    /// It has not answered, or has failed.
    mutating func failed(at instant: ContinuousClock.Instant) {
        failures += 1
        end = instant + Self.backoff.delay(after: failures)
    }
}
