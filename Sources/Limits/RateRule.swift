/// How much is allowed: `maximum` within `period`, at once or spread over it. A client that has used up all of it gets it back evenly, one
/// part every `period / maximum`. So a client that never needs more than `maximum` within any `period` is never rejected.
public struct RateRule: Sendable, Hashable {
    /// The name of what is counted, such as `user_requests`: the label of metrics and a part of the shared keys.
    public let name: String
    /// How much is allowed, at least 1: requests, or bytes.
    public let maximum: Int
    /// Within what time.
    public let period: Duration

    /// A rule.
    public init(_ name: String, maximum: Int, per period: Duration) {
        self.name = name
        self.maximum = max(maximum, 1)
        self.period = period
    }

    /// How much comes back in a second.
    var refill: Double { Double(maximum) / period.inSeconds }

    /// How long to wait until `cost` is available where `used` is used up. What can never be available is due when nothing is used any
    /// more.
    func wait(for cost: Int, used: Double) -> Duration {
        .seconds(min(used + Double(cost) - Double(maximum), max(used, 1)) / refill)
    }
}

extension Duration {
    /// This duration in seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
