import Synchronization
import Testing

@testable import Limits

@Suite("Rate limits")
struct RateLimiterTests {
    /// A clock that is set by the test.
    private final class Clock: Sendable {
        private let time = Mutex(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        func advance(_ seconds: Double) { time.withLock { $0 += .seconds(seconds) } }
    }

    private static func limiter(
        _ maximum: Int, capacity: Int = 1000, _ clock: Clock, shared: (any SharedBuckets)? = nil
    ) -> RateLimiter {
        RateLimiter(
            RateRule("test", maximum: maximum, per: .seconds(3600)), shared: shared, capacity: capacity,
            uptime: { clock.now })
    }

    @Test("of 200 requests at the same time exactly the allowed 50 are admitted")
    func parallel() async {
        let limiter = Self.limiter(50, Clock())
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 { group.addTask { await limiter.take(of: "ann") == nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 50)
        #expect(await limiter.take(of: "bob") == nil)
    }

    @Test("a rejected key is notified when the next one fits, and it fits then")
    func waiting() async throws {
        let clock = Clock()
        let limiter = Self.limiter(60, clock)
        for _ in 0..<60 { #expect(await limiter.take(of: "ann") == nil) }
        let wait = try #require(await limiter.take(of: "ann"))
        #expect(wait == .seconds(60))
        clock.advance(59)
        #expect(await limiter.take(of: "ann") != nil)
        clock.advance(1.001)
        #expect(await limiter.take(of: "ann") == nil)
        #expect(await limiter.take(of: "ann") != nil)
    }

    @Test("who stays within the limit of every hour is never rejected, however the requests are spread")
    func withinLimit() async {
        let clock = Clock()
        let limiter = Self.limiter(100, clock)
        // The last minute of an hour and the first of the next are the worst case of counters that begin at zero with each hour.
        for _ in 0..<5 {
            for _ in 0..<100 { #expect(await limiter.take(of: "ann") == nil) }
            clock.advance(3600.1)
        }
        for _ in 0..<2000 {
            #expect(await limiter.take(of: "ann") == nil)
            clock.advance(36.001)
        }
    }

    @Test("a clock that is set back neither frees nor rejects anyone")
    func clockSetBack() async {
        let clock = Clock()
        let limiter = Self.limiter(10, clock)
        clock.advance(10_000)
        for _ in 0..<5 { #expect(await limiter.take(of: "ann") == nil) }
        clock.advance(-9_000)
        for _ in 0..<5 { #expect(await limiter.take(of: "ann") == nil) }
        #expect(await limiter.take(of: "ann") != nil)
    }

    @Test("a flood of keys is remembered in bounded memory, and frees no key that has used up everything")
    func flood() async {
        let clock = Clock()
        let limiter = Self.limiter(20, capacity: 1000, clock)
        for _ in 0..<20 { _ = await limiter.take(of: "attacker") }
        for index in 0..<300_000 {
            _ = await limiter.take(of: "address \(index)")
            if index % 1000 == 0 { #expect(limiter.keyCount <= 1000) }
        }
        #expect(limiter.keyCount <= 1000)
        #expect(await limiter.take(of: "attacker") != nil)
    }

    @Test("what is given back can be used again, and never more than that")
    func givingBack() async {
        let limiter = Self.limiter(100, Clock())
        #expect(await limiter.take(80, of: "ann") == nil)
        #expect(await limiter.take(30, of: "ann") != nil)
        limiter.giveBack(60, of: "ann")
        #expect(await limiter.take(80, of: "ann") == nil)
        limiter.giveBack(1000, of: "ann")
        #expect(await limiter.take(100, of: "ann") == nil)
        #expect(await limiter.take(1, of: "ann") != nil)
    }

    @Test("what can never fit is rejected, with the time after which nothing is used any more")
    func neverFits() async {
        let clock = Clock()
        let limiter = Self.limiter(100, clock)
        #expect(await limiter.take(50, of: "ann") == nil)
        #expect(await limiter.take(101, of: "ann") == .seconds(1800))
        #expect(await limiter.take(50, of: "ann") == nil)
    }

    /// A store of other nodes.
    private final class Others: SharedBuckets {
        let result: SharedResult
        let given = Mutex(0)
        init(_ result: SharedResult) { self.result = result }
        func take(_ cost: Int, of key: String, _ rule: RateRule) async -> SharedResult { result }
        func giveBack(_ amount: Int, of key: String, _ rule: RateRule) { given.withLock { $0 += amount } }
    }

    @Test("where nodes count together, what all have used decides; without their store this node counts alone")
    func shared() async {
        let clock = Clock()
        let full = Self.limiter(10, clock, shared: Others(.rejected(used: 10)))
        #expect(await full.take(of: "ann") == .seconds(360))
        let alone = Self.limiter(10, clock, shared: Others(.unknown))
        for _ in 0..<10 { #expect(await alone.take(of: "ann") == nil) }
        #expect(await alone.take(of: "ann") != nil)
        let others = Others(.taken)
        let together = Self.limiter(10, clock, shared: others)
        #expect(await together.take(10, of: "ann") == nil)
        together.giveBack(4, of: "ann")
        #expect(others.given.withLock { $0 } == 4)
    }

    @Test("what only this node has counted is not given back to the others")
    func givingBackLocally() async {
        let others = Others(.unknown)
        let limiter = Self.limiter(10, Clock(), shared: others)
        #expect(await limiter.use(10, of: "ann") == .taken(isLocal: true))
        #expect(await limiter.use(of: "ann") == .rejected(wait: .seconds(360), used: 10))
        limiter.giveBack(6, of: "ann", localAmount: 6)
        #expect(others.given.withLock { $0 } == 0)
        #expect(await limiter.use(6, of: "ann") == .taken(isLocal: true))
        limiter.giveBack(6, of: "ann", localAmount: 4)
        #expect(others.given.withLock { $0 } == 2)
    }
}
