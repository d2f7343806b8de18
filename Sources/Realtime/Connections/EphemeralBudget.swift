/// How many ephemeral events (typing, presence) a connection may cause for others: a number at once, and after that some each second. What
/// is beyond is not sent.
public struct EphemeralBudget: Sendable {
    /// How many events may follow each other at once.
    public static let maximum = 30
    /// How many events there may be each second from then on.
    public static let perSecond = 10

    private var left = Double(maximum)
    private var last: ContinuousClock.Instant?

    /// A whole budget.
    init() {}

    /// Uses one event. Returns whether there was one.
    mutating func take(at now: ContinuousClock.Instant) -> Bool {
        if let last, now > last {
            left = min(Double(Self.maximum), left + (now - last) / .seconds(1) * Double(Self.perSecond))
        }
        last = max(last ?? now, now)
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
