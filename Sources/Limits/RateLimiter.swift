import Synchronization

/// Counts what keys, such as users, use of a rule: in this process, and where nodes share a store, together with them. The time is one
/// that cannot be set.
public final class RateLimiter: Sendable {
    /// The rule.
    public let rule: RateRule
    private let shared: (any SharedBuckets)?
    private let uptime: @Sendable () -> Duration
    private let table: Mutex<BucketTable>

    /// A limiter by which nothing is used yet.
    /// - Parameters:
    ///   - shared: what other nodes count, too; `nil` where there is one node.
    ///   - capacity: how many keys are remembered, some 200 bytes each.
    public init(
        _ rule: RateRule, shared: (any SharedBuckets)? = nil, capacity: Int = 100_000,
        uptime: (@Sendable () -> Duration)? = nil
    ) {
        let start = ContinuousClock.now
        self.rule = rule
        self.shared = shared
        self.uptime = uptime ?? { ContinuousClock.now - start }
        table = Mutex(BucketTable(rule, capacity: capacity))
    }

    /// Uses `cost` of a key. Returns how long to wait where there is not so much left, and uses nothing then.
    public func take(_ cost: Int = 1, of key: String) async -> Duration? {
        // A key that this node alone rejects costs the store of the nodes nothing.
        if let wait = table.withLock({ $0.take(cost, of: key, at: uptime()) }) { return wait }
        guard let shared, case .rejected(let used) = await shared.take(cost, of: key, rule) else { return nil }
        giveBackHere(cost, of: key)
        return rule.wait(for: cost, used: used)
    }

    /// Gives back what a key did not need.
    public func giveBack(_ amount: Int, of key: String) {
        guard amount > 0 else { return }
        giveBackHere(amount, of: key)
        shared?.giveBack(amount, of: key, rule)
    }

    /// How many keys are remembered.
    var keyCount: Int { table.withLock { $0.count } }

    private func giveBackHere(_ amount: Int, of key: String) {
        table.withLock { $0.giveBack(amount, of: key, at: uptime()) }
    }
}
