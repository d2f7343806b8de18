import ChatStoreSQLite
import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge
@testable import Rooms

struct RoomsServiceTests {
    @Test("a message's event for its room is written in the transaction that saves it")
    func sent() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room()
        _ = try await fixture.text(in: room)
        #expect(try await fixture.outbox() == [#"members new_message {"chatRoomId":"\#(room)"}"#])
    }

    @Test("repeating an edit, a reaction, a deletion or reading makes no second event")
    func again() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room()
        let id = try await fixture.text(in: room)
        _ = try await fixture.outbox()
        for round in 1...2 {
            _ = try await fixture.service.edit(id, content: "new", by: fixture.ann)
            _ = try await fixture.service.react(to: id, ["emoji": "👍", "reactionType": "like"], by: fixture.bob)
            _ = try await fixture.service.markRead(room, by: fixture.bob)
            let events = try await fixture.outbox().map { $0.split(separator: " ")[1] }
            #expect(events == (round == 1 ? ["message_edited", "reaction_updated", "message_read"] : []))
        }
        for scope in ["sender", "everyone"] {
            let id = try await fixture.text(in: room)
            _ = try await fixture.outbox()
            for round in 1...2 {
                _ = try await fixture.service.delete(id, ["deleteFor": .string(scope)], by: fixture.ann)
                #expect(try await fixture.outbox().count == (round == 1 ? 1 : 0), "\(scope)")
            }
        }
    }

    @Test("deleting for the sender is announced only to the sender's devices")
    func hidden() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room()
        let id = try await fixture.text(in: room)
        _ = try await fixture.outbox()
        _ = try await fixture.service.delete(id, ["deleteFor": "sender"], by: fixture.ann)
        #expect(try await fixture.outbox().allSatisfy { $0.hasPrefix("user message_deleted") })
    }

    @Test("previous texts are kept up to the limit, and deleted with the message")
    func history() async throws {
        var limits = RoomsLimits()
        limits.editHistory = 2
        let fixture = try RoomsFixture(limits: limits)
        let room = try await fixture.room()
        let id = try await fixture.text("1", in: room)
        for number in 2...4 { _ = try await fixture.service.edit(id, content: "\(number)", by: fixture.ann) }
        let page = try await fixture.service.messages(of: room, for: fixture.bob, page: nil, limit: nil, before: nil)
        let history = page["messages"]?[0]?["editHistory"]?.arrayValue?.map { $0["content"]?.stringValue }
        #expect(history == ["2", "3"])
        _ = try await fixture.service.delete(id, ["deleteFor": "everyone"], by: fixture.ann)
        let gone = try await fixture.service.messages(of: room, for: fixture.bob, page: nil, limit: nil, before: nil)
        #expect(gone["messages"]?[0]?["editHistory"] == [] && gone["messages"]?[0]?["isDeleted"] == true)
    }

    @Test("previous texts of more than 48 KiB together are not kept: the oldest are dropped")
    func largeHistory() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room()
        func content(_ number: Int) -> String { "\(number) " + String(repeating: "x", count: 12_000) }
        let id = try await fixture.text(content(1), in: room)
        for number in 2...6 { _ = try await fixture.service.edit(id, content: content(number), by: fixture.ann) }
        let page = try await fixture.service.messages(of: room, for: fixture.bob, page: nil, limit: nil, before: nil)
        let history = page["messages"]?[0]?["editHistory"]?.arrayValue?.compactMap { $0["content"]?.stringValue }
        #expect(history == (2...5).map(content))
    }

    @Test("when the last admin leaves, the participant who joined first becomes admin")
    func admins() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room(with: ["zoe"], type: "group")
        fixture.base.clock.advance(60)
        _ = try await fixture.service.join(room, by: fixture.bob)
        _ = try await fixture.service.leave(room, by: fixture.ann)
        let participants = try await fixture.details(room, for: fixture.bob)["participants"]?.arrayValue ?? []
        #expect(participants.map { $0["userId"] } == ["zoe", "bob", "ann"])
        #expect(participants.map { $0["role"] } == ["admin", "member", "member"])
        #expect(participants.map { $0["isActive"] } == [true, true, false])
        #expect(participants[1]["joinedAt"] == .string(Timestamp.milliseconds(fixture.base.clock.now)))
    }

    @Test("joining and leaving are announced once, and only in the room")
    func comingAndGoing() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room(type: "group")
        for _ in 1...2 { _ = try await fixture.service.join(room, by: fixture.cid) }
        _ = try await fixture.service.leave(room, by: fixture.cid)
        #expect(
            try await fixture.outbox() == [
                #"members user_joined_chat {"chatRoomId":"\#(room)","userId":"cid"}"#,
                #"members new_message {"chatRoomId":"\#(room)"}"#,
                #"members user_left_chat {"chatRoomId":"\#(room)","userId":"cid"}"#,
                #"members new_message {"chatRoomId":"\#(room)"}"#,
            ])
        #expect(await code { try await fixture.service.leave(room, by: fixture.cid) } == .notAllowed)
        let list = try await fixture.service.messages(of: room, for: fixture.ann, page: 1, limit: 9, before: nil)
        let messages = try #require(list["messages"]?.arrayValue)
        #expect(messages.map { $0["type"] } == ["system", "system"])
        #expect(messages.map { $0["content"] } == ["cid เข้าร่วมห้องแชท", "cid ออกจากห้องแชท"])
    }

    @Test("a message of the service itself cannot be edited, deleted for everyone or forwarded by the user it is about")
    func systemMessages() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room(type: "group")
        _ = try await fixture.service.join(room, by: fixture.cid)
        let list = try await fixture.service.messages(of: room, for: fixture.cid, page: 1, limit: 9, before: nil)
        let id = try #require(list["messages"]?[0]?["_id"]?.stringValue)
        let service = fixture.service
        #expect(await code { try await service.edit(id, content: "x", by: fixture.cid) } == .notAllowed)
        #expect(await code { try await service.delete(id, ["deleteFor": "everyone"], by: fixture.cid) } == .notAllowed)
        #expect(
            await code { try await service.forward(id, ["chatRoomIds": [.string(room)]], by: fixture.cid) }
                == .notAllowed)
        _ = try await service.delete(id, ["deleteFor": "sender"], by: fixture.cid)
        #expect(
            try await service.messages(of: room, for: fixture.ann, page: 1, limit: 9, before: nil)["messages"]?
                .arrayValue?.count == 1)
    }

    @Test("only the chat server can open a room that it has provisioned")
    func received() async throws {
        let fixture = try RoomsFixture()
        let date = fixture.base.clock.now
        for (id, settings) in [("closed", [:]), ("open", ["joinable": true])] as [(String, JSONObject)] {
            try await fixture.base.store.upsert(
                Conversation(
                    id: id, dialect: .rooms, members: ["ann", "bob", "zoe"], name: "Told",
                    settings: .object(settings), createdAt: date))
        }
        #expect(await code { try await fixture.service.join("closed", by: fixture.cid) } == .notAllowed)
        #expect(try await fixture.service.join("open", by: fixture.cid)["success"] == true)
        let room = try await fixture.details("closed")
        #expect(room["type"] == "group" && room["participants"]?.arrayValue?.count == 3)
        #expect(room["settings"]?["allowMediaUpload"] == true)
        #expect(
            await code { try await fixture.service.updateSettings(of: "closed", ["name": "x"], by: fixture.ann) }
                == .notAllowed)
    }

    @Test("a file is rejected where the room permits none, and shown again where it is forwarded")
    func media() async throws {
        let fixture = try RoomsFixture()
        let (room, other) = (try await fixture.room(), try await fixture.room())
        let sent = try await fixture.service.sendMedia(.video("v"), as: "video", to: room, from: fixture.ann)
        let id = try #require(sent["data"]?["_id"]?.stringValue)
        #expect(sent["data"]?["mediaInfo"]?["url"] == "https://media.example/v?signed")
        let copies = try await fixture.service.forward(id, ["chatRoomIds": [.string(other)]], by: fixture.bob)
        #expect(copies["data"]?[0]?["mediaInfo"]?["url"] == "https://media.example/v?signed")
        _ = try await fixture.service.updateSettings(
            of: other, ["settings": ["allowMediaUpload": false]], by: fixture.ann)
        #expect(
            await code { try await fixture.service.forward(id, ["chatRoomIds": [.string(other)]], by: fixture.bob) }
                == .notAllowed)
        #expect(await code { try await fixture.service.checkUpload(to: other, by: fixture.bob) } == .notAllowed)
        #expect(await code { try await fixture.service.checkUpload(to: room, by: fixture.cid) } == .notAllowed)
    }

    @Test("statistics leave out deleted messages, senders from long ago, and users who have left")
    func statistics() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room(with: ["bob", "cid"])
        _ = try await fixture.text(in: room, from: fixture.cid)
        fixture.base.clock.advance(31 * 86_400)
        let id = try await fixture.text(in: room)
        _ = try await fixture.service.react(to: id, ["emoji": "👍"], by: fixture.bob)
        _ = try await fixture.service.delete(id, ["deleteFor": "everyone"], by: fixture.ann)
        _ = try await fixture.text(in: room, from: fixture.bob)
        let stats = try await fixture.service.statistics(of: room, for: fixture.ann)["stats"]
        #expect(
            stats == [
                "totalMessages": 2, "messagesByType": [["type": "text", "count": 2]], "totalReactions": 0,
                "activeUsers": ["bob"],
            ])
    }

    @Test(
        "errors are in Thai, with the reference's name of the code",
        arguments: [
            ("ไม่พบห้องแชท", 404, "ไม่พบห้องแชท", "Not Found"), ("File not found", 404, "ไม่พบข้อมูลที่ต้องการ", "Not Found"),
            ("", 401, "ไม่ได้ authenticate", "Unauthorized"), ("x", 413, "ข้อมูลที่ส่งมาไม่ถูกต้อง", "Bad Request"),
            ("x", 503, "ข้อผิดพลาดของเซิร์ฟเวอร์", "Internal Server Error"),
        ])
    func rejections(sentence: String, status: Int, message: String, error: String) {
        let json = RoomsEnvelope.failure(sentence, status: status)
        #expect(json["success"] == false && json["message"] == .string(message) && json["error"] == .string(error))
        #expect(json["detail"] == (sentence.isEmpty || sentence == message ? nil : .string(sentence)))
    }
}

struct RoomsClockTests {
    @Test("the participant who joined first becomes admin, whatever the clock was set to when others joined")
    func succession() async throws {
        let fixture = try RoomsFixture()
        let room = try await fixture.room(with: ["zoe"], type: "group")
        fixture.base.clock.advance(60)
        _ = try await fixture.service.join(room, by: fixture.cid)
        fixture.base.clock.step(-86_400)
        _ = try await fixture.service.join(room, by: fixture.bob)
        for leaver in [ChatCaller(id: "zoe"), fixture.ann] { _ = try await fixture.service.leave(room, by: leaver) }
        let participants = try await fixture.details(room, for: fixture.bob)["participants"]?.arrayValue ?? []
        #expect(participants.prefix(2).map { $0["userId"] } == ["cid", "bob"])
        #expect(participants.prefix(2).map { $0["role"] } == ["admin", "member"])
    }
}
