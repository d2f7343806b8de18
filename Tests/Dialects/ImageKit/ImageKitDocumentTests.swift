import ChatBridge
import ChatTestSupport
import Foundation
import ImageKit
import JSON
import MediaModel
import Testing

/// The schema of the reference as MongoDB validates documents.
private enum Schemas {
    static let id: JSONValue = ["bsonType": ["objectId", "string"]]
    static let text: JSONValue = ["bsonType": "string"]
    static let number: JSONValue = ["bsonType": "number"]
    static let date: JSONValue = ["bsonType": "date"]
    static let bool: JSONValue = ["bsonType": "bool"]

    static func array(_ items: JSONValue) -> JSONValue { ["bsonType": "array", "items": items] }

    static func object(_ properties: JSONObject, required: [String] = []) -> JSONValue {
        var schema: JSONObject = ["bsonType": "object", "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required.map(JSONValue.string)) }
        return .object(schema)
    }

    static let message = object(
        [
            "_id": id, "chatId": id, "senderId": id, "receiverId": id, "content": text,
            "messageType": ["enum": ["text", "image", "video", "file"]],
            "media": object([
                "url": text, "fileId": text, "fileName": text, "fileSize": number, "mimeType": text, "duration": number,
            ]),
            "isEdited": bool, "editedAt": date, "readBy": array(object(["userId": id, "readAt": date])),
            "deletedBy": array(id), "replyTo": id,
            "reactions": array(object(["userId": id, "emoji": text, "createdAt": date])), "createdAt": date,
            "updatedAt": date,
        ], required: ["chatId", "senderId", "receiverId", "content", "messageType", "createdAt", "updatedAt"])

    static let chat = object(
        [
            "_id": id, "participants": array(id),
            "status": ["enum": ["pending", "accepted", "rejected", "auto_accepted", "blocked"]], "requestedBy": id,
            "acceptedAt": date, "lastMessage": text, "lastMessageAt": date,
            "lastMessageType": ["enum": ["text", "image", "video", "file"]], "lastSenderId": id,
            "unreadCount": ["bsonType": "object", "additionalProperties": number], "isArchived": bool, "blockedBy": id,
            "createdAt": date, "updatedAt": date,
        ], required: ["participants", "status", "unreadCount", "isArchived", "createdAt", "updatedAt"])
}

@Suite("Documents of imagekit")
struct ImageKitDocumentTests {
    private let fixture: StoreFixture
    private let server: ChatServerDatabase
    private let ann = "65a4f0c2e1b2c3d4e5f60001"
    private let bob = "65a4f0c2e1b2c3d4e5f60002"
    private let chat = "65a4f0c2e1b2c3d4e5f60010"

    init() throws {
        fixture = try StoreFixture(.models)
        server = try ChatServerDatabase()
    }

    private var messages: String { fixture.database(of: .imagekit) + ".messages" }
    private var chats: String { fixture.database(of: .imagekit) + ".chats" }

    private func id(_ text: String) -> JSONValue { ["$oid": .string(text)] }

    private func send(_ text: String, from sender: String, media: MediaRecord? = nil) async throws -> ChatMessage {
        let message = ChatMessage(
            id: fixture.ids.next(at: fixture.clock.now).description, dialect: .imagekit, conversation: chat,
            sender: sender, type: MessageType(rawValue: media == nil ? "text" : "video"), text: text, media: media,
            createdAt: fixture.clock.now)
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: sender), allowance: nil
        ) { _ in [] }
        return try await fixture.store.save([draft])[0].message
    }

    @Test("what is written is accepted by a validator made from the reference, and has its references as ObjectIds")
    func validated() async throws {
        try await server.validate(messages, Schemas.message)
        try await server.validate(chats, Schemas.chat)
        let (store, now) = (fixture.store, fixture.clock.now)
        try await store.upsert(
            Conversation(
                id: chat, dialect: .imagekit, members: [ann, bob], isDirect: true,
                settings: ["status": "pending", "requestedBy": .string(ann)], createdAt: now))
        let text = try await send("hello", from: ann)
        let video = try await send("", from: bob, media: .video("v.mp4"))
        _ = try await store.markRead(
            conversation: chat, in: .imagekit, reader: bob, selection: .all, at: now
        ) { _ in [] }
        _ = try await store.react(
            to: text.id, in: .imagekit, Reaction(user: bob, emoji: "+", createdAt: now), inPlace: false, outbox: [])
        try await store.hide(text.id, in: .imagekit, from: bob, outbox: [])
        try await store.update(chat, in: .imagekit) {
            $0.settings = [
                "status": "accepted", "requestedBy": .string(ann), "acceptedAt": .integer(1_700_000_000_000),
            ]
        }
        let written = try #require(try await server.find(messages, ["_id": id(text.id)]).first)
        #expect(written["chatId"] == id(chat) && written["receiverId"] == id(bob))
        #expect(written["readBy"]?[0]?["userId"] == id(bob) && written["deletedBy"] == [id(bob)])
        #expect(try await server.find(messages, ["_id": id(video.id)]).first?["media"]?["url"] == "v.mp4")
        let stored = try #require(try await server.find(chats, ["_id": id(chat)]).first)
        #expect(stored["status"] == "accepted" && stored["requestedBy"] == id(ann))
        #expect(stored["unreadCount"]?[ann] == 1 && stored["unreadCount"]?[bob] == 0)
        #expect(stored["lastMessageType"] == "video" && stored["lastSenderId"] == id(bob))
        // It is read as it was saved.
        #expect(try await store.message(video.id, in: .imagekit, viewer: ann) == video)
    }

    @Test(
        "a chat server's own chats and messages are served; what it changes later counts",
        arguments: ChatServerDatabase.Driver.allCases)
    func adopted(driver: ChatServerDatabase.Driver) async throws {
        let server = try ChatServerDatabase(driver)
        try await server.insert(
            [
                [
                    "_id": id(chat), "participants": [id(ann), id(bob)], "status": "accepted", "requestedBy": id(ann),
                    "acceptedAt": ["$date": "2024-01-01T00:00:00Z"], "unreadCount": .object([bob: 1]),
                    "isArchived": false,
                    "createdAt": ["$date": "2024-01-01T00:00:00Z"], "updatedAt": ["$date": "2024-01-01T00:00:00Z"],
                    "theirs": ["kept": true],
                ]
            ], into: chats)
        try await server.insert(
            [
                [
                    "_id": id("65a4f0c2e1b2c3d4e5f60020"), "chatId": id(chat), "senderId": id(ann),
                    "receiverId": id(bob),
                    "content": "theirs", "messageType": "text", "createdAt": ["$date": "2024-01-01T01:00:00Z"],
                    "translations": ["de": "ihre"],
                ]
            ], into: messages)
        let store = fixture.store
        let listed = try await store.conversations(of: bob, in: .imagekit, page: 1, limit: 10).0
        #expect(listed.map(\.conversation.id) == [chat] && listed.first?.unreadCount == 1)
        #expect(listed.first?.lastMessage?.text == "theirs")
        #expect(listed.first?.conversation.settings["status"] == "accepted")
        _ = try await send("ours", from: bob)
        _ = try await store.markRead(
            conversation: chat, in: .imagekit, reader: bob, selection: .all, at: fixture.clock.now
        ) { _ in [] }
        let theirs = try #require(try await server.find(messages, ["content": "theirs"]).first)
        #expect(theirs["readBy"]?[0]?["userId"] == id(bob) && theirs["translations"] == ["de": "ihre"])
        let stored = try #require(try await server.find(chats).first)
        #expect(stored["theirs"] == ["kept": true] && stored["unreadCount"] == .object([ann: 1, bob: 0]))
        try await server.update(
            chats, ["_id": id(chat)], ["$set": ["status": "blocked", "blockedBy": id(ann)]])
        let settings = try await store.conversation(chat, in: .imagekit)?.settings
        #expect(settings?["status"] == "blocked" && settings?["blockedBy"] == .string(ann))
    }
}
