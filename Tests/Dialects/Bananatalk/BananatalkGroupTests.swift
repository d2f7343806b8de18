import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Bananatalk: messages of groups")
struct BananatalkGroupTests {
    private static let group = "65a0000000000000000000aa"

    /// A group of ann, bob and cid with a poll of ann's, whose events were delivered.
    private func poll(_ engine: StoreEngine = .sqlite) async throws -> (fixture: BananatalkFixture, id: String) {
        let fixture = try BananatalkFixture(engine)
        try await set(["ann", "bob", "cid"], fixture)
        let poll = try await fixture.service.createPoll(
            ["conversationId": .string(Self.group), "question": "Which?", "options": ["a", "b"]], by: fixture.ann)
        _ = try await fixture.outbox()
        return (fixture, try #require(poll["_id"]?.stringValue))
    }

    private func set(_ members: Set<String>, _ fixture: BananatalkFixture) async throws {
        try await fixture.base.store.upsert(
            Conversation(
                id: Self.group, dialect: .bananatalk, members: members, createdAt: fixture.base.clock.now))
    }

    @Test("changes of a message in a group are delivered to its members")
    func events() async throws {
        let (fixture, id) = try await poll()
        let (service, ann, bob) = (fixture.service, fixture.ann, fixture.bob)
        _ = try await service.react(to: id, emoji: "👍", by: bob)
        _ = try await service.unreact(to: id, emoji: "👍", by: bob)
        _ = try await service.setPinned(true, id, by: bob)
        let correction = try await service.correct(id, ["correctedText": "What?"], by: bob)["_id"]?.stringValue
        _ = try await service.acceptCorrection(try #require(correction), of: id, by: ann)
        _ = try await service.delete(id, forAll: true, by: ann)
        let drafts = try await fixture.base.store.dueOutbox(limit: 100).map(\.draft)
        #expect(
            drafts.map(\.event) == [
                "messageReaction", "messageReaction", "messagePinned", "newCorrection", "correctionAccepted",
                "messageDeleted",
            ])
        #expect(drafts.allSatisfy { $0.recipient == Self.group && $0.audience == .members })
        // Who has deleted it for themselves is not shown it again.
        #expect(drafts.allSatisfy { $0.message == nil && $0.payload["messageId"] == .string(id) })
    }

    @Test("each vote is delivered to every member", arguments: [true, false])
    func votes(isLater: Bool) async throws {
        let (fixture, id) = try await poll()
        // A member who was added after the poll was sent.
        if isLater { try await set(["ann", "bob", "cid", "dan"], fixture) }
        _ = try await fixture.service.vote(["optionIndex": 1], in: id, by: fixture.bob)
        let drafts = try await fixture.base.store.dueOutbox(limit: 100).map(\.draft)
        #expect(Set(drafts.map(\.event)) == ["pollVoteUpdate"])
        #expect(Set(drafts.map(\.recipient)) == (isLater ? ["ann", "bob", "cid", "dan"] : ["ann", "bob", "cid"]))
    }

    @Test("each sender in a group is notified of how many of their messages were read")
    func read() async throws {
        let (fixture, _) = try await poll()
        for caller in [fixture.ann, fixture.bob, fixture.cid] {
            _ = try await fixture.service.createPoll(
                ["conversationId": .string(Self.group), "question": "And?", "options": ["a", "b"]], by: caller)
        }
        _ = try await fixture.outbox()
        #expect(
            try await fixture.service.markConversationRead(Self.group, by: fixture.cid) == ["markedCount": 3])
        let drafts = try await fixture.base.store.dueOutbox(limit: 100).map(\.draft)
        #expect(drafts.map(\.recipient) == ["ann", "bob"] && drafts.allSatisfy { $0.event == "messagesRead" })
        #expect(drafts.map(\.payload) == [["readBy": "cid", "count": 2], ["readBy": "cid", "count": 1]])
    }

    @Test("a member who was removed is refused every change", arguments: StoreEngine.allCases)
    func removed(engine: StoreEngine) async throws {
        let (fixture, id) = try await poll(engine)
        let (service, bob) = (fixture.service, fixture.bob)
        try await set(["ann", "cid"], fixture)
        let text: JSONValue = ["correctedText": "x"]
        let refused: [ChatError.Code?] = [
            await code { try await service.vote(["optionIndex": 0], in: id, by: bob) },
            await code { try await service.poll(id, for: bob) },
            await code { try await service.react(to: id, emoji: "👍", by: bob) },
            await code { try await service.setPinned(true, id, by: bob) },
            await code { try await service.correct(id, text, by: bob) },
            await code { try await service.setBookmarked(true, id, by: bob) },
            await code { try await service.translate(id, ["targetLanguage": "ko"], by: bob) },
            await code { try await service.message(id, for: bob) },
        ]
        #expect(refused.allSatisfy { $0 == .notAllowed })
        #expect(try await service.poll(id, for: fixture.ann)["totalVotes"] == 0)
    }

    @Test(
        "a receiver who left and was added again still starts the timer of a message that counts as read",
        arguments: StoreEngine.allCases)
    func addedAgain(engine: StoreEngine) async throws {
        let fixture = try BananatalkFixture(engine)
        let (service, store) = (fixture.service, fixture.base.store)
        let body: JSONValue = ["receiver": "bob", "message": "soon gone", "destructTimer": 10]
        let id = try #require(try await service.sendDisappearing(body, from: fixture.ann)["_id"]?.stringValue)
        let message = try #require(try await store.message(id, in: .bananatalk, viewer: nil))
        var conversation = try #require(try await store.conversation(message.conversation, in: .bananatalk))
        for members in [["ann"], ["ann", "bob"]] as [Set<String>] {
            conversation.members = members
            try await store.upsert(conversation)
        }
        _ = try await service.markAsRead(from: "ann", by: fixture.bob)
        _ = try await fixture.outbox()
        let answer = try await service.triggerDestruct(id, by: fixture.bob)
        #expect(answer["destructAt"] == "2024-01-15T10:30:10.000Z")
        #expect(
            try await store.nextDueMessage(in: [.bananatalk]) == fixture.base.clock.now + 10)
        let events = try await fixture.outbox()
        #expect(events.contains { $0.hasPrefix("ann disappearingMessageRead") && $0.contains(#""readAt":"2024"#) })
        #expect(events.contains { $0.hasPrefix("bob messageDestructTriggered") })
    }
}
