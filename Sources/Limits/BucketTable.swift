/// The buckets of a rule's keys, at most as many as its capacity. A key that has nothing used up needs none. Where there are too many,
/// those that have used least are forgotten first, so that a flood of new keys does not free one that has used up everything.
struct BucketTable: Sendable {
    private let rule: RateRule
    private let capacity: Int
    private var buckets: [String: RateBucket] = [:]

    init(_ rule: RateRule, capacity: Int) {
        self.rule = rule
        self.capacity = max(capacity, 2)
    }

    /// How many keys are remembered.
    var count: Int { buckets.count }

    /// Uses `cost` of a key. Returns how long to wait where there is not so much.
    mutating func take(_ cost: Int, of key: String, at time: Duration) -> Duration? {
        if buckets[key] == nil { createSpace(at: time) }
        return buckets[key, default: RateBucket(at: time)].take(cost, at: time, rule)
    }

    /// Gives back what a key did not need.
    mutating func giveBack(_ amount: Int, of key: String, at time: Duration) {
        buckets[key]?.giveBack(amount, at: time, rule)
    }

    /// How much of a key is used.
    func level(of key: String, at time: Duration) -> Double { buckets[key]?.level(at: time, rule) ?? 0 }

    /// Removes the lower half of the buckets once the table is full: on average that is little work for each key.
    private mutating func createSpace(at time: Duration) {
        guard buckets.count >= capacity else { return }
        buckets = buckets.filter { $0.value.level(at: time, rule) > 0 }
        guard buckets.count > capacity / 2 else { return }
        // All of them: by a sample, a key that has used up everything might be among those that are forgotten.
        let levels = buckets.values.map { $0.level(at: time, rule) }.sorted()
        let surplus = buckets.count - capacity / 2
        let highest = levels[surplus - 1]
        // Of several that have used as much as the highest, only as many as are too many.
        var ties = levels.prefix(surplus).reversed().prefix { $0 == highest }.count
        buckets = buckets.filter { _, bucket in
            let level = bucket.level(at: time, rule)
            guard level == highest else { return level > highest }
            ties -= 1
            return ties < 0
        }
    }
}
