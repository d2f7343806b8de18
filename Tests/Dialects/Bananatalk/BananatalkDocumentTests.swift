import Bananatalk
import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import MediaModel
import Testing

@Suite("Documents of bananatalk")
struct BananatalkDocumentTests {
    private let fixture: StoreFixture
    private let server: ChatServerDatabase
    private let ann = "65a4f0c2e1b2c3d4e5f60001"
    private let bob = "65a4f0c2e1b2c3d4e5f60002"

    init() throws {
        fixture = try StoreFixture(.models)
        server = try ChatServerDatabase()
    }

    private var messages: String { fixture.database(of: .bananatalk) + ".messages" }
    private var conversations: String { fixture.database(of: .bananatalk) + ".conversations" }

    private func id(_ text: String) -> JSONValue { ["$oid": .string(text)] }

    private func date(_ text: String) -> JSONValue { ["$date": .string(text)] }

    @Test("what is written is accepted by a validator made from the reference, and has its references as ObjectIds")
    func validated() async throws {
        try await server.validate(messages, BananatalkSchemas.message)
        try await server.validate(conversations, BananatalkSchemas.conversation)
        await #expect(throws: (any Error).self) {
            try await server.insert([["message": "without the other fields"]], into: messages)
        }
        let (store, now) = (fixture.store, fixture.clock.now)
        let text = try await fixture.send(from: ann, to: bob, text: "héllo").message
        let video = try await fixture.send(from: ann, to: bob, media: .video("v.mp4")).message
        var voice = fixture.draft(from: bob, to: ann, media: .voice("w.m4a"))
        (voice.message.type, voice.message.replyTo) = (.voice, text.id)
        var place = fixture.draft(from: bob, to: ann)
        place.message.type = .location
        place.message.location = ChatLocation(latitude: 1.5, longitude: 100, placeName: "Here")
        _ = try await store.save([voice, place])
        let origin = ForwardOrigin(sender: ann, messageID: video.id, text: "")
        try await fixture.send(from: bob, to: "cid", media: .video("v.mp4"), forwardedFrom: origin)
        _ = try await store.markRead(
            conversation: text.conversation, in: .bananatalk, reader: bob, selection: .upTo(text.id), at: now
        ) { _ in [] }
        _ = try await store.edit(text.id, in: .bananatalk, text: "hello", at: now, outbox: [])
        let reaction = Reaction(user: bob, emoji: "👍", createdAt: now)
        _ = try await store.react(to: text.id, in: .bananatalk, reaction, inPlace: false, outbox: [])
        try await store.updateMessage(text.id, in: .bananatalk, by: nil, outbox: { _ in [] }, change: annotate)
        _ = try await store.deleteForAll(video.id, in: .bananatalk, at: now, outbox: [])
        try await store.updateMembership(of: ann, conversation: text.conversation, in: .bananatalk) {
            ($0.isArchived, $0.mute) = (true, .on(until: nil))
        }

        let first = try #require(try await server.find(messages, ["_id": id(text.id)]).first)
        #expect(first["sender"] == id(ann) && first["receiver"] == id(bob))
        #expect(first["message"] == "hello" && first["read"] == true && first["isEdited"] == true)
        #expect(first["reactions"]?[0]?["user"] == id(bob))
        #expect(first["pinned"] == true && first["pinnedBy"] == id(bob) && first["darkroom"]?["details"] == nil)
        #expect(first["corrections"]?[0]?["corrector"] == id(bob) && first["mentions"]?[0]?["user"] == id(bob))
        #expect(first["translations"]?[0]?["language"] == "ko")
        let stored = try #require(try await store.message(text.id, in: .bananatalk, viewer: nil))
        var expected = stored
        expected.details = [:]
        annotate(&expected)
        #expect(stored == expected)
        let reply = try #require(try await server.find(messages, ["replyTo": id(text.id)]).first)
        #expect(reply["media"]?["type"] == "voice" && reply["media"]?["url"] == "w.m4a")
        #expect(try await server.find(messages, ["messageType": "location"]).first?["media"]?["type"] == "location")
        #expect(try await server.find(messages, ["_id": id(video.id)]).first?["isDeleted"] == true)
        let chat = try #require(try await server.find(conversations, ["participants": id(ann)]).first)
        #expect(chat["unreadCount"] == [["user": id(ann), "count": 2], ["user": id(bob), "count": 0]])
        #expect(chat["archivedBy"] == [id(ann)] && chat["mutedBy"]?[0]?["user"] == id(ann))
        #expect(chat["isGroup"] == false && chat["lastMessage"] == id(place.message.id))
    }

    /// What users add to a message.
    @Sendable private func annotate(_ message: inout ChatMessage) {
        let date = message.createdAt
        message.pin = MessagePin(user: bob, pinnedAt: date)
        message.corrections = [
            Correction(
                id: ann, corrector: bob, originalText: "hello", correctedText: "Hello", explanation: "Capital",
                createdAt: date, isAccepted: true)
        ]
        message.translations = [MessageTranslation(language: "ko", text: "안녕", translatedAt: date)]
        message.mentions = [Mention(user: bob, username: "Bob", startIndex: 0, endIndex: 4)]
    }

    @Test("a chat server's own users, conversations and messages are served, and keep what is not known of them")
    func adopted() async throws {
        let (conversation, old, newer) = (
            "65a4f0c2e1b2c3d4e5f60010", "65a4f0c2e1b2c3d4e5f60020", "65a4f0c2e1b2c3d4e5f60021"
        )
        try await server.insert(
            [["_id": id(ann), "name": "Ann", "images": ["https://a"], "email": "ann@example.com"]],
            into: fixture.database(of: .bananatalk) + ".users")
        try await server.insert(
            [
                [
                    "_id": id(conversation), "participants": [id(ann), .string(bob)], "isGroup": false,
                    "unreadCount": [["user": .string(bob), "count": 1, "_id": id(old)]], "theme": ["preset": "dark"],
                    "createdAt": date("2024-01-01T00:00:00Z"), "updatedAt": date("2024-01-02T00:00:00Z"),
                    "lastMessageAt": date("2024-01-02T00:00:00Z"), "lastMessage": id(newer), "__v": 3,
                ]
            ], into: conversations)
        try await server.insert(
            [
                [
                    "_id": id(old), "sender": .string(bob), "receiver": id(ann), "message": "old",
                    "messageType": "text",
                    "read": true, "readAt": date("2024-01-01T12:00:00Z"), "createdAt": date("2024-01-01T10:00:00Z"),
                    "corrections": [["correctedText": "Old"]],
                ],
                [
                    "_id": id(newer), "sender": id(ann), "receiver": id(bob), "message": "see", "messageType": "media",
                    "read": false, "createdAt": date("2024-01-02T00:00:00Z"), "replyTo": id(old),
                    "media": ["url": "https://cdn.example.com/x.jpg", "type": "image", "ours": false],
                ],
            ], into: messages)
        let store = fixture.store
        #expect(try await store.user(ann)?.name == "Ann")
        #expect(try await store.members(of: conversation, in: .bananatalk) == [ann, bob])
        let listed = try await store.conversations(of: bob, in: .bananatalk, page: 1, limit: 10)
        #expect(listed.0.map(\.conversation.id) == [conversation] && listed.0.first?.unreadCount == 1)
        #expect(listed.0.first?.lastMessage?.text == "see")
        let history = try await store.messages(
            of: conversation, in: .bananatalk, viewer: bob, page: MessagePage(limit: 10)
        ).messages
        #expect(history.map(\.id) == [old, newer] && history.map(\.sender) == [bob, ann])
        #expect(history[0].receipts.map(\.user) == [ann] && history[1].replyTo == old)
        #expect(history[1].media?.key == "https://cdn.example.com/x.jpg" && history[1].media?.kind == .image)

        // What is said here goes to the same conversation; a file of another place can be forwarded.
        let reply = try await fixture.send(from: bob, to: ann, text: "thanks").message
        #expect(reply.conversation == conversation)
        let origin = ForwardOrigin(sender: ann, messageID: newer, text: "see")
        try await fixture.send(from: bob, to: "cid", media: history[1].media, forwardedFrom: origin)
        let marked = try await store.markRead(
            conversation: conversation, in: .bananatalk, reader: bob, selection: .all, at: fixture.clock.now
        ) { _ in [] }
        #expect(marked == [newer])
        _ = try await store.react(
            to: old, in: .bananatalk, Reaction(user: ann, emoji: "+", createdAt: fixture.clock.now), inPlace: false,
            outbox: [])

        let chat = try #require(try await server.find(conversations, ["_id": id(conversation)]).first)
        #expect(chat["participants"] == [id(ann), .string(bob)] && chat["theme"] == ["preset": "dark"])
        #expect(chat["__v"] == 3 && chat["lastMessage"] == id(reply.id))
        let counts = chat["unreadCount"]?.arrayValue ?? []
        #expect(counts.contains(["user": .string(bob), "count": 0, "_id": id(old)]))
        let written = try #require(try await server.find(messages, ["_id": id(old)]).first)
        #expect(written["sender"] == .string(bob) && written["corrections"] == [["correctedText": "Old"]])
        #expect(written["reactions"]?[0]?["user"] == id(ann))
        let read = try #require(try await server.find(messages, ["_id": id(newer)]).first)
        #expect(read["read"] == true && read["media"]?["ours"] == false)
        // The chat server goes on to write.
        try await server.insert(
            [
                [
                    "_id": id("65a4f0c2e1b2c3d4e5f60022"), "sender": id(ann), "receiver": id(bob), "message": "last",
                    "messageType": "poll", "poll": id(newer), "read": false, "createdAt": date("2034-01-02T00:00:00Z"),
                ]
            ], into: messages)
        let last = try await store.messages(
            of: conversation, in: .bananatalk, viewer: bob, page: MessagePage(limit: 10)
        ).messages
        #expect(last.map(\.text) == ["old", "see", "thanks", "last"] && last.last?.type.rawValue == "poll")
        // A poll stays one, whatever is done to its message here.
        try await store.hide(try #require(last.last?.id), in: .bananatalk, from: bob, outbox: [])
        #expect(try await server.find(messages, ["messageType": "poll"]).first?["poll"] == id(newer))
    }
}
