import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Rooms: whose a room is not")
struct RoomsAccessTests {
    /// Every route that names a room or a message, with a valid body.
    static func routes(room: String, message: String, own: String) -> [(String, String, String?)] {
        [
            ("GET", "/rooms/\(room)", nil), ("POST", "/rooms/\(room)/join", nil), ("POST", "/rooms/\(room)/leave", nil),
            ("PUT", "/rooms/\(room)/settings", #"{"name":"mine"}"#), ("GET", "/rooms/\(room)/stats", nil),
            ("POST", "/rooms/\(room)/read", nil), ("GET", "/rooms/\(room)/messages", nil),
            ("POST", "/rooms/\(room)/messages", #"{"content":"x"}"#),
            ("POST", "/rooms/\(room)/messages/sticker", #"{"setId":"s","stickerId":"1"}"#),
            ("PUT", "/messages/\(message)", #"{"content":"x"}"#),
            ("DELETE", "/messages/\(message)", #"{"deleteFor":"everyone"}"#),
            ("DELETE", "/messages/\(message)", #"{"deleteFor":"sender"}"#),
            ("POST", "/messages/\(message)/reactions", #"{"emoji":"👍"}"#),
            ("DELETE", "/messages/\(message)/reactions", nil),
            ("POST", "/messages/\(message)/forward", #"{"chatRoomIds":["\#(own)"]}"#),
        ]
    }

    @Test("an outsider and a removed participant are rejected everywhere, and learn nothing", .proves(.rooms, "access"))
    func nonMembers() async throws {
        let client = try RoomsClient()
        let room = try await client.room(with: ["bob", "carol"])
        let message = try await client.text("private words", in: room)
        let own = try await client.room(of: "mallory", with: ["carol"])
        let carols = try await client.text("carol's words", in: room, from: "carol")
        try await client.provision(room, members: ["alice", "bob"], settings: #"{"type":"private"}"#)
        for (user, id) in [("mallory", message), ("carol", carols)] {
            for (method, path, body) in Self.routes(room: room, message: id, own: own) {
                let response = try await client.call(method, path, as: user, json: body)
                #expect(response.status == 403, "\(user) \(method) \(path): \(response.body)")
                #expect(response.rejection != nil && response.body["error"] as? String == "Forbidden")
                #expect(!"\(response.body)".contains("words"))
            }
            let file = try await client.send(
                try Sample.file("image/orientation-1.jpg"), as: "image", to: room, from: user)
            #expect(file.status == 403 && file.rejection == "ไม่มีสิทธิ์เข้าถึงห้องแชทนี้")
            let foreign = try await client.call(
                "POST", "/rooms/\(own)/messages", as: "mallory", json: #"{"content":"x","replyTo":"\#(id)"}"#)
            #expect(foreign.status == 404)
        }
        #expect(
            try await client.call("GET", "/rooms", as: "carol").body["pagination"] as? [String: Int] == [
                "currentPage": 1, "totalPages": 1,
            ])
        let kept = try await client.call("GET", "/rooms/\(room)/messages", as: "bob").messages
        #expect(kept.map { $0["content"] as? String } == ["private words", "carol's words"])
        #expect(try await client.service.leftovers(of: "files", awaiting: 0) == 0)
    }

    @Test("without a token, or with one that is forged, nothing is answered but 401", .proves(.rooms, "access"))
    func tokens() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let message = try await client.text("private words", in: room)
        let made = try await Python.run("make_token.py", ["forged", "a secret of somebody else"])
        let forged = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let routes =
            Self.routes(room: room, message: message, own: room) + [
                ("GET", "/rooms", nil), ("POST", "/rooms", #"{"type":"private","participants":["bob"]}"#),
                ("POST", "/rooms/\(room)/messages/media", "{}"), ("GET", "/stickers/sets", nil),
                ("GET", "/stickers/sets/s", nil), ("GET", "/stickers/sets/s/stickers", nil),
                ("POST", "/stickers/sets/s/download", nil), ("GET", "/stickers/my-collections", nil),
                ("GET", "/stickers/search?q=x", nil), ("PUT", "/stickers/sets/s", #"{"name":"x"}"#),
                ("DELETE", "/stickers/sets/s", nil), ("POST", "/stickers/sets/s/stickers", "{}"),
                ("DELETE", "/stickers/sets/s/stickers/1", nil),
            ]
        for token in [nil, forged] {
            for (method, path, body) in routes {
                let response = try await client.service.call(method, RoomsClient.base + path, token: token, json: body)
                #expect(response.status == 401, "\(method) \(path)")
                #expect(
                    response.rejection == "ไม่ได้ authenticate" && response.body["error"] as? String == "Unauthorized")
            }
        }
    }

    @Test("what is not there is 404 in the dialect's envelope", .proves(.rooms, "bad input"))
    func nothingThere() async throws {
        let client = try RoomsClient()
        let none = "65a000000000000000000000"
        let own = try await client.room()
        for (method, path, body) in Self.routes(room: none, message: none, own: own) {
            let response = try await client.call(method, path, as: "alice", json: body)
            #expect(response.status == 404 && response.rejection != nil, "\(method) \(path)")
        }
        for path in ["/stickers", "/rooms/\(own)/stickers", "/nowhere"] {
            let response = try await client.call("GET", path, as: "alice")
            #expect(response.status == 404 && response.rejection == "ไม่พบข้อมูลที่ต้องการ", "\(path)")
        }
    }
}
