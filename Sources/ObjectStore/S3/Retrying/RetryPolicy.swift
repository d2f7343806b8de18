/// When a failed request is repeated. A value: it is told what happened and says what to do.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is sent at most, the first time included.
    public var maximumAttempts: Int
    /// The longest wait after the first failure; it doubles with each further one.
    public var baseDelay: Duration
    /// The longest wait of all, but for what the store itself asks for.
    public var maximumDelay: Duration
    /// How many repetitions a store may cost before it has answered well again: a store that is down is not buried under
    /// them.
    public var budget: Int

    /// InterruptibleDeadline that suits a store nearby.
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
