import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge
@testable import ImageKit

struct ImageKitListTests {
    private let chat = ImageKitFixture.chat

    private func send(_ text: String, _ fixture: ImageKitFixture, in chat: String? = nil) async throws -> JSONValue {
        fixture.base.clock.advance(1)
        let body: JSONValue = ["chatId": .string(chat ?? ImageKitFixture.chat), "content": .string(text)]
        return try #require(try await fixture.service.sendMessage(body, from: fixture.ann)["messageId"])
    }

    private func history(_ fixture: ImageKitFixture, of caller: ChatCaller) async throws -> [JSONValue] {
        try await fixture.service.history(of: caller.id, for: caller, page: nil, limit: nil, includeArchived: true)
            .items
    }

    @Test("what a user does for themselves alone changes nothing for the other")
    func privateActs() async throws {
        let fixture = try await ImageKitFixture()
        let (service, ann, bob) = (fixture.service, fixture.ann, fixture.bob)
        _ = try await send("older", fixture)
        try await fixture.base.store.upsert(
            Conversation(
                id: "newer", dialect: .imagekit, members: ["ann", "bob"], name: "Newer",
                createdAt: fixture.base.clock.now))
        _ = try await send("newer", fixture, in: "newer")
        let before = try await history(fixture, of: bob)
        #expect(before.map { $0["_id"] } == ["newer", .string(chat)])
        fixture.base.clock.advance(60)
        _ = try await service.archive(chat, by: ann)
        #expect(try await service.activeChats(of: ann, page: nil, limit: nil).items.map { $0["_id"] } == ["newer"])
        #expect(try await history(fixture, of: bob) == before)
        _ = try await service.archive(chat, by: ann)
        try await service.delete(chat, by: ann)
        #expect(try await history(fixture, of: ann).map { $0["_id"] } == ["newer"])
        #expect(try await history(fixture, of: bob) == before)
        // Settings that all members see change the chat, but the order of the list depends on messages alone.
        _ = try await service.block(chat, by: ann)
        #expect(try await history(fixture, of: bob).map { $0["_id"] } == ["newer", .string(chat)])
        _ = try await service.unblock(chat, by: ann)
        _ = try await send("again", fixture)
        #expect(try await history(fixture, of: bob).map { $0["_id"] } == [.string(chat), "newer"])
    }

    @Test("each of the two can block the chat, and it opens when neither does")
    func bothBlock() async throws {
        let fixture = try await ImageKitFixture()
        let (service, ann, bob) = (fixture.service, fixture.ann, fixture.bob)
        func blockedBy(_ caller: ChatCaller) async throws -> JSONValue? {
            try await service.details(of: chat, for: caller)["blockedBy"]
        }
        #expect(try await service.block(chat, by: bob)["blockedBy"] == "bob")
        #expect(try await service.block(chat, by: ann)["blockedBy"] == "ann")
        #expect(try await blockedBy(bob) == "bob")
        #expect(try await service.unblock(chat, by: bob)["status"] == "blocked")
        for caller in [ann, bob] { #expect(try await blockedBy(caller) == "ann") }
        #expect(await code { try await send("x", fixture) } == .notAllowed)
        #expect(await code { try await service.unblock(chat, by: bob) } == .notAllowed)
        #expect(try await service.unblock(chat, by: ann)["status"] == "auto_accepted")
        _ = try await send("x", fixture)
    }

    @Test("a block by the chat server outlasts the users' own")
    func serverBlocks() throws {
        var state = ChatRequestState(["status": "blocked"])
        try state.block(by: "ann")
        #expect(state.blockedBy(for: "bob") == "ann")
        try state.unblock(by: "ann")
        #expect(state.status == .blocked)
        #expect(throws: ChatError.self) { try state.unblock(by: "ann") }
    }

    @Test("without a page all requests are listed, and pages cover every chat, beyond a thousand")
    func manyChats() async throws {
        let fixture = try await ImageKitFixture()
        let (service, store) = (fixture.service, fixture.base.store)
        for number in 1...1_005 {
            try await store.upsert(
                Conversation(
                    id: "c\(number)", dialect: .imagekit, members: ["eve", "u\(number)"],
                    settings: ChatRequestState.requested(by: number % 2 == 0 ? "eve" : "u\(number)").written(to: [:]),
                    createdAt: fixture.base.clock.now + Double(number)))
        }
        let requests = try await service.requests(to: fixture.eve, page: nil, limit: nil)
        #expect(requests.items.count == 503 && requests.total == 503)
        let last = try await service.requests(to: fixture.eve, page: 6, limit: 100)
        #expect(last.items.map { $0["_id"] } == ["c5", "c3", "c1"] && last.total == 503)
        #expect(try await service.activeChats(of: fixture.eve, page: 6, limit: 100).items.count == 2)
        let history = try await service.history(
            of: "eve", for: fixture.eve, page: 11, limit: 100, includeArchived: false)
        #expect(history.total == 1_005 && history.items.map { $0["_id"] } == ["c5", "c4", "c3", "c2", "c1"])
    }

    @Test("unread counts are given for every participant, and the last message is one that exists")
    func lastMessage() async throws {
        let fixture = try await ImageKitFixture()
        let first = try await send("first", fixture)
        let second = try await send("second", fixture)
        let shown = try await service(fixture, for: fixture.bob)
        #expect(shown["unreadCount"] == ["ann": 0, "bob": 2] && shown["lastMessage"] == "second")
        for (deleted, left) in [(second, JSONValue.string("first")), (first, .null)] {
            _ = try await fixture.service.delete(
                ["chatId": .string(chat), "messageId": deleted], by: fixture.ann)
            let shown = try await service(fixture, for: fixture.bob)
            #expect(shown["lastMessage"] == left && shown["lastMessageType"] == (left.isNull ? .null : "text"))
            #expect(try await history(fixture, of: fixture.bob).first?["lastMessage"] == left)
        }
    }

    private func service(_ fixture: ImageKitFixture, for caller: ChatCaller) async throws -> JSONValue {
        try await fixture.service.details(of: chat, for: caller)
    }

    @Test(
        "an unknown messageType, or one that the file does not have, is an error",
        arguments: [
            ("bogus", ChatError.Code.invalidRequest), ("image", .invalidRequest), ("Video", .invalidRequest),
            ("", .invalidRequest), ("video", nil), ("file", nil),
        ])
    func messageType(type: String, rejection: ChatError.Code?) async throws {
        let fixture = try await ImageKitFixture()
        let file = try await fixture.file(of: fixture.ann)
        let sent = await code {
            try await fixture.service.sendMedia(
                [
                    "chatId": .string(chat), "messageType": .string(type), "media": ["fileId": .string(file)],
                ], from: fixture.ann)
        }
        #expect(sent == rejection)
    }

    @Test("the IDs that were sent as read are returned, also of messages read before")
    func read() async throws {
        let fixture = try await ImageKitFixture()
        let (first, second) = (try await send("1", fixture), try await send("2", fixture))
        let named: JSONValue = ["chatId": .string(chat), "messageIds": [second, first]]
        for _ in 1...2 {
            #expect(try await fixture.service.markAsRead(named, by: fixture.bob) == ["messageIds": [second, first]])
        }
        let waiting: JSONValue = ["chatId": .string(chat)]
        #expect(try await fixture.service.markAsRead(waiting, by: fixture.bob) == ["messageIds": []])
        let events = try await fixture.base.store.dueOutbox(limit: 100)
        #expect(events.count { $0.draft.event == "messages_read" } <= 1)
    }
}
