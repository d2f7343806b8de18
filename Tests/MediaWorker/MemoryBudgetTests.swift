import Bytes
import MediaModel
import Mutation
import Synchronization
import Testing

@testable import MediaWorker

@Suite("Memory budget")
struct MemoryBudgetTests {
    @Test("memory is granted first come, first served, as it is returned")
    func order() {
        let quota = Shared(MemoryQuota(limit: 100))
        #expect(quota.receive(claim(1, 80)))
        // No reservation exceeds the limit yet, so the first in the queue may.
        #expect(quota.receive(claim(2, 60)))
        #expect(!quota.receive(claim(3, 30)))
        #expect(!quota.receive(claim(4, 1)), "a small claim does not overtake")
        #expect(quota.receive(claim(2, 40, id: 20)), "the reservation over the limit may grow")
        #expect(!quota.receive(claim(1, 10, id: 10)))
        #expect(quota.used == 180)
        // The next in the queue may exceed the limit then, and only that one.
        #expect(quota.reduce(2, to: 0) == [claim(3, 30)])
        #expect(quota.reduce(1, to: 0) == [claim(4, 1), claim(1, 10, id: 10)])
        #expect(quota.used == 41 && quota.waiting.isEmpty)
    }

    @Test("a withdrawn claim lets the next one be granted, and holds nothing")
    func withdrawn() {
        let quota = Shared(MemoryQuota(limit: 100))
        #expect(quota.receive(claim(1, 100)) && quota.receive(claim(2, 100)))
        #expect(!quota.receive(claim(3, 90)) && !quota.receive(claim(4, 10)))
        #expect(quota.withdraw(3).isWithdrawn)
        #expect(!quota.withdraw(3).isWithdrawn)
        #expect(quota.reduce(2, to: 50).isEmpty && quota.reduce(1, to: 0) == [claim(4, 10)])
        #expect(quota.used == 60)
        _ = (quota.reduce(2, to: 0), quota.reduce(4, to: 0))
        #expect(quota.used == 0)
    }

    @Test(
        "in any order of claims, some upload can always continue, and no more is used than the limit and one upload's memory"
    )
    func noDeadlock() {
        var random = SeededGenerator(seed: 7)
        let (limit, each) = (64, 40)
        let quota = Shared(MemoryQuota(limit: limit))
        var wanted = Array(repeating: 0, count: 200)
        var waitingForMemory: Set<Int> = []
        var open = Set(0..<200)
        while !open.isEmpty {
            guard let reservation = open.subtracting(waitingForMemory).randomElement(using: &random) else {
                Issue.record("all uploads wait for each other")
                return
            }
            var granted: [MemoryQuota.Claim] = []
            if wanted[reservation] == each || Int.random(in: 0..<10, using: &random) == 0 {
                open.remove(reservation)
                granted = quota.reduce(reservation, to: 0)
            } else if quota.receive(claim(reservation, 8)) {
                wanted[reservation] += 8
            } else {
                waitingForMemory.insert(reservation)
            }
            for claim in granted {
                waitingForMemory.remove(claim.reservation)
                wanted[claim.reservation] += 8
            }
            #expect(quota.used <= limit + each)
        }
        #expect(quota.used == 0)
    }

    @Test("a cancelled task leaves the queue")
    func cancelled() async throws {
        let budget = MemoryBudget(bytes: 1 << 20)
        let (first, second) = (budget.reservation(), budget.reservation())
        try await first.raise(to: 1 << 20)
        try await second.raise(to: 1 << 20)
        let waiting = Task { try await budget.reservation().raise(to: 8 << 20) }
        await eventually { budget.waiting == 1 }
        let next = Task { try await budget.reservation().raise(to: 1) }
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
            try await budget.reservation().raise(to: 1)
        }
        await #expect(throws: MediaError.self) { try await late.value }
    }

    @Test("a released reservation returns all its memory")
    func released() async throws {
        let budget = MemoryBudget(bytes: 10 << 20)
        var reservation: MemoryReservation? = budget.reservation()
        try await reservation?.raise(to: 3_000_000)
        #expect(budget.used == 3 << 20)
        try await reservation?.raise(to: 1)
        #expect(budget.used == 3 << 20)
        reservation = nil
        #expect(budget.used == 0)
    }

    private func claim(_ reservation: Int, _ bytes: Int, id: Int? = nil) -> MemoryQuota.Claim {
        MemoryQuota.Claim(id: id ?? reservation, reservation: reservation, bytes: bytes)
    }
}

/// A quota that expectations may change: they cannot call mutating functions of a value.
private final class Shared {
    private var quota: MemoryQuota

    init(_ quota: MemoryQuota) { self.quota = quota }

    var used: Int { quota.used }
    var waiting: [MemoryQuota.Claim] { quota.waiting }
    func receive(_ claim: MemoryQuota.Claim) -> Bool { quota.receive(claim) }
    func withdraw(_ id: Int) -> (isWithdrawn: Bool, granted: [MemoryQuota.Claim]) { quota.withdraw(id) }
    func reduce(_ reservation: Int, to bytes: Int) -> [MemoryQuota.Claim] { quota.reduce(reservation, to: bytes) }
}

/// Waits until `condition` holds, for at most five minutes: the tests of a run share two threads, so a task may be
/// scheduled late. It sleeps between checks, so that it does not occupy the thread that the awaited task needs.
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
