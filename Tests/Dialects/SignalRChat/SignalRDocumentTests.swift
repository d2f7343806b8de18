import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import MediaModel
import SignalRChat
import Testing

private typealias Schema = DocumentSchema

/// The objects of the reference as MongoDB validates documents.
private enum Schemas {
    static let conversation = Schema.object(
        [
            "_id": Schema.text, "type": Schema.choice("OneOnOne", "Group"),
            "participants": Schema.array(
                Schema.object(["userId": Schema.id], ["role": Schema.choice("Admin", "Member")])),
            "participantsCount": Schema.number, "createdAt": Schema.date, "updatedAt": Schema.date,
            "lastMessage": Schema.optional(
                Schema.object([
                    "messageId": Schema.text, "content": Schema.text, "senderId": Schema.id, "sentAt": Schema.date,
                ])),
        ],
        [
            "name": Schema.text, "description": Schema.text, "avatarUrl": Schema.text,
            "createdBy": Schema.object(["userId": Schema.id]),
        ])

    static let message = Schema.object(
        [
            "_id": Schema.text, "conversationId": Schema.text, "senderId": Schema.id, "content": Schema.text,
            "messageType": Schema.choice("Text", "Media"),
            "readBy": Schema.array(Schema.object(["userId": Schema.id, "readAt": Schema.date])),
            "deliveredTo": Schema.array(Schema.object(["userId": Schema.id, "deliveredAt": Schema.date])),
            "reactions": Schema.array(
                Schema.object(["emoji": Schema.text, "userId": Schema.id, "addedAt": Schema.date])),
            "mentions": Schema.array(Schema.object(["userId": Schema.id])), "isEdited": Schema.bool,
            "isDeleted": Schema.bool, "createdAt": Schema.date,
        ],
        [
            "mediaUrls": Schema.array(
                Schema.object(
                    [
                        "type": Schema.choice("Image", "Video", "Audio", "Document"), "url": Schema.text,
                        "size": Schema.number,
                    ], ["thumbnailUrl": Schema.text, "width": Schema.number, "height": Schema.number])),
            "replyTo": Schema.object(["messageId": Schema.text]), "editedAt": Schema.date, "deletedAt": Schema.date,
        ])
}

@Suite("Documents of signalr")
struct SignalRDocumentTests {
    private let fixture: StoreFixture
    private let server: ChatServerDatabase
    private let ann = "550e8400-e29b-41d4-a716-446655440000"
    private let bob = "660e8400-e29b-41d4-a716-446655440001"
    private let group = "conv-1"

    init() throws {
        fixture = try StoreFixture(.models)
        server = try ChatServerDatabase()
    }

    private var store: any ChatStore { fixture.store }
    private var messages: String { fixture.database(of: .signalr) + ".messages" }
    private var conversations: String { fixture.database(of: .signalr) + ".conversations" }

    private func date(_ text: String) -> JSONValue { ["$date": .string(text)] }

    private func send(
        _ text: String, from sender: String, media: [MediaRecord] = [], replyTo: String? = nil,
        forwardedFrom: ForwardOrigin? = nil, mentions: [String] = []
    ) async throws -> ChatMessage {
        if forwardedFrom == nil { try await store.reserve(objects: media.flatMap(\.objects)) }
        var message = ChatMessage(
            id: "msg-\(fixture.ids.next(at: fixture.clock.now))", dialect: .signalr, conversation: group,
            sender: sender, type: MessageType(rawValue: media.isEmpty ? "Text" : "Media"), text: text,
            replyTo: replyTo, forwardedFrom: forwardedFrom, createdAt: fixture.clock.now)
        message.attachments = media
        if !mentions.isEmpty { message.details = ["mentions": .array(mentions.map(JSONValue.string))] }
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: sender), allowance: nil
        ) { _ in [] }
        return try await store.save([draft])[0].message
    }

    private func markRead(by user: String) async throws -> [String] {
        try await store.markRead(
            conversation: group, in: .signalr, reader: user, selection: .all, at: fixture.clock.now
        ) { _ in [] }
    }

    @Test("what is written is accepted by a validator made from the reference, and has string IDs")
    func validated() async throws {
        try await server.validate(messages, Schemas.message)
        try await server.validate(conversations, Schemas.conversation)
        let now = fixture.clock.now
        try await store.upsert(
            Conversation(
                id: group, dialect: .signalr, members: [ann, bob], name: "Team",
                settings: ["createdBy": .string(ann), "admins": [.string(ann)], "description": "All"],
                createdAt: now))
        let text = try await send("hello", from: ann, mentions: [bob])
        let files = try await send("", from: bob, media: [.video("v.mp4"), .voice("w.m4a")], replyTo: text.id)
        try await store.markDelivered([text.id], in: .signalr, to: [bob], at: now)
        #expect(try await markRead(by: bob) == [text.id])
        _ = try await store.edit(text.id, in: .signalr, text: "hello!", at: now + 1, outbox: [])
        _ = try await store.react(
            to: text.id, in: .signalr, Reaction(user: bob, emoji: "👍", createdAt: now), inPlace: false, outbox: [])
        let deleted = try await send("gone", from: ann)
        _ = try await store.deleteForAll(deleted.id, in: .signalr, at: now, outbox: [])

        let first = try #require(try await server.find(messages, ["_id": .string(text.id)]).first)
        #expect(first["content"] == "hello!" && first["isEdited"] == true)
        #expect(first["readBy"]?.arrayValue?.map { $0["userId"] } == [.string(ann), .string(bob)])
        #expect(first["deliveredTo"]?[0]?["userId"] == .string(bob))
        #expect(first["mentions"] == [["userId": .string(bob)]] && first["reactions"]?[0]?["emoji"] == "👍")
        let second = try #require(try await server.find(messages, ["_id": .string(files.id)]).first)
        #expect(second["mediaUrls"]?.arrayValue?.map { $0["type"] } == ["Video", "Audio"])
        #expect(second["replyTo"] == ["messageId": .string(text.id)])
        let stored = try #require(try await server.find(conversations).first)
        #expect(stored["createdBy"] == ["userId": .string(ann)] && stored["participantsCount"] == 2)
        #expect(stored["participants"]?.arrayValue?.map { $0["role"] } == ["Admin", "Member"])
        #expect(stored["lastMessage"]?["messageId"] == .string(deleted.id))
        // It is read as it was saved.
        let read = try await store.message(text.id, in: .signalr, viewer: ann)
        #expect(read?.receipts.map(\.user) == [bob] && read?.details == text.details)
        #expect(try await store.message(files.id, in: .signalr, viewer: ann)?.attachments == files.attachments)
    }

    @Test("a chat server's own conversations and messages are served; what it changes later counts")
    func adopted() async throws {
        try await server.insert(
            [["_id": .string(ann), "username": "ann_1", "displayName": "Ann", "avatarUrl": "https://a"]],
            into: fixture.database(of: .signalr) + ".users")
        try await server.insert(
            [
                [
                    "_id": "conv-1", "type": "Group", "name": "Team", "description": "All",
                    "participants": [
                        ["userId": .string(ann), "username": "ann_1", "role": "Admin"],
                        ["userId": .string(bob), "username": "bob_1", "role": "Member"],
                    ],
                    "createdBy": ["userId": .string(ann), "username": "ann_1"],
                    "createdAt": date("2025-01-01T00:00:00Z"), "updatedAt": date("2025-01-02T00:00:00Z"),
                    "lastMessage": [
                        "messageId": "msg-2", "content": "see", "senderId": .string(ann),
                        "sentAt": date("2025-01-02T00:00:00Z"),
                    ],
                ]
            ], into: conversations)
        try await server.insert(
            [
                [
                    "_id": "msg-1", "conversationId": "conv-1", "senderId": .string(ann), "content": "old",
                    "messageType": "Text", "createdAt": date("2025-01-01T10:00:00Z"),
                    "readBy": [
                        ["userId": .string(ann), "username": "ann_1", "readAt": date("2025-01-01T10:00:00Z")],
                        ["userId": .string(bob), "username": "bob_1", "readAt": date("2025-01-01T11:00:00Z")],
                    ], "senderUsername": "ann_1",
                ],
                [
                    "_id": "msg-2", "conversationId": "conv-1", "senderId": .string(ann), "content": "see",
                    "messageType": "Media", "createdAt": date("2025-01-02T00:00:00Z"), "readBy": [],
                    "mediaUrls": [
                        ["type": "Image", "url": "https://cdn.example.com/x.jpg", "size": 7, "width": 3, "height": 2]
                    ], "replyTo": ["messageId": "msg-1", "content": "old"], "mentions": [["userId": .string(bob)]],
                ],
            ], into: messages)
        #expect(try await store.user(ann)?.username == "ann_1")
        let listed = try await store.conversations(of: bob, in: .signalr, page: 1, limit: 10).0
        #expect(listed.map(\.conversation.id) == ["conv-1"] && listed.first?.unreadCount == 1)
        #expect(listed.first?.conversation.admins == [ann])
        let history = try await store.messages(
            of: "conv-1", in: .signalr, viewer: bob, page: MessagePage(limit: 10)
        ).messages
        #expect(history.map(\.id) == ["msg-1", "msg-2"] && history[1].replyTo == "msg-1")
        #expect(history[0].receipts.map(\.user) == [bob] && history[1].details["mentions"] == [.string(bob)])
        #expect(history[1].media?.kind == .image && history[1].media?.dimensions?.width == 3)

        _ = try await send("nice", from: bob, replyTo: "msg-2")
        let origin = ForwardOrigin(sender: ann, messageID: "msg-2", text: "see")
        _ = try await send("see", from: bob, media: history[1].attachments, forwardedFrom: origin)
        #expect(try await markRead(by: bob) == ["msg-2"])
        let old = try #require(try await server.find(messages, ["_id": "msg-1"]).first)
        #expect(old["senderUsername"] == "ann_1" && old["readBy"]?[1]?["username"] == "bob_1")
        #expect(try await store.unreadCount(of: ann, conversation: "conv-1", in: .signalr) == 2)
        // The chat server makes another member an admin, and sends a message.
        try await server.update(
            conversations, ["_id": "conv-1"], ["$set": ["participants.1.role": "Admin", "avatarUrl": "https://g"]])
        try await server.insert(
            [
                [
                    "_id": "msg-3", "conversationId": "conv-1", "senderId": .string(ann), "content": "last",
                    "messageType": "Text", "createdAt": date("2034-01-01T00:00:00Z"),
                ]
            ], into: messages)
        let summary = try #require(try await store.summary(of: "conv-1", in: .signalr, for: bob))
        #expect(summary.conversation.admins == [ann, bob] && summary.lastMessage?.id == "msg-3")
        #expect(summary.conversation.settings["avatarUrl"] == "https://g" && summary.unreadCount == 1)
    }
}
