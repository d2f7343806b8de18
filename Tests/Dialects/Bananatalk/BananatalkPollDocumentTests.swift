import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Documents of bananatalk: polls")
struct BananatalkPollDocumentTests {
    private static let group = "65a0000000000000000000aa"
    private let fixture: BananatalkFixture
    private let server: ChatServerDatabase
    private let ann = ChatCaller(id: "65a4f0c2e1b2c3d4e5f60001")
    private let bob = ChatCaller(id: "65a4f0c2e1b2c3d4e5f60002")

    init() throws {
        fixture = try BananatalkFixture(.models)
        server = try ChatServerDatabase()
    }

    private var polls: String { fixture.base.database(of: .bananatalk) + ".polls" }

    private func id(_ text: String) -> JSONValue { ["$oid": .string(text)] }

    private func create() async throws -> String {
        try await fixture.base.store.upsert(
            Conversation(
                id: Self.group, dialect: .bananatalk, members: [ann.id, bob.id], createdAt: fixture.base.clock.now))
        let poll = try await fixture.service.createPoll(
            [
                "conversationId": .string(Self.group), "question": "Which?", "options": ["a", "b"], "expiresIn": 60,
                "settings": ["isQuiz": true, "correctOptionIndex": 1],
            ], by: ann)
        return try #require(poll["_id"]?.stringValue)
    }

    @Test("a chat server finds a poll in its own collection, with each vote, and what it adds to it stays")
    func written() async throws {
        let service = fixture.service
        let name = try await create()
        try await server.validate(polls, BananatalkSchemas.poll)
        let new = try #require(try await server.find(polls, ["_id": id(name)]).first)
        #expect(new["message"] == id(name) && new["conversation"] == id(Self.group) && new["creator"] == id(ann.id))
        #expect(new["status"] == "active" && new["totalVotes"] == 0 && new["settings"]?["correctOptionIndex"] == 1)
        #expect(new["expiresAt"]?["$date"] != nil)
        let messages = fixture.base.database(of: .bananatalk) + ".messages"
        #expect(try await server.find(messages, ["_id": id(name)]).first?["poll"] == id(name))
        try await server.update(
            polls, ["_id": id(name)], ["$set": ["pinnedInChannel": true, "options.1.picture": "b.jpg"]])
        _ = try await service.vote(["optionIndex": 1], in: name, by: bob)
        _ = try await service.closePoll(name, by: ann)
        let closed = try #require(try await server.find(polls, ["_id": id(name)]).first)
        #expect(closed["options"]?[1]?["votes"]?[0]?["user"] == id(bob.id) && closed["options"]?[1]?["voteCount"] == 1)
        #expect(closed["status"] == "closed" && closed["closedBy"] == id(ann.id) && closed["uniqueVoters"] == 1)
        #expect(closed["pinnedInChannel"] == true && closed["options"]?[1]?["picture"] == "b.jpg")
    }

    @Test("a poll is removed with its message, and with its conversation", arguments: [true, false])
    func removed(isWithMessage: Bool) async throws {
        let name = try await create()
        #expect(try await server.find(polls).count == 1)
        if isWithMessage {
            _ = try await fixture.service.delete(name, forAll: true, by: ann)
        } else {
            _ = try await fixture.base.store.deleteConversation(Self.group, in: .bananatalk)
        }
        #expect(try await server.find(polls).isEmpty)
    }
}
