import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import MediaModel
import Testing

@testable import Rooms

private typealias Schema = DocumentSchema

/// The schemas of the reference as MongoDB validates documents.
private enum Schemas {
    static let room = Schema.object(
        [
            "_id": Schema.id, "type": Schema.choice("private", "group"),
            "participants": Schema.array(
                Schema.object(
                    [
                        "userId": Schema.id, "joinedAt": Schema.date, "role": Schema.choice("admin", "member"),
                        "isActive": Schema.bool,
                    ], ["lastReadMessage": Schema.id, "lastReadTimestamp": Schema.date])),
            "status": Schema.choice("active", "inactive", "archived"), "messageCount": Schema.number,
            "settings": Schema.object(
                ["allowMediaUpload": Schema.bool, "allowStickers": Schema.bool, "allowReactions": Schema.bool],
                ["maxParticipants": Schema.number]),
        ],
        [
            "name": Schema.text, "lastMessage": Schema.id, "lastMessageTime": Schema.date, "activityId": Schema.id,
            "avatar": Schema.text, "description": Schema.text,
        ])

    static let message = Schema.object(
        [
            "_id": Schema.id, "chatRoom": Schema.id, "sender": Schema.id,
            "type": Schema.choice("text", "image", "video", "audio", "file", "sticker", "system"),
            "content": Schema.mixed, "status": Schema.choice("sending", "sent", "delivered", "read", "failed"),
            "timestamp": Schema.date,
            "reactions": Schema.array(
                Schema.object(
                    ["userId": Schema.id, "emoji": Schema.text, "createdAt": Schema.date],
                    ["reactionType": Schema.text])),
            "isDeleted": Schema.bool, "isEdited": Schema.bool,
            "editHistory": Schema.array(Schema.object(["content": Schema.mixed, "editedAt": Schema.date])),
        ],
        [
            "mediaInfo": Schema.object(
                [:],
                [
                    "originalName": Schema.text, "mimeType": Schema.text, "size": Schema.number,
                    "duration": Schema.number,
                    "dimensions": Schema.object(["width": Schema.number, "height": Schema.number]),
                    "thumbnail": Schema.text, "url": Schema.text,
                ]),
            "stickerInfo": Schema.object(
                [
                    "setId": Schema.id, "stickerId": Schema.text,
                    "type": Schema.choice("static", "animated", "interactive"), "metadata": Schema.mixed,
                ]),
            "deletedFor": Schema.choice("sender", "everyone"), "replyTo": Schema.id,
            "forwardedFrom": Schema.object(
                ["originalMessageId": Schema.id, "originalSender": Schema.id, "forwardedAt": Schema.date]),
        ])
}

@Suite("Documents of rooms")
struct RoomsDocumentTests {
    private let fixture: StoreFixture
    private let server: ChatServerDatabase
    private let ann = "65a4f0c2e1b2c3d4e5f60001"
    private let bob = "65a4f0c2e1b2c3d4e5f60002"
    private let room = "65a4f0c2e1b2c3d4e5f60010"

    init() throws {
        fixture = try StoreFixture(.models)
        server = try ChatServerDatabase()
    }

    private var store: any ChatStore { fixture.store }
    private var messages: String { fixture.database(of: .rooms) + ".messages" }
    private var rooms: String { fixture.database(of: .rooms) + ".chatrooms" }

    private func id(_ text: String) -> JSONValue { ["$oid": .string(text)] }

    private func date(_ text: String) -> JSONValue { ["$date": .string(text)] }

    private func send(
        _ text: String, from sender: String, media: MediaRecord? = nil, replyTo: String? = nil,
        forwardedFrom: ForwardOrigin? = nil
    ) async throws -> ChatMessage {
        if let media, forwardedFrom == nil { try await store.reserve(objects: media.objects) }
        let message = ChatMessage(
            id: fixture.ids.next(at: fixture.clock.now).description, dialect: .rooms, conversation: room,
            sender: sender, type: MessageType(rawValue: media?.kind.rawValue ?? "text"), text: text, media: media,
            replyTo: replyTo, forwardedFrom: forwardedFrom, createdAt: fixture.clock.now)
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: sender), allowance: nil
        ) { _ in [] }
        return try await store.save([draft])[0].message
    }

    private func markRead(by user: String) async throws -> [String] {
        try await store.markRead(
            conversation: room, in: .rooms, reader: user, selection: .all, at: fixture.clock.now
        ) { _ in [] }
    }

    @Test("what is written is accepted by a validator made from the reference, and has its references as ObjectIds")
    func validated() async throws {
        try await server.validate(messages, Schemas.message)
        try await server.validate(rooms, Schemas.room)
        let now = fixture.clock.now
        var group = Conversation(
            id: room, dialect: .rooms, members: [ann, bob], name: "Hiking",
            settings: [
                "type": "group", "activityId": .string(room), "admins": [.string(ann)], "maxParticipants": 9,
                "joined": .object([ann: 1_700_000_000_000, bob: 1_700_000_000_001]),
            ], createdAt: now)
        try await store.upsert(group)
        let text = try await send("hello", from: ann)
        let video = try await send("", from: bob, media: .video("v.mp4"), replyTo: text.id)
        let json = try await send("\u{1}{\"steps\":[1,2.5,{\"a\":null}]}", from: bob)
        _ = try await send(
            "", from: ann, media: .video("v.mp4"),
            forwardedFrom: ForwardOrigin(sender: bob, messageID: video.id, text: ""))
        #expect(try await markRead(by: ann) == [video.id, json.id])
        _ = try await store.edit(text.id, in: .rooms, text: "hello!", at: now + 1, history: 5, outbox: [])
        _ = try await store.react(
            to: text.id, in: .rooms, Reaction(user: bob, emoji: "👍", name: "like", createdAt: now), inPlace: true,
            outbox: [])
        let hidden = try await send("mistake", from: bob)
        try await store.hide(hidden.id, in: .rooms, from: bob, outbox: [])
        let deleted = try await send("gone", from: bob)
        _ = try await store.deleteForAll(deleted.id, in: .rooms, at: now + 2, outbox: [])
        try await store.update(room, in: .rooms) { $0.members = [$0.members.min() ?? ""] }

        let first = try #require(try await server.find(messages, ["_id": id(text.id)]).first)
        #expect(first["chatRoom"] == id(room) && first["content"] == "hello!" && first["isEdited"] == true)
        #expect(first["editHistory"]?[0]?["content"] == "hello")
        #expect(first["reactions"]?[0]?["userId"] == id(bob) && first["reactions"]?[0]?["reactionType"] == "like")
        let second = try #require(try await server.find(messages, ["_id": id(video.id)]).first)
        #expect(second["mediaInfo"]?["url"] == "v.mp4" && second["replyTo"] == id(text.id))
        #expect(second["status"] == "read" && first["status"] == "sent")
        let third = try #require(try await server.find(messages, ["_id": id(json.id)]).first)
        #expect(third["content"] == ["steps": [1, 2.5, ["a": .null]]])
        #expect(try await store.message(json.id, in: .rooms, viewer: ann)?.text == json.text)
        #expect(try await server.find(messages, ["_id": id(hidden.id)]).first?["deletedFor"] == "sender")
        #expect(try await store.message(hidden.id, in: .rooms, viewer: ann)?.text == "mistake")
        #expect(try await store.message(hidden.id, in: .rooms, viewer: bob) == nil)
        #expect(try await server.find(messages, ["_id": id(deleted.id)]).first?["deletedFor"] == "everyone")
        let stored = try #require(try await server.find(rooms).first)
        #expect(stored["type"] == "group" && stored["activityId"] == id(room) && stored["messageCount"] == 6)
        #expect(stored["lastMessage"] == id(deleted.id))
        let participants = stored["participants"]?.arrayValue ?? []
        #expect(participants.map { $0["userId"] } == [id(ann), id(bob)])
        #expect(participants.map { $0["isActive"] } == [true, false])
        #expect(participants.map { $0["role"] } == ["admin", "member"])
        #expect(participants[0]["lastReadMessage"] == nil || participants[0]["lastReadTimestamp"] != nil)
        // It is read as it was saved.
        #expect(try await store.message(text.id, in: .rooms, viewer: ann)?.editHistory.map(\.text) == ["hello"])
        group.members = [ann]
        let read = try #require(try await store.conversation(room, in: .rooms))
        #expect(read.settings == group.settings && read.members == [ann])
    }

    @Test(
        "a chat server's own rooms and messages are served; what it changes later counts",
        arguments: ChatServerDatabase.Driver.allCases)
    func adopted(driver: ChatServerDatabase.Driver) async throws {
        let server = try ChatServerDatabase(driver)
        let (old, picture) = ("65a4f0c2e1b2c3d4e5f60020", "65a4f0c2e1b2c3d4e5f60021")
        try await server.insert(
            [["_id": id(ann), "name": "Ann", "avatar": "https://a"]], into: fixture.database(of: .rooms) + ".users")
        try await server.insert(
            [
                [
                    "_id": id(room), "name": "Hiking", "type": "group",
                    "participants": [
                        [
                            "userId": id(ann), "joinedAt": date("2024-01-01T00:00:00Z"), "role": "admin",
                            "isActive": true, "_id": id(old),
                        ],
                        [
                            "userId": id(bob), "joinedAt": date("2024-01-01T01:00:00Z"), "role": "member",
                            "isActive": true, "lastReadMessage": id(old),
                            "lastReadTimestamp": date("2024-01-01T12:00:00Z"),
                        ],
                        ["userId": .string("cid"), "role": "member", "isActive": false],
                    ],
                    "status": "active", "activityId": id(picture), "messageCount": 2,
                    "settings": ["allowMediaUpload": false, "allowStickers": true, "allowReactions": true],
                    "lastMessage": id(picture), "lastMessageTime": date("2024-01-02T00:00:00Z"), "theirs": true,
                ]
            ], into: rooms)
        try await server.insert(
            [
                [
                    "_id": id(old), "chatRoom": id(room), "sender": id(ann), "type": "text", "content": "old",
                    "status": "read", "timestamp": date("2024-01-01T10:00:00Z"), "stickerInfo": ["stickerId": "s"],
                ],
                [
                    "_id": id(picture), "chatRoom": id(room), "sender": id(ann), "type": "image",
                    "content": ["caption": "see"], "status": "delivered", "timestamp": date("2024-01-02T00:00:00Z"),
                    "mediaInfo": ["url": "https://cdn.example.com/x.jpg", "mimeType": "image/jpeg", "size": 7],
                    "replyTo": id(old),
                ],
            ], into: messages)
        #expect(try await store.user(ann)?.images == ["https://a"])
        #expect(try await store.members(of: room, in: .rooms) == [ann, bob])
        #expect(try await store.conversations(of: "cid", in: .rooms, page: 1, limit: 10).0.isEmpty)
        let listed = try await store.conversations(of: bob, in: .rooms, page: 1, limit: 10).0
        #expect(listed.map(\.conversation.id) == [room])
        #expect(listed.first?.lastMessage?.media?.key == "https://cdn.example.com/x.jpg")
        #expect(listed.first?.conversation.admins == [ann])
        #expect(listed.first?.conversation.settings["allowMediaUpload"] == false)
        let history = try await store.messages(
            of: room, in: .rooms, viewer: bob, page: MessagePage(limit: 10)
        ).messages
        #expect(history.map(\.id) == [old, picture] && history[1].replyTo == old)
        #expect(history[1].text == "\u{1}{\"caption\":\"see\"}")
        #expect(history.map(RoomsMessage.status) == ["read", "delivered"])

        let reply = try await send("nice", from: bob, replyTo: picture)
        let origin = ForwardOrigin(sender: ann, messageID: picture, text: "")
        _ = try await send("", from: bob, media: history[1].media, forwardedFrom: origin)
        #expect(try await markRead(by: bob).contains(picture))
        try await store.update(room, in: .rooms) { $0.name = "Climbing" }
        let stored = try #require(try await server.find(rooms).first)
        #expect(stored["theirs"] == true && stored["name"] == "Climbing" && stored["messageCount"] == 4)
        #expect(stored["participants"]?[0]?["_id"] == id(old))
        let participants = stored["participants"]?.arrayValue ?? []
        #expect(participants.map { $0["isActive"] } == [true, true, false])
        #expect(try await server.find(messages, ["_id": id(old)]).first?["stickerInfo"]?["stickerId"] == "s")
        #expect(try await store.unreadCount(of: ann, conversation: room, in: .rooms) == 2)
        #expect(try await server.find(messages, ["_id": id(reply.id)]).first?["replyTo"] == id(picture))

        // The chat server changes what it has a place for.
        try await server.update(
            rooms, ["_id": id(room)],
            [
                "$set": [
                    "settings.allowMediaUpload": true, "participants.1.role": "admin",
                    "participants.0.lastReadTimestamp": date("2034-01-01T00:00:00Z"), "description": "Up",
                ]
            ])
        let changed = try #require(try await store.conversation(room, in: .rooms))
        #expect(changed.settings["allowMediaUpload"] == true && changed.settings["description"] == "Up")
        #expect(changed.admins == [ann, bob])
        #expect(try await store.unreadCount(of: ann, conversation: room, in: .rooms) == 0)
    }
}
