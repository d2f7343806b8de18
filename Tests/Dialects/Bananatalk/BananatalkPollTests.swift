import ChatTestSupport
import Foundation
import JSON
import Logging
import Testing

@testable import Bananatalk
@testable import ChatBridge

@Suite("Bananatalk: polls")
struct BananatalkPollTests {
    private static let conversation = "65a0000000000000000000aa"

    private func fixture(members: Set<String> = ["ann", "bob"]) async throws -> BananatalkFixture {
        let fixture = try BananatalkFixture()
        try await fixture.base.store.upsert(
            Conversation(
                id: Self.conversation, dialect: .bananatalk, members: members, isDirect: true,
                createdAt: fixture.base.clock.now))
        return fixture
    }

    private func create(
        _ fixture: BananatalkFixture, _ settings: JSONValue = .null, expiresIn: JSONValue = .null
    ) async throws -> String {
        let poll = try await fixture.service.createPoll(
            [
                "conversationId": .string(Self.conversation), "question": "Which?", "options": ["a", "b"],
                "settings": settings, "expiresIn": expiresIn,
            ], by: fixture.ann)
        return try #require(poll["_id"]?.stringValue)
    }

    @Test("a poll is a message of its own kind, and both users are sent it")
    func creation() async throws {
        let fixture = try await fixture()
        let id = try await create(fixture, ["isAnonymous": true], expiresIn: 60)
        #expect(
            try await fixture.outbox().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
                == ["bob newMessage", "ann messageSent", "ann newPoll", "bob newPoll"])
        let message = try await fixture.service.message(id, for: fixture.bob)
        #expect(message["messageType"] == "poll" && message["poll"] == .string(id) && message["message"] == "Which?")
        let poll = try await fixture.service.poll(id, for: fixture.bob)
        #expect(poll["conversation"] == .string(Self.conversation) && poll["creator"]?["_id"] == "ann")
        #expect(poll["status"] == "active" && poll["expiresAt"] == "2024-01-15T10:31:00.000Z")
        #expect(poll["settings"]?["isAnonymous"] == true && poll["settings"]?["maxVotesPerUser"] == 1)
        #expect(poll["options"]?[0] == ["text": "a", "votes": [], "voteCount": 0])
        #expect(await code { try await fixture.service.poll(id, for: fixture.cid) } == .notAllowed)
        #expect(await code { try await fixture.service.edit(id, text: "x", by: fixture.ann) } == .invalidRequest)
        #expect(await code { try await fixture.service.forward(id, from: fixture.ann, to: ["cid"]) } == .invalidRequest)
    }

    @Test(
        "a request that contradicts itself creates nothing",
        arguments: [
            #"{}"#, #"{"question":""}"#, #"{"options":["a"]}"#, #"{"options":["a","a"]}"#, #"{"options":["a",7]}"#,
            #"{"settings":7}"#, #"{"settings":{"isQuiz":true}}"#, #"{"settings":{"isQuiz":"yes"}}"#,
            #"{"settings":{"isQuiz":true,"correctOptionIndex":2}}"#, #"{"settings":{"maxVotesPerUser":0}}"#,
            #"{"expiresIn":0}"#, #"{"expiresIn":1e300}"#,
        ])
    func invalid(change: String) async throws {
        let fixture = try await fixture()
        var body: JSONObject = [
            "conversationId": .string(Self.conversation), "question": "Which?", "options": ["a", "b"],
        ]
        let changes = try JSONValue(parsing: change).objectValue ?? [:]
        for (name, value) in changes { body[name] = value }
        if changes.isEmpty { body["conversationId"] = nil }
        #expect(await code { try await fixture.service.createPoll(.object(body), by: fixture.ann) } == .invalidRequest)
        #expect(try await fixture.outbox().isEmpty)
    }

    @Test("before voting a user sees no results and no solution; an anonymous poll names no other voter")
    func hidden() async throws {
        let fixture = try await fixture()
        let id = try await create(
            fixture, ["isQuiz": true, "correctOptionIndex": 1, "explanation": "because", "isAnonymous": true])
        _ = try await fixture.outbox()
        let voted = try await fixture.service.vote(["optionIndex": 1], in: id, by: fixture.bob)
        #expect(voted["options"]?[1]?["voteCount"] == 1 && voted["options"]?[1]?["votes"]?[0]?["user"] == "bob")
        #expect(voted["settings"]?["correctOptionIndex"] == 1 && voted["settings"]?["explanation"] == "because")
        let other = try await fixture.service.poll(id, for: fixture.ann)
        #expect(other["options"]?[1]?["voteCount"] == 0 && other["totalVotes"] == 1 && other["uniqueVoters"] == 1)
        #expect(other["settings"]?["correctOptionIndex"] == nil && other["settings"]?["explanation"] == nil)
        let events = try await fixture.outbox()
        #expect(events.count == 2 && events[0].hasPrefix("ann pollVoteUpdate") && !events[0].contains("bob"))
        #expect(events[1].contains(#""voterId":"bob""#) && !events[1].contains("voteCount"))
        // Their results are those that the receiver may see when they are delivered.
        let message = try await fixture.service.chat.poll(id, for: fixture.ann)
        for (user, count) in [("ann", 0), ("bob", 1)] {
            let payload = try await fixture.service.complete([:], of: "pollVoteUpdate", about: message, for: user)
            #expect(payload["results"]?["options"]?[1]?["voteCount"] == .integer(count) && payload["message"] == nil)
        }
        let closed = try await fixture.service.closePoll(id, by: fixture.ann)
        #expect(closed["options"]?[1]?["voteCount"] == 1 && closed["options"]?[1]?["votes"] == [])
        #expect(closed["settings"]?["correctOptionIndex"] == 1 && closed["closedBy"] == "ann")
        #expect(await code { try await fixture.service.closePoll(id, by: fixture.bob) } == .notAllowed)
    }

    @Test("of 50 voters at once each vote is counted once")
    func parallel() async throws {
        let voters = (0..<50).map { ChatCaller(id: "u\($0)") }
        let fixture = try await fixture(members: Set(voters.map(\.id)).union(["ann"]))
        let id = try await create(fixture)
        let service = fixture.service
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, voter) in voters.enumerated() {
                group.addTask {
                    _ = try await service.vote(["optionIndex": .integer(index % 2)], in: id, by: voter)
                    _ = try await service.vote(["optionIndex": .integer((index + 1) % 2)], in: id, by: voter)
                }
            }
            try await group.waitForAll()
        }
        let poll = try await service.poll(id, for: voters[0])
        #expect(poll["options"]?.arrayValue?.map { $0["voteCount"] } == [25, 25])
        #expect(poll["totalVotes"] == 50 && poll["uniqueVoters"] == 50)
    }

    @Test("a poll ends at its time, once, and says so to its members")
    func expiry() async throws {
        let fixture = try await fixture()
        let id = try await create(fixture, expiresIn: 1.5)
        _ = try await fixture.outbox()
        let timer = BananatalkPollTimer(service: fixture.service, logger: Logger { _ in })
        #expect(try await timer.endPolls() == fixture.base.clock.now + 1.5)
        fixture.base.clock.advance(1.5)
        #expect(
            await code { try await fixture.service.vote(["optionIndex": 0], in: id, by: fixture.bob) }
                == .invalidRequest)
        for _ in 0..<2 { #expect(try await timer.endPolls() == nil) }
        #expect(try await fixture.outbox().map { $0.prefix(35) } == ["\(Self.conversation) pollClosed"])
        #expect(try await fixture.service.poll(id, for: fixture.bob)["status"] == "expired")
    }

    @Test("options are added where the settings permit it")
    func options() async throws {
        let fixture = try await fixture()
        let id = try await create(fixture, ["allowAddOptions": true])
        _ = try await fixture.outbox()
        let poll = try await fixture.service.addOption(["text": "c"], to: id, by: fixture.bob)
        #expect(poll["options"]?.arrayValue?.map { $0["text"] } == ["a", "b", "c"])
        #expect(try await fixture.outbox().map { $0.prefix(19) } == ["ann pollOptionAdded", "bob pollOptionAdded"])
        #expect(
            await code { try await fixture.service.addOption(["text": " "], to: id, by: fixture.bob) } == .emptyMessage)
        #expect(await code { try await fixture.service.addOption([:], to: id, by: fixture.bob) } == .invalidRequest)
    }
}
