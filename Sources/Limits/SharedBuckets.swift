/// What keys have used, where several nodes count together.
public protocol SharedBuckets: Sendable {
    /// Uses `cost` of a key. Returns quickly also where the nodes' store does not answer.
    func take(_ cost: Int, of key: String, _ rule: RateRule) async -> SharedResult
    /// Gives back what a key did not need. Never waits.
    func giveBack(_ amount: Int, of key: String, _ rule: RateRule)
}

/// What all nodes together have counted.
public enum SharedResult: Sendable, Hashable {
    /// The key had as much left.
    case taken
    /// The key has used up so much that there is not enough left.
    case rejected(used: Double)
    /// The store of the nodes does not answer: each node counts for itself.
    case unknown
}
