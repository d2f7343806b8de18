import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import Testing

@Suite("Polls in stores")
struct PollStoreTests {
    /// Saves a poll that ends after `seconds`; returns its ID.
    private func poll(ending seconds: Double?, in fixture: StoreFixture) async throws -> String {
        var draft = fixture.draft(from: "ann", to: "bob", text: "Which?")
        draft.message.type = .poll
        draft.message.poll = Poll(
            creator: "ann", question: "Which?", options: ["a", "b"], expiresAt: seconds.map { fixture.clock.now + $0 })
        return try await fixture.store.save([draft])[0].message.id
    }

    private func end(_ id: String, in store: any ChatStore, at date: Date) async throws {
        let event = OutboxDraft(recipient: "bob", event: "pollClosed")
        try await store.updateMessage(id, in: .bananatalk, by: nil, outbox: { _ in [event] }) { message in
            guard message.poll?.status == .active else { return }
            message.poll?.status = .expired
        }
    }

    @Test("a poll is read as it was saved", arguments: StoreEngine.allCases)
    func roundTrip(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let id = try await poll(ending: 1.5, in: fixture)
        let read = try #require(try await fixture.store.message(id, in: .bananatalk, viewer: nil)?.poll)
        #expect(
            read
                == Poll(
                    creator: "ann", question: "Which?", options: ["a", "b"], expiresAt: fixture.clock.now + 1.5))
    }

    @Test(
        "polls are found from the time at which they end until that is written, the earliest first",
        arguments: StoreEngine.allCases)
    func ending(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, start) = (fixture.store, fixture.clock.now)
        _ = try await poll(ending: nil, in: fixture)
        let late = try await poll(ending: 20, in: fixture)
        let early = try await poll(ending: 10, in: fixture)
        let deleted = try await poll(ending: 5, in: fixture)
        _ = try await store.deleteForAll(deleted, in: .bananatalk, at: start, outbox: [])
        #expect(try await store.nextPollEnd(in: .bananatalk) == start + 10)
        #expect(try await store.endedPolls(in: .bananatalk, at: start + 9.999, limit: 10).isEmpty)
        #expect(try await store.endedPolls(in: .bananatalk, at: start + 10, limit: 10).map(\.id) == [early])
        #expect(try await store.endedPolls(in: .bananatalk, at: start + 30, limit: 10).map(\.id) == [early, late])
        #expect(try await store.endedPolls(in: .bananatalk, at: start + 30, limit: 1).map(\.id) == [early])
        for id in [early, late] { try await end(id, in: store, at: start) }
        #expect(try await store.nextPollEnd(in: .bananatalk) == nil)
        #expect(try await store.endedPolls(in: .bananatalk, at: start + 30, limit: 10).isEmpty)
        #expect(try await store.endedPolls(in: .rooms, at: start + 30, limit: 10).isEmpty)
    }

    @Test("of several nodes that end a poll at once, one notifies its members", arguments: StoreEngine.allCases)
    func once(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let id = try await poll(ending: 1, in: fixture)
        let stores: [any ChatStore] = [fixture.store, try fixture.another()]
        let date = fixture.clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores + stores { group.addTask { try await end(id, in: store, at: date) } }
            try await group.waitForAll()
        }
        let events = try await fixture.store.dueOutbox(limit: 20).map(\.draft.event)
        #expect(events.filter { $0 == "pollClosed" }.count == 1)
        await stores[1].close()
    }
}
