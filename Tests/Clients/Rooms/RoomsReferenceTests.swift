import ChatBridge
import Foundation
import JSON
import TestPrograms
import Testing

@Suite("Rooms: what the reference's schemas say")
struct RoomsReferenceTests {
    @Test("the list of rooms says how many messages each has", .proves(.rooms, "GET /rooms"))
    func messageCount() async throws {
        let client = try RoomsClient()
        let (busy, quiet) = (try await client.room(), try await client.room())
        for _ in 1...3 { _ = try await client.text(in: busy) }
        let rooms = try await client.call("GET", "/rooms", as: "bob").body["chatRooms"] as? [[String: Any]]
        let counts = Dictionary(
            uniqueKeysWithValues: (rooms ?? []).map { ($0["_id"] as? String, $0["messageCount"] as? Int) })
        #expect(counts == [busy: 3, quiet: 0])
    }

    @Test(
        "who has left stays among the participants, not active and without access, until they come back",
        .proves(.rooms, "POST /rooms/:chatRoomId/leave", "GET /rooms/:chatRoomId"))
    func left() async throws {
        let client = try RoomsClient()
        let room = try await client.room(with: ["bob", "carol"])
        func participants() async throws -> [String?: Bool] {
            let response = try await client.call("GET", "/rooms/\(room)", as: "alice")
            let shown = response.chatRoom["participants"] as? [[String: Any]] ?? []
            #expect(shown.allSatisfy { $0["joinedAt"] is String && $0["role"] is String })
            return Dictionary(
                uniqueKeysWithValues: shown.map { ($0["userId"] as? String, $0["isActive"] as? Bool ?? false) })
        }
        #expect(try await participants() == ["alice": true, "bob": true, "carol": true])
        #expect(try await client.call("POST", "/rooms/\(room)/leave", as: "bob").status == 200)
        #expect(try await participants() == ["alice": true, "bob": false, "carol": true])
        for (method, path) in [("GET", "/rooms/\(room)"), ("GET", "/rooms/\(room)/messages")] {
            #expect(try await client.call(method, path, as: "bob").status == 403)
        }
        #expect(
            try await client.call("POST", "/rooms/\(room)/messages", as: "bob", json: #"{"content":"x"}"#).status == 403
        )
        let listed = try await client.call("GET", "/rooms", as: "bob").body["chatRooms"] as? [Any]
        #expect(listed?.isEmpty == true)
        #expect(try await client.call("POST", "/rooms/\(room)/join", as: "bob").status == 200)
        #expect(try await participants() == ["alice": true, "bob": true, "carol": true])
    }

    @Test(
        "messages have every field of the reference's schema, and a room every field of its own",
        .proves(.rooms, "GET /rooms/:chatRoomId/messages", "GET /rooms/:chatRoomId"))
    func fields() async throws {
        let client = try RoomsClient()
        let made = try await client.call(
            "POST", "/rooms", as: "alice",
            json: """
                {"type":"group","name":"Hikers","participants":["bob"],"activityId":"a1","description":"up and down",
                "avatar":"https://example.org/g.jpg"}
                """)
        let room = try #require(made.chatRoom["_id"] as? String, "\(made.body)")
        func call(_ method: String, _ path: String, _ user: String, _ json: String? = nil) async throws {
            let answer = try await client.call(method, path, as: user, json: json)
            #expect((200...201).contains(answer.status), "\(path): \(answer.body)")
        }
        let text = try await client.text("befor", in: room)
        try await call("PUT", "/messages/\(text)", "alice", #"{"content":"before"}"#)
        try await call("POST", "/messages/\(text)/reactions", "bob", #"{"emoji":"👍","reactionType":"like"}"#)
        try await call("POST", "/messages/\(text)/forward", "bob", #"{"chatRoomIds":["\#(room)"]}"#)
        try await call("POST", "/rooms/\(room)/messages", "bob", #"{"content":"re","replyTo":"\#(text)"}"#)
        _ = try await client.send(try Sample.file("video/short.mp4"), as: "video", to: room)
        let token = try client.service.serviceToken()
        let set = RoomsClient.base + "/stickers/sets/cats"
        _ = try await client.service.call("PUT", set, token: token, json: #"{"name":"Cats"}"#)
        _ = try await client.service.call(
            "POST", set + "/stickers", token: token, fields: ["stickerId": "1"],
            files: ["file": try Sample.file("image/picture.webp")])
        let sticker = #"{"setId":"cats","stickerId":"1","stickerType":"static","metadata":{"taps":3}}"#
        try await call("POST", "/rooms/\(room)/messages/sticker", "alice", sticker)
        let gone = try await client.text(in: room)
        try await call("POST", "/rooms/\(room)/read", "bob")
        try await call("DELETE", "/messages/\(gone)", "alice", #"{"deleteFor":"everyone"}"#)
        let messages = try await client.call("GET", "/rooms/\(room)/messages", as: "bob").messages
        // A member of another type than in the schema is what the reference's own responses show: an object.
        let unseen = try ExpectedKeys.unseen(in: messages, .rooms, under: "### Message Schema")
        #expect(unseen == ["sender"])
        let shown = try await client.call("GET", "/rooms/\(room)", as: "bob").chatRoom
        let unseenOfRoom = try ExpectedKeys.unseen(in: [shown], .rooms, under: "### ChatRoom Schema")
        #expect(unseenOfRoom == ["lastMessage"])
    }

    @Test(
        "content is a text, an object or an array, and comes back as it was sent: read, notified, edited and forwarded",
        .proves(.rooms, "POST /rooms/:chatRoomId/messages", "PUT /messages/:messageId"),
        arguments: [
            #"{"th":"สวัสดี","blocks":[{"n":1,"ok":true},null],"half":1.5}"#, #"["a",{"b":[]}]"#, "{}",
        ])
    func mixed(content: String) async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let other = try await client.room()
        let expected = try canonical(JSONSerialization.jsonObject(with: Data(content.utf8), options: .fragmentsAllowed))
        let bob = try await client.socket(of: "bob", in: [room], until: 2)
        let sent = try await client.call(
            "POST", "/rooms/\(room)/messages", as: "alice", json: #"{"type":"text","content":\#(content)}"#)
        #expect(sent.status == 201, "\(sent.body)")
        #expect(try canonical(sent.data["content"]) == expected)
        let id = try #require(sent.data["_id"] as? String)
        let edited = try await client.call("PUT", "/messages/\(id)", as: "alice", json: #"{"content":"words"}"#)
        #expect(edited.status == 200 && edited.data["content"] as? String == "words")
        let history = edited.data["editHistory"] as? [[String: Any]]
        #expect(try canonical(history?.first?["content"]) == expected)
        let back = try await client.call("PUT", "/messages/\(id)", as: "alice", json: #"{"content":\#(content)}"#)
        #expect(try canonical(back.data["content"]) == expected)
        _ = await bob.finish()
        let forwarded = try await client.call(
            "POST", "/messages/\(id)/forward", as: "alice", json: #"{"chatRoomIds":["\#(other)"]}"#)
        #expect(forwarded.status == 201)
        let read = try await client.call("GET", "/rooms/\(other)/messages", as: "bob")
        #expect(try canonical(read.messages.first?["content"]) == expected)
        let listed = try await client.call("GET", "/rooms", as: "bob").body["chatRooms"] as? [[String: Any]]
        for shown in listed ?? [] {
            #expect(try canonical((shown["lastMessage"] as? [String: Any])?["content"]) == expected)
        }
    }

    @Test("empty or too large content is rejected; a text that looks like a mark of the store stays a text")
    func bounds() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let long = "[" + Array(repeating: "1", count: 9_000).joined(separator: ",") + "]"
        for content in ["null", #""  ""#, long, #"{"a":"\#(String(repeating: "x", count: 17_000))"}"#] {
            let rejected = try await client.call(
                "POST", "/rooms/\(room)/messages", as: "alice", json: #"{"content":\#(content)}"#)
            #expect(rejected.status == 400 && rejected.rejection != nil, "\(content.prefix(40))")
        }
        let marked = try await client.call(
            "POST", "/rooms/\(room)/messages", as: "alice", json: #"{"content":"\u0001{\"a\":1}"}"#)
        #expect(marked.data["content"] as? String == "\u{1}{\"a\":1}")
    }

    private func canonical(_ value: Any?) throws -> String {
        let value = try #require(value)
        return String(
            decoding: try JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys]),
            as: UTF8.self)
    }
}
