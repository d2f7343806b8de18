import ChatDocuments
import ChatTestSupport
import Foundation
import Logging
import TestPrograms
import Testing

@testable import ChatBridge
@testable import ChatStoreMongoDB

@Suite("The lease of the outbox", .serialized)
struct OutboxLeaseTests {
    private let fixture: StoreFixture
    private let first = Dialect(rawValue: "bananatalk")
    private let second = Dialect(rawValue: "rooms")
    private var dialects: Set<Dialect> { [first, second] }

    init() throws { fixture = try StoreFixture(.mongodb) }

    private func held(_ store: any ChatStore) async throws -> Set<Dialect> {
        try await store.leaseOutbox(of: dialects).dialects
    }

    @Test("is one process's, however many ask at once; another has it when it was released, or its process has ended")
    func handedOver() async throws {
        let store = fixture.store
        var other: (any ChatStore)? = try fixture.another()
        let another = try #require(other)
        let leases = try await withThrowingTaskGroup(of: Set<Dialect>.self) { group in
            for store in [store, another, store, another] { group.addTask { try await held(store) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // Both may ask again: each dialect has one holder.
        #expect(Set(leases) == dialects)
        let own = try await held(store)
        #expect(try await held(another) == dialects.subtracting(own))

        try await store.releaseOutbox(of: dialects)
        try await another.releaseOutbox(of: dialects)
        #expect(try await held(another) == dialects)
        #expect(try await held(store) == [])
        await fixture.end(&other)
        #expect(try await held(store) == dialects)
    }

    @Test("is taken over when it was not renewed for some time of the other process's uptime, and not before")
    func expired() async throws {
        let (store, other) = (fixture.store, try fixture.another())
        #expect(try await held(other) == dialects)
        #expect(try await held(store) == [])
        fixture.clock.advance(7)
        #expect(try await held(store) == [])
        #expect(try await held(other) == dialects)
        // Renewed: the time begins again.
        fixture.clock.advance(7)
        #expect(try await held(store) == [])
        fixture.clock.step(86_400)
        #expect(try await held(store) == [])
        fixture.clock.advance(8)
        #expect(try await held(store) == dialects)
        // The former holder finds out when it renews its lease.
        #expect(try await held(other) == [])
    }

    @Test("decides who delivers: what one process has written the other delivers, also what it had passed over")
    func delivered() async throws {
        let notifier = RecordingNotifier()
        let other = try fixture.another()
        let deliverer = OutboxDeliverer(
            store: fixture.store, notifiers: [first: notifier, second: notifier], logger: Logger { _ in })
        let waiting = OutboxDeliverer(
            store: other, notifiers: [first: notifier, second: notifier], logger: Logger { _ in })
        try await eventually("the first one has the lease") {
            try await deliverer.deliverDue()
            return deliverer.deliversAll
        }
        _ = try await other.save([fixture.draft(from: "ann", to: "bob")])
        try await waiting.deliverDue()
        #expect(!waiting.deliversAll)
        #expect(try await other.waitingOutbox() == 1)
        try await deliverer.deliverDue()
        #expect(try await other.waitingOutbox() == 0)

        await deliverer.handOver()
        _ = try await fixture.store.save([fixture.draft(from: "ann", to: "bob")])
        // Its lease is asked for again when that is due.
        try await eventually("the other one delivers") {
            try await waiting.deliverDue()
            return try await other.waitingOutbox() == 0
        }
        var received = notifier.received.stream.makeAsyncIterator()
        for count in 1...2 { #expect(await received.next(isolation: nil) == "bob: \(count)") }
    }

    @Test("a process that takes over ends the transactions that the former one has left open")
    func leftOpen() async throws {
        _ = try await fixture.store.save([fixture.draft(from: "ann", to: "bob")])
        let entry = try #require(try await fixture.store.dueOutbox(limit: 1).first)
        let killed = try fixture.mongodb
        let other = try #require(try fixture.another() as? MongoDBChatStore)
        #expect(try await held(killed) == dialects)
        #expect(try await held(other) == [])
        fixture.clock.advance(8)
        // What the process was doing when it was killed: it has written, and neither commits nor aborts.
        try killed.pool.withSession(until: .now + .seconds(600)) { session in
            try killed.start.register(session)
            try session.begin()
            try session.update(killed.layout.own.outbox, ["_id": .int64(entry.sequence)], ["$inc": ["attempts": 1]])
            try other.pool.withSession(until: .now + .seconds(600)) { session in
                let taken = try other.outboxLeases.lease(dialects, StoreTransaction(session, other))
                #expect(taken == dialects)
            }
            #expect(throws: MongoError.self) { try session.commit() }
        }
        try await other.delivered([entry.sequence])
        #expect(try await other.waitingOutbox() == 0)
    }

    @Test("an entry of a process that runs is not one from before this process's start")
    func written() async throws {
        let other = try fixture.another()
        _ = try await other.save([fixture.draft(from: "ann", to: "bob")])
        #expect(try await fixture.store.dueOutbox(limit: 1).map(\.isInherited) == [true])
        let (own, others) = (try fixture.mongodb.start, try #require(other as? MongoDBChatStore).start)
        own.beatUnlessEnded()
        others.beatUnlessEnded()
        own.beatUnlessEnded()
        #expect(try await fixture.store.dueOutbox(limit: 1).map(\.isInherited) == [false])
    }
}
