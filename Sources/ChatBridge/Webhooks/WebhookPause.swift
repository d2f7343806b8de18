/// How long an endpoint that fails is left alone: nothing is sent to it for some time, which doubles with each failure, or for as
/// long as it has asked for.
struct WebhookPause {
    /// The shortest and longest time for which an endpoint may ask to be left alone.
    static let retryAfterBounds = Duration.seconds(1)...Duration.seconds(3_600)
    /// How many requests have to fail before an endpoint is paused by how long it has failed: a clock that was set does not pause it.
    static let minimumFailures = 10

    private let backoff: Backoff
    private(set) var failures = 0
    private var end: ContinuousClock.Instant?

    init(_ backoff: Backoff) { self.backoff = backoff }

    /// Whether the last attempts have failed: then a single event is tried next.
    var isTrying: Bool { failures > 0 }

    /// For how long nothing is sent from `instant` on; `nil` when something may be.
    func remaining(at instant: ContinuousClock.Instant) -> Duration? {
        guard let end, instant < end else { return nil }
        return instant.duration(to: end)
    }

    /// The endpoint has answered.
    mutating func succeeded() { self = WebhookPause(backoff) }

    /// It has not answered, or has failed.
    /// - Parameter retryAfter: the time that it has asked for.
    mutating func failed(at instant: ContinuousClock.Instant, retryAfter: Duration?) {
        failures += 1
        let asked = retryAfter.map { min(max($0, Self.retryAfterBounds.lowerBound), Self.retryAfterBounds.upperBound) }
        end = instant + (asked ?? backoff.jittered(after: failures))
    }
}

extension Backoff {
    /// The delay after `attempts` failures, up to a fifth shorter or longer: what has failed together is not tried again together.
    func jittered(after attempts: Int) -> Duration { delay(after: attempts) * Double.random(in: 0.8...1.2) }
}
