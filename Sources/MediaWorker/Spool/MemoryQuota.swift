/// The state of a bounded memory: who holds how much of it, and who waits, first come, first served. A pure state machine that returns
/// which claims are granted.
///
/// If all holders waited for each other, nothing would ever be returned. So one reservation at a time may exceed the limit: the first
/// one in the queue when none does. Together they hold at most the limit and the memory of one upload.
struct MemoryQuota {
    /// A request for memory.
    struct Claim: Equatable {
        let id: Int
        let reservation: Int
        let bytes: Int
    }

    /// The limit, in bytes.
    let limit: Int
    /// The total of all reservations, in bytes.
    private(set) var used = 0
    /// The waiting claims, the oldest first.
    private(set) var waiting: [Claim] = []
    private var held: [Int: Int] = [:]
    private var overdrawn: Int?

    init(limit: Int) { self.limit = limit }

    /// The size of `reservation`, in bytes.
    func held(by reservation: Int) -> Int { held[reservation] ?? 0 }

    /// Grants `claim`, or queues it; returns whether it was granted.
    mutating func receive(_ claim: Claim) -> Bool {
        if claim.reservation == overdrawn || (waiting.isEmpty && canGrant(claim)) {
            grant(claim)
            return true
        }
        waiting.append(claim)
        return false
    }

    /// Removes a claim from the queue; returns whether it was there, and the claims that are granted because of it.
    mutating func withdraw(_ id: Int) -> (isWithdrawn: Bool, granted: [Claim]) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return (false, []) }
        waiting.remove(at: index)
        return (true, advance())
    }

    /// Reduces a reservation to `bytes`; returns the claims that are granted because of it.
    mutating func reduce(_ reservation: Int, to bytes: Int) -> [Claim] {
        let surplus = max(held(by: reservation) - bytes, 0)
        used -= surplus
        held[reservation] = bytes > 0 ? held(by: reservation) - surplus : nil
        if used <= limit || (reservation == overdrawn && bytes == 0) { overdrawn = nil }
        return advance()
    }

    private mutating func advance() -> [Claim] {
        var granted: [Claim] = []
        while let first = waiting.first, canGrant(first) {
            grant(waiting.removeFirst())
            granted.append(first)
        }
        return granted
    }

    private mutating func canGrant(_ claim: Claim) -> Bool {
        if used + claim.bytes <= limit || claim.reservation == overdrawn { return true }
        guard overdrawn == nil else { return false }
        overdrawn = claim.reservation
        return true
    }

    private mutating func grant(_ claim: Claim) {
        used += claim.bytes
        held[claim.reservation, default: 0] += claim.bytes
    }
}
