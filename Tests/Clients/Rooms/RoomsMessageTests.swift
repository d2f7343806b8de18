import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Rooms: messages over HTTP")
struct RoomsMessageTests {
    @Test(
        "a text is sent and read back in the reference's shape",
        .proves(.rooms, "POST /rooms/:chatRoomId/messages", "GET /rooms/:chatRoomId/messages"))
    func text() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let id = try await client.text(in: room)
        let response = try await client.call("GET", "/rooms/\(room)/messages?page=1&limit=50", as: "bob")
        #expect(response.status == 200)
        let expected = """
            {"success": true, "messages": [{"_id": "", "sender": {"_id": "", "name": ""}, "type": "", "content": "",
              "timestamp": "", "reactions": [], "isEdited": false, "replyTo": null}]}
            """
        let leaving = try RoomsReference.mismatches(
            of: response.body, against: expected, under: "#### 1. ดึงข้อความในห้องแชท", block: 1)
        // No picture was provisioned.
        #expect(leaving.filter { $0 != "messages[0].sender.avatar is null instead of a string" } == [])
        #expect(response.messages.map { $0["_id"] as? String } == [id])
        #expect(response.messages.first?["content"] as? String == "Hello World!")
        #expect(response.messages.first?["mediaInfo"] == nil)
    }

    @Test(
        "a sender's picture is the avatar that the chat server provisioned",
        .proves(.rooms, "GET /rooms/:chatRoomId/messages"))
    func avatar() async throws {
        let client = try RoomsClient()
        let provisioned = try await client.service.call(
            "PUT", "/v1/users/alice", token: try client.service.serviceToken(),
            json: #"{"name":"Alice A.","images":["https://example.org/a.jpg"]}"#)
        #expect(provisioned.status == 201)
        let room = try await client.room()
        _ = try await client.text(in: room)
        let response = try await client.call("GET", "/rooms/\(room)/messages", as: "bob")
        let sender = response.messages.first?["sender"] as? [String: String]
        #expect(sender == ["_id": "alice", "name": "Alice A.", "avatar": "https://example.org/a.jpg"])
        let missing = try ExpectedKeys.mismatches(
            of: response.body, .rooms, under: "#### 1. ดึงข้อความในห้องแชท", block: 1)
        #expect(missing == [])
    }

    @Test(
        "pages go backwards, and `before` bounds them by a moment", .proves(.rooms, "GET /rooms/:chatRoomId/messages"))
    func pages() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        for number in 1...3 { _ = try await client.text("\(number)", in: room) }
        func contents(_ query: String) async throws -> [String] {
            try await client.call("GET", "/rooms/\(room)/messages?\(query)", as: "bob").messages
                .compactMap { $0["content"] as? String }
        }
        #expect(try await contents("limit=2") == ["2", "3"])
        #expect(try await contents("limit=2&page=2") == ["1"])
        let all = try await client.call("GET", "/rooms/\(room)/messages", as: "bob").messages
        let moment = try #require(all[1]["timestamp"] as? String)
        #expect(try await contents("before=\(moment)") == ["1"])
        #expect(try await contents("before=2001-01-01T00:00:00Z") == [])
        for bad in ["before=yesterday", "page=0", "limit=x", "page=-1"] {
            let response = try await client.call("GET", "/rooms/\(room)/messages?\(bad)", as: "bob")
            #expect(response.status == 400 && response.rejection != nil, "\(bad)")
        }
    }

    @Test("the sender edits a message, and its previous text is kept", .proves(.rooms, "PUT /messages/:messageId"))
    func edit() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let id = try await client.text("before", in: room)
        let response = try await client.call("PUT", "/messages/\(id)", as: "alice", json: #"{"content":"after"}"#)
        #expect(response.status == 200 && response.body["message"] as? String == "แก้ไขข้อความสำเร็จ")
        #expect(response.data["content"] as? String == "after" && response.data["isEdited"] as? Bool == true)
        let history = try #require(response.data["editHistory"] as? [[String: Any]])
        #expect(history.map { $0["content"] as? String } == ["before"] && history[0]["editedAt"] is String)
        let other = try await client.call("PUT", "/messages/\(id)", as: "bob", json: #"{"content":"mine"}"#)
        #expect(other.status == 403 && other.rejection == "แก้ไขได้เฉพาะข้อความของตนเอง")
        let empty = try await client.call("PUT", "/messages/\(id)", as: "alice", json: #"{"content":" "}"#)
        #expect(empty.status == 400 && empty.rejection == "กรุณาระบุเนื้อหาข้อความ (content)")
    }

    @Test(
        "a message deleted for the sender is still there for others; deleted for everyone, its file is deleted",
        .proves(.rooms, "DELETE /messages/:messageId"))
    func delete() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let sent = try await client.send(try Sample.file("image/orientation-1.jpg"), as: "image", to: room)
        let id = try #require(sent.data["_id"] as? String)
        let url = try #require((sent.data["mediaInfo"] as? [String: Any])?["url"] as? String)
        let other = try await client.call(
            "DELETE", "/messages/\(id)", as: "bob", json: #"{"deleteFor":"everyone"}"#)
        #expect(other.status == 403 && other.rejection == "ลบได้เฉพาะข้อความของตนเอง")
        let wrong = try await client.call("DELETE", "/messages/\(id)", as: "alice", json: #"{"deleteFor":"bob"}"#)
        #expect(wrong.status == 400 && wrong.rejection != nil)
        let everyone = try await client.call(
            "DELETE", "/messages/\(id)", as: "alice", json: #"{"deleteFor":"everyone"}"#)
        #expect(everyone.status == 200 && everyone.body["message"] as? String == "ลบข้อความสำเร็จ")
        try await client.service.awaitDeletion(of: url)
        let seen = try await client.call("GET", "/rooms/\(room)/messages", as: "bob").messages
        #expect(seen.first?["isDeleted"] as? Bool == true && seen.first?["deletedFor"] as? String == "everyone")
        #expect(seen.first?["mediaInfo"] == nil && seen.first?["content"] as? String == "")

        let hidden = try await client.text(in: room)
        #expect(
            try await client.call("DELETE", "/messages/\(hidden)", as: "alice", json: #"{"deleteFor":"sender"}"#).status
                == 200)
        #expect(try await client.call("GET", "/rooms/\(room)/messages", as: "alice").messages.count == 1)
        #expect(try await client.call("GET", "/rooms/\(room)/messages", as: "bob").messages.count == 2)
    }

    @Test(
        "a participant has one reaction, which the next replaces and which can be removed",
        .proves(.rooms, "POST /messages/:messageId/reactions", "DELETE /messages/:messageId/reactions"))
    func reactions() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let id = try await client.text(in: room)
        for (emoji, name) in [("👍", "like"), ("❤️", "love")] {
            let response = try await client.call(
                "POST", "/messages/\(id)/reactions", as: "bob",
                json: #"{"emoji":"\#(emoji)","reactionType":"\#(name)"}"#)
            #expect(response.status == 200, "\(response.body)")
            let reactions = try #require(response.data["reactions"] as? [[String: Any]])
            #expect(reactions.count == 1 && reactions[0]["userId"] as? String == "bob")
            #expect(reactions[0]["emoji"] as? String == emoji && reactions[0]["reactionType"] as? String == name)
            #expect(reactions[0]["createdAt"] is String)
        }
        for bad in [
            #"{"emoji":"👍","reactionType":"meh"}"#, #"{"reactionType":"like"}"#, #"{"emoji":"two words"}"#, "[]",
        ] {
            let rejected = try await client.call("POST", "/messages/\(id)/reactions", as: "bob", json: bad)
            #expect(rejected.status == 400 && rejected.rejection != nil, "\(bad)")
        }
        let removed = try await client.call("DELETE", "/messages/\(id)/reactions", as: "bob")
        #expect(removed.status == 200 && (removed.data["reactions"] as? [Any])?.isEmpty == true)
        let settings = try await client.call(
            "PUT", "/rooms/\(room)/settings", as: "alice", json: #"{"settings":{"allowReactions":false}}"#)
        #expect(settings.status == 200)
        let rejected = try await client.call("POST", "/messages/\(id)/reactions", as: "bob", json: #"{"emoji":"👍"}"#)
        #expect(rejected.status == 403 && rejected.rejection == "ห้องแชทนี้ไม่อนุญาตให้เพิ่ม Reaction")
    }

    @Test(
        "a message is forwarded to the caller's own rooms, its file shared until the last is deleted",
        .proves(.rooms, "POST /messages/:messageId/forward"))
    func forward() async throws {
        let client = try RoomsClient()
        let (first, second) = (try await client.room(), try await client.room(of: "bob", with: ["carol"]))
        let foreign = try await client.room(of: "dave", with: ["erin"])
        let sent = try await client.send(try Sample.file("video/short.mp4"), as: "video", to: first)
        let id = try #require(sent.data["_id"] as? String)
        let files = try await client.service.leftoversAfterDeletion()["files"]
        let rejected = try await client.call(
            "POST", "/messages/\(id)/forward", as: "bob", json: #"{"chatRoomIds":["\#(second)","\#(foreign)"]}"#)
        #expect(rejected.status == 403)
        #expect(try await client.call("GET", "/rooms/\(second)/messages", as: "carol").messages.isEmpty)
        let response = try await client.call(
            "POST", "/messages/\(id)/forward", as: "bob", json: #"{"chatRoomIds":["\#(second)"]}"#)
        #expect(response.status == 201, "\(response.body)")
        #expect(try await client.service.leftovers(of: "files", awaiting: files) == files)
        let copy = try #require((response.body["data"] as? [[String: Any]])?.first)
        let origin = try #require(copy["forwardedFrom"] as? [String: Any])
        #expect(origin["originalMessageId"] as? String == id && origin["originalSender"] as? String == "alice")
        #expect(origin["forwardedAt"] is String && copy["chatRoom"] as? String == second)
        _ = try await client.call("DELETE", "/messages/\(id)", as: "alice", json: #"{"deleteFor":"everyone"}"#)
        let seen = try await client.call("GET", "/rooms/\(second)/messages", as: "carol")
        let url = try #require((seen.messages.first?["mediaInfo"] as? [String: Any])?["url"] as? String)
        #expect(try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 200"))
        for bad in [
            "{}", #"{"chatRoomIds":[]}"#, #"{"chatRoomIds":[1]}"#, #"{"chatRoomIds":["\#(second)","\#(second)"]}"#,
        ] {
            let wrong = try await client.call("POST", "/messages/\(id)/forward", as: "bob", json: bad)
            #expect([400, 404].contains(wrong.status) && wrong.rejection != nil, "\(bad)")
        }
    }

    @Test(
        "what no participant may send or know is rejected with the reference's codes",
        .proves(.rooms, "bad input"),
        arguments: [
            (#"{"type":"image","content":"x"}"#, 400), (#"{"type":"text"}"#, 400), (#"{"content":""}"#, 400),
            (#"{"content":5}"#, 400), ("[]", 400), ("nonsense", 400),
            (#"{"content":"x","replyTo":"65a000000000000000000000"}"#, 404),
        ])
    func badText(body: String, status: Int) async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let response = try await client.call("POST", "/rooms/\(room)/messages", as: "alice", json: body)
        #expect(response.status == status && response.rejection != nil, "\(response.body)")
        let sticker = try await client.call(
            "POST", "/rooms/\(room)/messages/sticker", as: "alice", json: #"{"setId":"s","stickerId":"1"}"#)
        #expect(sticker.status == 404 && sticker.rejection == "ไม่พบ Sticker Set")
    }
}
