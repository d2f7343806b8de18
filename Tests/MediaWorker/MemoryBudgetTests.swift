import Bytes
import MediaModel
import Mutation
import Synchronization
import Testing

@testable import MediaWorker

@Suite("Memory budget")
struct MemoryBudgetTests {
    @Test("memory is given first come, first served, as it comes back")
    func inLine() {
        let ledger = Shared(MemoryQuota(limit: 100))
        #expect(ledger.receive(claim(1, 80)))
        // Nobody is over the limit yet, so the first in line may be.
        #expect(ledger.receive(claim(2, 60)))
        #expect(!ledger.receive(claim(3, 30)))
        #expect(!ledger.receive(claim(4, 1)), "what is small does not overtake")
        #expect(ledger.receive(claim(2, 40, id: 20)), "who is over the limit goes on")
        #expect(!ledger.receive(claim(1, 10, id: 10)))
        #expect(ledger.used == 180)
        // The next in line inherits the right to go over the limit, and only that one.
        #expect(ledger.reduce(2, to: 0) == [claim(3, 30)])
        #expect(ledger.reduce(1, to: 0) == [claim(4, 1), claim(1, 10, id: 10)])
        #expect(ledger.used == 41 && ledger.line.isEmpty)
    }

    @Test("who leaves the line makes room for the next, and leaves nothing")
    func withdrawn() {
        let ledger = Shared(MemoryQuota(limit: 100))
        #expect(ledger.receive(claim(1, 100)) && ledger.receive(claim(2, 100)))
        #expect(!ledger.receive(claim(3, 90)) && !ledger.receive(claim(4, 10)))
        #expect(ledger.withdraw(3).isWithdrawn)
        #expect(!ledger.withdraw(3).isWithdrawn)
        #expect(ledger.reduce(2, to: 50).isEmpty && ledger.reduce(1, to: 0) == [claim(4, 10)])
        #expect(ledger.used == 60)
        _ = (ledger.reduce(2, to: 0), ledger.reduce(4, to: 0))
        #expect(ledger.used == 0)
    }

    @Test("however they come and go, somebody can always go on, and no more is used than the limit and one upload's")
    func noDeadlock() {
        var random = SeededGenerator(seed: 7)
        let (limit, each) = (64, 40)
        let ledger = Shared(MemoryQuota(limit: limit))
        var wanted = Array(repeating: 0, count: 200)
        var stuck: Set<Int> = []
        var open = Set(0..<200)
        while !open.isEmpty {
            guard let account = open.subtracting(stuck).randomElement(using: &random) else {
                Issue.record("all wait for each other")
                return
            }
            var granted: [MemoryQuota.Claim] = []
            if wanted[account] == each || Int.random(in: 0..<10, using: &random) == 0 {
                open.remove(account)
                granted = ledger.reduce(account, to: 0)
            } else if ledger.receive(claim(account, 8)) {
                wanted[account] += 8
            } else {
                stuck.insert(account)
            }
            for claim in granted {
                stuck.remove(claim.account)
                wanted[claim.account] += 8
            }
            #expect(ledger.used <= limit + each)
        }
        #expect(ledger.used == 0)
    }

    @Test("a cancelled waiter gives up its place")
    func cancelled() async throws {
        let budget = MemoryBudget(bytes: 1 << 20)
        let (first, second) = (budget.account(), budget.account())
        try await first.raise(to: 1 << 20)
        try await second.raise(to: 1 << 20)
        let waiting = Task { try await budget.account().raise(to: 8 << 20) }
        await eventually { budget.waiting == 1 }
        let next = Task { try await budget.account().raise(to: 1) }
        await eventually { budget.waiting == 2 }
        waiting.cancel()
        await #expect(throws: MediaError.self) { try await waiting.value }
        second.reduce(to: 0)
        first.reduce(to: 0)
        try await next.value
        withExtendedLifetime((first, second)) {}
        #expect(budget.waiting == 0 && budget.used == 0)
        let late = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await budget.account().raise(to: 1)
        }
        await #expect(throws: MediaError.self) { try await late.value }
    }

    @Test("an account that is let go gives everything back")
    func letGo() async throws {
        let budget = MemoryBudget(bytes: 10 << 20)
        var account: MemoryReservation? = budget.account()
        try await account?.raise(to: 3_000_000)
        #expect(budget.used == 3 << 20)
        try await account?.raise(to: 1)
        #expect(budget.used == 3 << 20)
        account = nil
        #expect(budget.used == 0)
    }

    private func claim(_ account: Int, _ bytes: Int, id: Int? = nil) -> MemoryQuota.Claim {
        MemoryQuota.Claim(id: id ?? account, account: account, bytes: bytes)
    }
}

/// A ledger that an expectation may change.
private final class Shared {
    private var ledger: MemoryQuota

    init(_ ledger: MemoryQuota) { self.ledger = ledger }

    var used: Int { ledger.used }
    var line: [MemoryQuota.Claim] { ledger.line }
    func receive(_ claim: MemoryQuota.Claim) -> Bool { ledger.receive(claim) }
    func withdraw(_ id: Int) -> (isWithdrawn: Bool, granted: [MemoryQuota.Claim]) { ledger.withdraw(id) }
    func reduce(_ account: Int, to bytes: Int) -> [MemoryQuota.Claim] { ledger.reduce(account, to: bytes) }
}

/// Waits until `condition` holds, for at most five minutes: the tests of a run share two threads, so a task may wait long for
/// its turn. It sleeps between two looks, so that it does not take the turn of the task that it waits for.
func eventually(_ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) async {
    let end = ContinuousClock.now + .seconds(300)
    while !condition() {
        guard ContinuousClock.now < end else {
            Issue.record("the condition did not hold within five minutes", sourceLocation: sourceLocation)
            return
        }
        try? await Task.sleep(for: .milliseconds(5))
    }
}
