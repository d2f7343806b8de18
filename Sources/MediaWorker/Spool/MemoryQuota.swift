/// Who has how much of a bounded memory, and who waits for some: first come, first served. Told what happens, says who
/// may go on.
///
/// Where all wait for each other nothing would ever be given back, so one account at a time may go over the limit: the
/// one that is first in line when nobody does. What all have together is at most the limit and what one may have.
struct MemoryQuota {
    /// A wish that cannot be granted yet.
    struct Claim: Equatable {
        let id: Int
        let account: Int
        let bytes: Int
    }

    /// In bytes.
    let limit: Int
    /// What all accounts have, in bytes.
    private(set) var used = 0
    /// Those who wait, the first in front.
    private(set) var line: [Claim] = []
    private var held: [Int: Int] = [:]
    private var overdrawn: Int?

    init(limit: Int) { self.limit = limit }

    /// What `account` has, in bytes.
    func held(by account: Int) -> Int { held[account] ?? 0 }

    /// Gives `claim` what it asks for, or puts it in line; returns whether it was given.
    mutating func receive(_ claim: Claim) -> Bool {
        if claim.account == overdrawn || (line.isEmpty && mayHave(claim)) {
            give(claim)
            return true
        }
        line.append(claim)
        return false
    }

    /// Takes a claim out of the line; returns whether it was there, and the claims that are granted as it is gone.
    mutating func withdraw(_ id: Int) -> (isWithdrawn: Bool, granted: [Claim]) {
        guard let index = line.firstIndex(where: { $0.id == id }) else { return (false, []) }
        line.remove(at: index)
        return (true, advance())
    }

    /// Takes back what `account` has beyond `bytes`; returns the claims that are granted from it.
    mutating func reduce(_ account: Int, to bytes: Int) -> [Claim] {
        let surplus = max(held(by: account) - bytes, 0)
        used -= surplus
        held[account] = bytes > 0 ? held(by: account) - surplus : nil
        if used <= limit || (account == overdrawn && bytes == 0) { overdrawn = nil }
        return advance()
    }

    private mutating func advance() -> [Claim] {
        var granted: [Claim] = []
        while let first = line.first, mayHave(first) {
            give(line.removeFirst())
            granted.append(first)
        }
        return granted
    }

    private mutating func mayHave(_ claim: Claim) -> Bool {
        if used + claim.bytes <= limit || claim.account == overdrawn { return true }
        guard overdrawn == nil else { return false }
        overdrawn = claim.account
        return true
    }

    private mutating func give(_ claim: Claim) {
        used += claim.bytes
        held[claim.account, default: 0] += claim.bytes
    }
}
