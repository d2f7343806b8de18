/// What one key has used of a rule, and when that was so.
struct RateBucket: Sendable {
    private(set) var used = 0.0
    private var time: Duration

    /// Nothing is used yet.
    init(at time: Duration) { self.time = time }

    /// How much is still used at `time`.
    func level(at time: Duration, _ rule: RateRule) -> Double {
        max(0, used - max(0, (time - self.time).inSeconds) * rule.refill)
    }

    /// Uses `cost`. Returns how long to wait where there is not so much, and uses nothing then.
    mutating func take(_ cost: Int, at time: Duration, _ rule: RateRule) -> Duration? {
        advance(to: time, rule)
        guard used + Double(cost) <= Double(rule.maximum) else { return rule.wait(for: cost, used: used) }
        used += Double(cost)
        return nil
    }

    /// Gives back what was not needed.
    mutating func giveBack(_ amount: Int, at time: Duration, _ rule: RateRule) {
        advance(to: time, rule)
        used = max(0, used - Double(amount))
    }

    private mutating func advance(to time: Duration, _ rule: RateRule) {
        used = level(at: time, rule)
        self.time = max(self.time, time)
    }
}
