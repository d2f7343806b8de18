/// Decides when a failed request is repeated.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is sent at most, the first time included.
    public var maximumAttempts: Int
    /// The longest wait after the first failure; it doubles with each further one.
    public var baseDelay: Duration
    /// The longest wait, unless the store itself asks for a longer one.
    public var maximumDelay: Duration
    /// How many repetitions are allowed before a request succeeds again: a store that is down must not be flooded with them.
    public var budget: Int

    /// A policy that suits a nearby store.
    public init(
        maximumAttempts: Int = 8, baseDelay: Duration = .milliseconds(100), maximumDelay: Duration = .seconds(5),
        budget: Int = 200
    ) {
        self.maximumAttempts = maximumAttempts
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
        self.budget = budget
    }

    /// How long to wait before the request is sent once more; `nil` to give up.
    /// - Parameters:
    ///   - attempts: how often it was sent (1 and up).
    ///   - retryAfter: what the store asked for.
    ///   - remaining: what is left of the operation's time.
    ///   - jitter: a random number of 0..<1, so that many clients do not come back at once.
    public func delay(attempts: Int, retryAfter: Duration?, remaining: Duration, jitter: Double) -> Duration? {
        guard attempts < maximumAttempts else { return nil }
        let ceiling = min(maximumDelay, baseDelay * (1 << min(max(attempts - 1, 0), 20)))
        // Between half and all of it.
        let backOff = ceiling * (0.5 + jitter / 2)
        let delay = max(backOff, retryAfter ?? .zero)
        return delay < remaining ? delay : nil
    }
}
