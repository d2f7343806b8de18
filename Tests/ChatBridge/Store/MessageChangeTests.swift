import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import Testing

@Suite("Changes of messages")
struct MessageChangeTests {
    @Test("a change of the details is stored, delivered, and read back", arguments: StoreEngine.allCases)
    func stored(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let id = try await fixture.send(from: "ann", to: "bob").message.id
        try await fixture.store.delivered(fixture.store.dueOutbox(limit: 10).map(\.sequence))
        let later = fixture.clock.now + 5
        let event = OutboxDraft(recipient: "bob", event: "pinned", message: id)
        let changed = try await fixture.store.updateMessage(id, in: .bananatalk, by: nil, outbox: { _ in [event] }) {
            $0.pin = MessagePin(user: "bob", pinnedAt: later)
            $0.updatedAt = later
        }
        #expect(changed.pin == MessagePin(user: "bob", pinnedAt: later) && changed.updatedAt == later)
        #expect(try await fixture.store.message(id, in: .bananatalk, viewer: "ann") == changed)
        #expect(try await fixture.store.dueOutbox(limit: 10).map(\.draft) == [event])
    }

    @Test(
        "a change that changes nothing delivers nothing, and one that throws changes nothing",
        arguments: StoreEngine.allCases)
    func unchanged(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let saved = try await fixture.send(from: "ann", to: "bob").message
        try await fixture.store.updateMessage(saved.id, in: .bananatalk, by: nil, outbox: { _ in [Self.event] }) { _ in
        }
        await #expect(throws: ChatError.self) {
            try await fixture.store.updateMessage(saved.id, in: .bananatalk, by: nil, outbox: { _ in [Self.event] }) {
                message in
                message.pin = MessagePin(user: "bob", pinnedAt: message.createdAt)
                throw ChatError(.notAllowed, "no")
            }
        }
        #expect(try await fixture.store.message(saved.id, in: .bananatalk, viewer: nil) == saved)
        #expect(try await fixture.store.dueOutbox(limit: 10).map(\.draft.event) == ["newMessage"])
    }

    private static let event = OutboxDraft(recipient: "bob", event: "never")

    @Test("a message that was deleted, or does not exist, is not changed", arguments: StoreEngine.allCases)
    func deleted(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let id = try await fixture.send(from: "ann", to: "bob").message.id
        _ = try await fixture.store.deleteForAll(id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        for id in [id, "65a0000000000000000000ff"] {
            let code = await code {
                try await fixture.store.updateMessage(id, in: .bananatalk, by: nil, outbox: { _ in [] }) {
                    $0.pin = nil
                }
            }
            #expect(code == .messageNotFound)
        }
    }

    @Test(
        "a user who was removed from a group neither changes its messages nor reacts to them, nor edits their own",
        arguments: StoreEngine.allCases)
    func removedMember(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, date) = (fixture.store, fixture.clock.now)
        let members: Set<String> = ["ann", "bob", "cid"]
        var conversation = Conversation(
            id: fixture.ids.next(at: date).description, dialect: .bananatalk, members: members, createdAt: date)
        try await store.upsert(conversation)
        var draft = fixture.draft(from: "bob", to: "ann")
        (draft.message.receiver, draft.message.conversation) = (nil, conversation.id)
        draft.place = .conversation
        let id = try await store.save([draft])[0].message.id
        let reaction = Reaction(user: "bob", emoji: "👍", createdAt: date)
        #expect(try await store.react(to: id, in: .bananatalk, reaction, inPlace: false, outbox: []))
        conversation.members.remove("bob")
        try await store.upsert(conversation)
        let refused: [ChatError.Code?] = [
            await code {
                try await store.updateMessage(id, in: .bananatalk, by: "bob", outbox: { _ in [Self.event] }) {
                    $0.pin = MessagePin(user: "bob", pinnedAt: date)
                }
            },
            await code {
                let other = Reaction(user: "bob", emoji: "🎉", createdAt: date)
                return try await store.react(to: id, in: .bananatalk, other, inPlace: false, outbox: [Self.event])
            },
            await code {
                try await store.unreact(to: id, in: .bananatalk, user: "bob", emoji: nil, outbox: [Self.event])
            },
            await code { try await store.edit(id, in: .bananatalk, text: "x", at: date, outbox: [Self.event]) },
        ]
        #expect(refused == [.notAllowed, .notAllowed, .notAllowed, .notAllowed])
        let message = try #require(try await store.message(id, in: .bananatalk, viewer: "ann"))
        #expect(message.pin == nil && message.reactions.map(\.emoji) == ["👍"] && message.text == "Hello!")
        #expect(try await store.dueOutbox(limit: 10).allSatisfy { $0.draft.event != Self.event.event })
        try await store.updateMessage(id, in: .bananatalk, by: "cid", outbox: { _ in [] }) {
            $0.pin = MessagePin(user: "cid", pinnedAt: date)
        }
        #expect(try await store.message(id, in: .bananatalk, viewer: "ann")?.pin?.user == "cid")
    }

    @Test("of 50 changes and 50 reactions at once none is lost", arguments: StoreEngine.allCases)
    func parallel(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let id = try await fixture.send(from: "ann", to: "bob").message.id
        let (store, date) = (fixture.store, fixture.clock.now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await store.updateMessage(id, in: .bananatalk, by: nil, outbox: { _ in [] }) { message in
                        var members = message.details.objectValue ?? [:]
                        members["count"] = .integer((message.details["count"]?.integerValue ?? 0) + 1)
                        message.details = .object(members)
                    }
                }
                group.addTask {
                    let reaction = Reaction(user: "u\(number)", emoji: "👍", createdAt: date)
                    _ = try await store.react(to: id, in: .bananatalk, reaction, inPlace: false, outbox: [])
                }
            }
            try await group.waitForAll()
        }
        let message = try #require(try await store.message(id, in: .bananatalk, viewer: nil))
        #expect(message.details["count"] == 50)
        #expect(Set(message.reactions.map(\.user)).count == 50 && message.reactions.count == 50)
    }
}
