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

    /// What became of a use.
    public enum Result: Sendable, Hashable {
        /// The key had as much left. `isLocal`: other nodes should count it, too, but their store did not answer.
        case taken(isLocal: Bool)
        /// There is not enough left, and nothing was used.
        /// - `wait`: how long to wait until there is.
        /// - `used`: how much of the rule's maximum is used up.
        case rejected(wait: Duration, used: Double)
    }

    /// Uses `cost` of a key.
    public func use(_ cost: Int = 1, of key: String) async -> Result {
        // A key that this node alone rejects costs the store of the nodes nothing.
        let rejection = table.withLock { table -> Result? in
            let now = uptime()
            return table.take(cost, of: key, at: now).map { .rejected(wait: $0, used: table.level(of: key, at: now)) }
        }
        if let rejection { return rejection }
        guard let shared else { return .taken(isLocal: false) }
        switch await shared.take(cost, of: key, rule) {
        case .taken: return .taken(isLocal: false)
        case .unknown: return .taken(isLocal: true)
        case .rejected(let used):
            giveBackHere(cost, of: key)
            return .rejected(wait: rule.wait(for: cost, used: used), used: used)
        }
    }

    /// Gives back what a key did not need.
    /// - Parameter localAmount: how much of it other nodes have not counted, because their store did not answer.
    public func giveBack(_ amount: Int, of key: String, localAmount: Int = 0) {
        guard amount > 0 else { return }
        giveBackHere(amount, of: key)
        if amount > localAmount { shared?.giveBack(amount - localAmount, of: key, rule) }
    }

    /// How many keys are remembered.
    var keyCount: Int { table.withLock { $0.count } }

    private func giveBackHere(_ amount: Int, of key: String) {
        table.withLock { $0.giveBack(amount, of: key, at: uptime()) }
    }
}

extension RateLimiter {
    /// Uses `cost` of a key. Returns how long to wait where there is not so much left, and uses nothing then.
    public func take(_ cost: Int = 1, of key: String) async -> Duration? {
        if case .rejected(let wait, _) = await use(cost, of: key) { wait } else { nil }
    }
}
