/// How long to wait before the next attempt.
public struct Backoff: Sendable, Hashable {
    /// The delay after the first failure.
    public var first: Duration
    /// The longest delay.
    public var longest: Duration

    /// A delay that doubles with each failure, up to `longest`.
    public init(first: Duration = .seconds(1), longest: Duration = .seconds(300)) {
        self.first = first
        self.longest = longest
    }

    /// The delay after `attempts` failures, counted from 1.
    public func delay(after attempts: Int) -> Duration { min(first * (1 << min(max(attempts, 1) - 1, 20)), longest) }
}
