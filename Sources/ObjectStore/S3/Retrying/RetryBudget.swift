/// The repetitions that all requests to a store share. Each costs one; each request that succeeds gives one back.
struct RetryBudget {
    let capacity: Int
    private(set) var left: Int

    init(capacity: Int) {
        self.capacity = capacity
        left = capacity
    }

    /// Takes one repetition. Returns whether there was one.
    mutating func withdraw() -> Bool {
        guard left > 0 else { return false }
        left -= 1
        return true
    }

    /// A request succeeded.
    mutating func refund() { left = min(capacity, left + 1) }
}
