import ChatTestSupport
import Foundation
import Testing

@testable import ChatBridge

@Suite("Events that could not be delivered", .serialized)
struct DeadLetterTests {
    private let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture() }

    private func sequences() async throws -> [Int] { try await store.dueOutbox(limit: 10).map(\.sequence) }

    @Test(
        "leave the outbox with their reason, and are delivered after all others when they are replayed",
        arguments: StoreEngine.allCases)
    func replayed(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for receiver in ["bob", "cid", "dan"] { try await fixture.send(from: "ann", to: receiver) }
        let entries = try await store.dueOutbox(limit: 10)
        try await store.postpone(entries[0].sequence, for: .seconds(1))
        fixture.clock.advance(60)
        for entry in entries.prefix(2) {
            try await store.moveToDeadLetters(entry.sequence, reason: "refused", at: fixture.clock.now)
        }
        // Another one that has been delivered meanwhile is none.
        try await store.moveToDeadLetters(999, reason: "refused", at: fixture.clock.now)
        #expect(try await sequences() == [entries[2].sequence])
        #expect(try await store.deadLetterCounts() == [.bananatalk: 2])

        let letters = try await store.deadLetters(after: 0, limit: 10)
        #expect(letters.map(\.draft) == entries.prefix(2).map(\.draft))
        #expect(letters.map(\.number) == entries.prefix(2).map(\.sequence) && letters.map(\.attempts) == [1, 0])
        #expect(letters.allSatisfy { $0.reason == "refused" && $0.dialect == .bananatalk })
        #expect(letters.allSatisfy { $0.failedAt == fixture.clock.now && $0.createdAt == entries[0].createdAt })
        #expect(try await store.deadLetters(after: letters[0].number, limit: 10) == [letters[1]])
        #expect(try await store.deadLetters(after: 0, limit: 1) == [letters[0]])

        #expect(try await store.replayDeadLetters([letters[1].number, 999]) == 1)
        #expect(try await store.deadLetters(after: 0, limit: 10) == [letters[0]])
        #expect(try await store.replayDeadLetters(nil) == 1)
        #expect(try await store.replayDeadLetters(nil) == 0)
        let again = try await store.dueOutbox(limit: 10)
        #expect(again.map(\.draft) == [entries[2].draft, entries[1].draft, entries[0].draft])
        #expect(again.allSatisfy { $0.attempts == 0 && !$0.isInherited })
        #expect(try await store.deadLetterCounts() == [:])
    }

    @Test("keep the members that they are still for", arguments: StoreEngine.allCases)
    func remaining(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.outbox = { [OutboxDraft(recipient: $0.message.conversation, audience: .members, event: "e")] }
        _ = try await store.save([draft])
        let entry = try #require(try await store.dueOutbox(limit: 1).first)
        try await store.fanOut(entry, to: ["bob"], remaining: ["ann"])
        try await store.moveToDeadLetters(entry.sequence, reason: "refused", at: fixture.clock.now)
        #expect(try await store.replayDeadLetters([entry.sequence]) == 1)
        let due = try await store.dueOutbox(limit: 10)
        #expect(due.map(\.remaining) == [nil, ["ann"]])
    }

    @Test("count from their replay on where age alone ends them", arguments: StoreEngine.allCases)
    func age(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.outbox = { saved in
            [OutboxDraft.Audience.devices, .user].map {
                OutboxDraft(recipient: saved.message.id, audience: $0, event: "e", message: saved.message.id)
            }
        }
        let written = fixture.clock.now
        _ = try await store.save([draft])
        fixture.clock.advance(86_400)
        for entry in try await store.dueOutbox(limit: 10) {
            try await store.moveToDeadLetters(entry.sequence, reason: "refused", at: fixture.clock.now)
        }
        #expect(try await store.deadLetters(after: 0, limit: 10).allSatisfy { $0.createdAt == written })
        #expect(try await store.replayDeadLetters(nil) == 2)
        let again = try await store.dueOutbox(limit: 10)
        for entry in again {
            #expect(entry.createdAt == (entry.draft.audience == .devices ? fixture.clock.now : written))
        }
        #expect(again.count == 2)
    }
}
