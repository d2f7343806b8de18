import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Rooms: rooms over HTTP")
struct RoomViewTests {
    @Test("a room is made in the reference's shape, its maker in it as admin", .proves(.rooms, "POST /rooms"))
    func create() async throws {
        let client = try RoomsClient()
        let response = try await client.call(
            "POST", "/rooms", as: "alice",
            json: """
                {"name": "ชื่อห้องแชท", "type": "private", "participants": ["bob", "carol"], "activityId": "a1",
                 "description": "คำอธิบายห้อง", "avatar": "url_to_avatar"}
                """)
        #expect(response.status == 201)
        let expected = """
            {"success": true, "message": "", "chatRoom": {"_id": "", "name": "", "type": "", "participants": [{
              "userId": "", "joinedAt": "", "role": "", "isActive": true}], "createdAt": "", "status": "",
              "messageCount": 0, "avatar": "", "description": "", "activityId": "", "settings": {
                "allowMediaUpload": true, "allowStickers": true, "allowReactions": true, "maxParticipants": 1}}}
            """
        let mismatches = try RoomsReference.mismatches(
            of: response.body, against: expected, under: "#### 1. สร้างห้องแชทใหม่", block: 2)
        #expect(mismatches == [])
        #expect(response.body["message"] as? String == "สร้างห้องแชทสำเร็จ")
        let room = response.chatRoom
        #expect((room["_id"] as? String)?.count == 24 && room["name"] as? String == "ชื่อห้องแชท")
        let roles = (room["participants"] as? [[String: Any]] ?? []).map { "\($0["userId"] ?? "") \($0["role"] ?? "")" }
        #expect(roles.sorted() == ["alice admin", "bob member", "carol member"])
    }

    @Test(
        "an invalid room is rejected with 400 in Thai", .proves(.rooms, "bad input"),
        arguments: [
            #"{"name":"x","participants":["bob"]}"#, #"{"name":"x","type":"public","participants":["bob"]}"#,
            #"{"name":"x","type":"private"}"#, #"{"name":"x","type":"private","participants":["alice"]}"#,
            #"{"name":"x","type":"private","participants":"bob"}"#,
            #"{"name":"x","type":"private","participants":[5]}"#,
            #"{"name":"x","type":"group","participants":["bob"]}"#,
            #"{"type":"group","participants":["bob"],"activityId":"a"}"#,
            #"{"name":5,"type":"private","participants":["bob"]}"#, "[]", "nonsense",
        ])
    func bad(body: String) async throws {
        let client = try RoomsClient()
        let response = try await client.call("POST", "/rooms", as: "alice", json: body)
        #expect(response.status == 400 && response.rejection != nil, "\(response.body)")
        #expect(response.body["error"] as? String == "Bad Request")
        #expect(try await client.call("GET", "/rooms", as: "alice").body["chatRooms"] as? [String] == [])
    }

    @Test(
        "the list has last message, unread count and pages; reading empties the count",
        .proves(.rooms, "GET /rooms", "POST /rooms/:chatRoomId/read"))
    func list() async throws {
        let client = try RoomsClient()
        let (first, second) = (try await client.room(), try await client.room(of: "bob", with: ["alice"]))
        for number in 1...5 { _ = try await client.text("\(number)", in: first) }
        let response = try await client.call("GET", "/rooms?page=1&limit=20", as: "bob")
        let expected = """
            {"success": true, "chatRooms": [{"_id": "", "name": "", "type": "", "participants": [{}],
              "unreadCount": 5}], "pagination": {"currentPage": 1, "totalPages": 1}}
            """
        let mismatches = try RoomsReference.mismatches(
            of: response.body, against: expected, under: "#### 2. ดึงรายการห้องแชทของ User", block: 1)
        // The room without messages.
        #expect(mismatches.allSatisfy { $0.hasPrefix("chatRooms[1].lastMessage") }, "\(mismatches)")
        let rooms = try #require(response.body["chatRooms"] as? [[String: Any]])
        #expect(rooms.map { $0["_id"] as? String } == [first, second])
        #expect(rooms[0]["unreadCount"] as? Int == 5 && rooms[0]["lastMessageTime"] is String)
        #expect((rooms[0]["lastMessage"] as? [String: Any])?["content"] as? String == "5")
        let page = try await client.call("GET", "/rooms?page=2&limit=1", as: "bob")
        #expect((page.body["chatRooms"] as? [[String: Any]])?.map { $0["_id"] as? String } == [second])
        #expect(page.body["pagination"] as? [String: Int] == ["currentPage": 2, "totalPages": 2])
        let read = try await client.call("POST", "/rooms/\(first)/read", as: "bob")
        #expect(read.status == 200 && read.body["markedCount"] as? Int == 5)
        let details = try await client.call("GET", "/rooms/\(first)", as: "bob").chatRoom
        #expect(details["unreadCount"] as? Int == 0)
        let bob = (details["participants"] as? [[String: Any]])?.first { $0["userId"] as? String == "bob" }
        let last = (details["lastMessage"] as? [String: Any])?["_id"] as? String
        #expect(bob?["lastReadMessage"] as? String == last && bob?["lastReadTimestamp"] is String)
        let seen = try await client.call("GET", "/rooms/\(first)/messages", as: "alice").messages
        #expect(seen.allSatisfy { $0["status"] as? String == "read" })
    }

    @Test(
        "a group can be joined by any user who knows its id, up to its size; a private room by invited users",
        .proves(.rooms, "POST /rooms/:chatRoomId/join", "POST /rooms/:chatRoomId/leave", "GET /rooms/:chatRoomId"))
    func join() async throws {
        let client = try RoomsClient()
        let (group, secret) = (try await client.room(type: "group"), try await client.room())
        let joined = try await client.call("POST", "/rooms/\(group)/join", as: "carol")
        #expect(joined.status == 200 && joined.body["message"] as? String == "เข้าร่วมห้องแชทสำเร็จ")
        #expect(try await client.call("GET", "/rooms/\(group)", as: "carol").status == 200)
        let rejected = try await client.call("POST", "/rooms/\(secret)/join", as: "carol")
        #expect(rejected.status == 403 && rejected.rejection == "ไม่มีสิทธิ์เข้าร่วมห้องแชทนี้")
        let left = try await client.call("POST", "/rooms/\(secret)/leave", as: "bob")
        #expect(left.status == 200 && left.body["message"] as? String == "ออกจากห้องแชทสำเร็จ")
        #expect(try await client.call("GET", "/rooms/\(secret)", as: "bob").status == 403)
        #expect(try await client.call("POST", "/rooms/\(secret)/leave", as: "bob").status == 403)
        #expect(try await client.call("POST", "/rooms/\(secret)/join", as: "bob").status == 200)
        let full = try await client.call(
            "PUT", "/rooms/\(group)/settings", as: "alice", json: #"{"settings":{"maxParticipants":3}}"#)
        #expect(full.status == 200, "\(full.body)")
        let late = try await client.call("POST", "/rooms/\(group)/join", as: "dave")
        #expect(late.status == 400 && late.rejection == "ห้องแชทมีผู้เข้าร่วมครบจำนวนแล้ว")
        #expect(try await client.call("POST", "/rooms/65a000000000000000000000/join", as: "dave").status == 404)
    }

    @Test(
        "whom the chat server has removed does not come back by the id",
        .proves(.rooms, "POST /rooms/:chatRoomId/join", "access"))
    func removed() async throws {
        let client = try RoomsClient()
        let group = try await client.room(type: "group")
        try await client.provision(group, members: ["alice", "carol"])
        for user in ["bob", "mallory"] {
            let response = try await client.call("POST", "/rooms/\(group)/join", as: user)
            #expect(response.status == 403, "\(user)")
        }
    }

    @Test(
        "an admin changes the settings; when the last one leaves, another is there",
        .proves(.rooms, "PUT /rooms/:chatRoomId/settings"))
    func settings() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let change = """
            {"name": "ชื่อใหม่", "description": "คำอธิบายใหม่", "avatar": "url_to_new_avatar",
             "settings": {"allowMediaUpload": true, "allowStickers": true, "allowReactions": false}}
            """
        let other = try await client.call("PUT", "/rooms/\(room)/settings", as: "bob", json: change)
        #expect(other.status == 403 && other.rejection == "เฉพาะผู้ดูแลห้องแชทเท่านั้นที่อัพเดทการตั้งค่าได้")
        for bad in [
            #"{"settings":{"allowReactions":"no"}}"#, #"{"settings":[]}"#, #"{"name":""}"#,
            #"{"settings":{"maxParticipants":1}}"#,
        ] {
            let rejected = try await client.call("PUT", "/rooms/\(room)/settings", as: "alice", json: bad)
            #expect(rejected.status == 400 && rejected.rejection != nil, "\(bad)")
        }
        let response = try await client.call("PUT", "/rooms/\(room)/settings", as: "alice", json: change)
        #expect(response.status == 200 && response.body["message"] as? String == "อัพเดทการตั้งค่าห้องแชทสำเร็จ")
        #expect(response.chatRoom["name"] as? String == "ชื่อใหม่")
        #expect((response.chatRoom["settings"] as? [String: Any])?["allowReactions"] as? Bool == false)
        #expect(try await client.call("POST", "/rooms/\(room)/leave", as: "alice").status == 200)
        let again = try await client.call("PUT", "/rooms/\(room)/settings", as: "bob", json: #"{"name":"Bob's"}"#)
        #expect(again.status == 200 && again.chatRoom["name"] as? String == "Bob's")
    }

    @Test(
        "a room's statistics count messages by type, reactions and who wrote",
        .proves(.rooms, "GET /rooms/:chatRoomId/stats"))
    func statistics() async throws {
        let client = try RoomsClient()
        let room = try await client.room(with: ["bob", "carol"])
        let id = try await client.text(in: room)
        _ = try await client.text(in: room, from: "bob")
        _ = try await client.send(try Sample.file("image/orientation-1.jpg"), as: "image", to: room)
        _ = try await client.call(
            "POST", "/messages/\(id)/reactions", as: "bob", json: #"{"emoji":"👍","reactionType":"like"}"#)
        let response = try await client.call("GET", "/rooms/\(room)/stats", as: "carol")
        let expected = """
            {"success": true, "stats": {"totalMessages": 3, "messagesByType": [{"type": "text", "count": 2}],
              "totalReactions": 1, "activeUsers": ["alice"]}}
            """
        let mismatches = try RoomsReference.mismatches(
            of: response.body, against: expected, under: "#### 1. ดึงสถิติห้องแชท", block: 1)
        #expect(mismatches == [])
        let stats = try #require(response.body["stats"] as? [String: Any])
        #expect(stats["totalMessages"] as? Int == 3 && stats["totalReactions"] as? Int == 1)
        let types = (stats["messagesByType"] as? [[String: Any]] ?? []).map {
            "\($0["type"] ?? "") \($0["count"] ?? "")"
        }
        #expect(types == ["text 2", "image 1"])
        #expect(stats["activeUsers"] as? [String] == ["alice", "bob"])
    }
}
