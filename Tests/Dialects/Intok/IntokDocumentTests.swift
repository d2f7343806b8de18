import ChatBridge
import ChatTestSupport
import Foundation
import Intok
import JSON
import MediaModel
import Testing

private typealias Schema = DocumentSchema

/// The objects of the reference as MongoDB validates documents.
private enum Schemas {
    static let type = Schema.choice("text", "image", "video", "audio", "document", "file")

    static let conversation = Schema.object(
        [
            "_id": Schema.id, "type": Schema.choice("direct", "group"), "name": Schema.optional(Schema.text),
            "participants": Schema.array(
                Schema.object(["id": Schema.id], ["username": Schema.text, "preferredLanguage": Schema.text])),
            "lastMessage": Schema.optional(
                Schema.object([
                    "id": Schema.id, "conversationId": Schema.id, "senderId": Schema.id, "type": type,
                    "originalContent": Schema.text, "createdAt": Schema.date,
                ])),
            "createdAt": Schema.date, "updatedAt": Schema.date,
        ])

    static let message = Schema.object(
        [
            "_id": Schema.text, "conversationId": Schema.text, "senderId": Schema.id, "type": type,
            "originalContent": Schema.text, "status": Schema.choice("sent", "delivered", "read"),
            "reactions": ["bsonType": "object", "additionalProperties": Schema.array(Schema.id)],
            "readBy": Schema.array(Schema.id),
            "attachment": Schema.optional(
                Schema.object(
                    [
                        "key": Schema.text, "contentType": Schema.text, "fileSize": Schema.number,
                        "category": Schema.choice("image", "video", "audio", "document"),
                    ], ["id": Schema.text, "fileName": Schema.text])),
            "replyTo": Schema.optional(Schema.object(["messageId": Schema.text])),
            "timestamp": Schema.date, "createdAt": Schema.date,
        ], ["deletedForEveryone": Schema.bool, "deletedBy": Schema.id, "deletedAt": Schema.date])
}

@Suite("Documents of intok")
struct IntokDocumentTests {
    private let fixture: StoreFixture
    private let server: ChatServerDatabase
    private let conversation = "conv_1"

    init() throws {
        fixture = try StoreFixture(.models)
        server = try ChatServerDatabase()
    }

    private var store: any ChatStore { fixture.store }
    private var messages: String { fixture.database(of: .intok) + ".messages" }
    private var conversations: String { fixture.database(of: .intok) + ".conversations" }

    private func date(_ text: String) -> JSONValue { ["$date": .string(text)] }

    private func send(
        _ text: String, from sender: String, media: MediaRecord? = nil, replyTo: String? = nil,
        forwardedFrom: ForwardOrigin? = nil
    ) async throws -> ChatMessage {
        if let media, forwardedFrom == nil { try await store.reserve(objects: media.objects) }
        let message = ChatMessage(
            id: "msg_\(fixture.ids.next(at: fixture.clock.now))", dialect: .intok, conversation: conversation,
            sender: sender, type: MessageType(rawValue: media?.kind.rawValue ?? "text"), text: text, media: media,
            replyTo: replyTo, forwardedFrom: forwardedFrom, createdAt: fixture.clock.now)
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: sender), allowance: nil
        ) { _ in [] }
        return try await store.save([draft])[0].message
    }

    private func markRead(by user: String) async throws -> [String] {
        try await store.markRead(
            conversation: conversation, in: .intok, reader: user, selection: .all, at: fixture.clock.now
        ) { _ in [] }
    }

    @Test("what is written is accepted by a validator made from the reference, and has string IDs")
    func validated() async throws {
        try await server.validate(messages, Schemas.message)
        try await server.validate(conversations, Schemas.conversation)
        let now = fixture.clock.now
        try await store.upsert(
            Conversation(
                id: conversation, dialect: .intok, members: ["user_a", "user_b"], isDirect: true, createdAt: now))
        let text = try await send("hello", from: "user_a")
        var record = MediaRecord.video("objects/v.mp4")
        record.id = "att_65a4f0c2e1b2c3d4e5f60001"
        try await store.reserve(objects: record.objects)
        try await store.save(
            MediaItem(
                id: "att_65a4f0c2e1b2c3d4e5f60001", dialect: .intok, owner: "user_b", record: record, createdAt: now))
        let video = try await send("", from: "user_b", media: record, replyTo: text.id)
        #expect(try await markRead(by: "user_a") == [video.id])
        for user in ["user_b", "user_a"] {
            _ = try await store.react(
                to: text.id, in: .intok, Reaction(user: user, emoji: "👍", createdAt: now), inPlace: false, outbox: [])
        }
        let deleted = try await send("gone", from: "user_a")
        _ = try await store.deleteForAll(deleted.id, in: .intok, at: now, outbox: [])

        let first = try #require(try await server.find(messages, ["_id": .string(text.id)]).first)
        #expect(first["originalContent"] == "hello" && first["reactions"] == ["👍": ["user_b", "user_a"]])
        #expect(first["attachment"] == .null && first["replyTo"] == .null && first["status"] == "sent")
        let second = try #require(try await server.find(messages, ["_id": .string(video.id)]).first)
        #expect(second["attachment"]?["key"] == "conv_1/att_65a4f0c2e1b2c3d4e5f60001.mp4")
        #expect(second["replyTo"] == ["messageId": .string(text.id)] && second["readBy"] == ["user_a"])
        #expect(second["status"] == "read")
        let third = try #require(try await server.find(messages, ["_id": .string(deleted.id)]).first)
        #expect(third["deletedForEveryone"] == true && third["originalContent"] == "")
        let stored = try #require(try await server.find(conversations).first)
        #expect(stored["type"] == "direct" && stored["participants"] == [["id": "user_a"], ["id": "user_b"]])
        #expect(stored["lastMessage"]?["id"] == .string(deleted.id))
        // It is read as it was saved.
        let read = try await store.message(video.id, in: .intok, viewer: "user_a")
        #expect(read?.attachments == video.attachments && read?.receipts.map(\.user) == ["user_a"])
        #expect(
            try await store.message(text.id, in: .intok, viewer: "user_a")?.reactions.map(\.user)
                == ["user_b", "user_a"])
    }

    @Test("a chat server's own conversations and messages are served; what it changes later counts")
    func adopted() async throws {
        try await server.insert(
            [["_id": "user_a", "username": "ann", "preferredLanguage": "th", "email": "ann@example.com"]],
            into: fixture.database(of: .intok) + ".users")
        try await server.insert(
            [
                [
                    "_id": "conv_1", "type": "direct", "name": .null,
                    "participants": [
                        ["id": "user_a", "username": "ann", "preferredLanguage": "th"],
                        ["id": "user_b", "username": "bob", "preferredLanguage": "en"],
                    ],
                    "lastMessage": [
                        "id": "msg_2", "conversationId": "conv_1", "senderId": "user_a", "type": "image",
                        "originalContent": "see", "createdAt": date("2024-01-02T00:00:00Z"),
                    ],
                    "createdAt": date("2024-01-01T00:00:00Z"), "updatedAt": date("2024-01-02T00:00:00Z"),
                ]
            ], into: conversations)
        try await server.insert(
            [
                [
                    "_id": "msg_1", "conversationId": "conv_1", "senderId": "user_a", "type": "text",
                    "originalContent": "old", "originalLanguage": "th", "status": "read", "readBy": ["user_b"],
                    "reactions": ["❤️": ["user_b"]], "createdAt": date("2024-01-01T10:00:00Z"),
                ],
                [
                    "_id": "msg_2", "conversationId": "conv_1", "senderId": "user_a", "type": "image",
                    "originalContent": "see", "status": "sent", "createdAt": date("2024-01-02T00:00:00Z"),
                    "attachment": [
                        "id": "att_1", "key": "https://cdn.example.com/x.jpg", "fileName": "x.jpg",
                        "contentType": "image/jpeg", "fileSize": 7, "category": "image",
                    ],
                    "replyTo": ["messageId": "msg_1", "content": "old"],
                ],
            ], into: messages)
        #expect(try await store.user("user_a")?.details["preferredLanguage"] == "th")
        let listed = try await store.conversations(of: "user_b", in: .intok, page: 1, limit: 10).0
        #expect(listed.map(\.conversation.id) == ["conv_1"] && listed.first?.unreadCount == 1)
        #expect(listed.first?.lastMessage?.text == "see")
        let history = try await store.messages(
            of: "conv_1", in: .intok, viewer: "user_b", page: MessagePage(limit: 10)
        ).messages
        #expect(history.map(\.id) == ["msg_1", "msg_2"] && history[1].replyTo == "msg_1")
        #expect(history[0].receipts.map(\.user) == ["user_b"] && history[0].reactions.map(\.emoji) == ["❤️"])
        #expect(history[1].media?.originalName == "x.jpg")
        // The direct conversation of the two is that one.
        let direct = try await store.directConversation(of: "user_b", and: "user_a", in: .intok)
        #expect(direct?.id == "conv_1")

        _ = try await send("nice", from: "user_b", replyTo: "msg_2")
        let origin = ForwardOrigin(sender: "user_a", messageID: "msg_2", text: "see")
        _ = try await send("see", from: "user_b", media: history[1].media, forwardedFrom: origin)
        #expect(try await markRead(by: "user_b") == ["msg_2"])
        _ = try await store.react(
            to: "msg_1", in: .intok, Reaction(user: "user_a", emoji: "❤️", createdAt: fixture.clock.now),
            inPlace: false, outbox: [])
        let old = try #require(try await server.find(messages, ["_id": "msg_1"]).first)
        #expect(old["originalLanguage"] == "th" && old["reactions"] == ["❤️": ["user_b", "user_a"]])
        let stored = try #require(try await server.find(conversations).first)
        #expect(stored["participants"]?[0]?["username"] == "ann")
        #expect(try await store.unreadCount(of: "user_a", conversation: "conv_1", in: .intok) == 2)
        // The chat server removes a reaction.
        try await server.update(messages, ["_id": "msg_1"], ["$set": ["reactions": ["❤️": ["user_a"]]]])
        #expect(
            try await store.message("msg_1", in: .intok, viewer: "user_b")?.reactions.map(\.user) == ["user_a"])
    }
}
