import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Rooms: stickers")
struct RoomsStickerTests {
    private static let sets = RoomsClient.base + "/stickers/sets"

    /// Uploads a sticker as the chat server does.
    private func add(
        _ sample: String, as sticker: String, to set: String, _ client: RoomsClient, token: String? = nil
    ) async throws -> Answer {
        try await client.service.call(
            "POST", "\(Self.sets)/\(set)/stickers", token: token ?? client.service.serviceToken(),
            fields: ["stickerId": sticker, "stickerType": "static", "name": "Tom", "tags": "purr, nap"],
            files: ["file": try Sample.file(sample)])
    }

    private func define(_ set: String, _ client: RoomsClient, _ body: String = #"{"name":"Funny cats"}"#) async throws
        -> Answer
    {
        try await client.service.call(
            "PUT", "\(Self.sets)/\(set)", token: client.service.serviceToken(), json: body)
    }

    @Test(
        "sets that the chat server provides are listed, searched and downloaded",
        .proves(
            .rooms, "PUT /stickers/sets/:setId", "POST /stickers/sets/:setId/stickers", "GET /stickers/sets",
            "GET /stickers/sets/:setId", "GET /stickers/sets/:setId/stickers", "GET /stickers/search",
            "POST /stickers/sets/:setId/download", "GET /stickers/my-collections"))
    func sets() async throws {
        let client = try RoomsClient()
        let made = try await define("cats", client, #"{"name":"Funny cats","category":"funny","tags":["แมว"]}"#)
        #expect(made.status == 200 && made.body["message"] is String, "\(made.body)")
        #expect(try await define("dogs", client, #"{"name":"Dogs"}"#).status == 200)
        let added = try await add("image/picture.webp", as: "1", to: "cats", client)
        #expect(added.status == 201, "\(added.body)")
        let url = try #require((added.body["sticker"] as? [String: Any])?["url"] as? String)
        let fetched = try await Python.run("call.py", ["GET", url])
        #expect((try fetched.json() as? [String: Any])?["status"] as? Int == 200)
        func list(_ path: String, _ member: String) async throws -> [[String: Any]] {
            let answer = try await client.call("GET", "/stickers" + path, as: "alice")
            #expect(answer.status == 200 && answer.body["success"] as? Bool == true, "\(answer.body)")
            return answer.body[member] as? [[String: Any]] ?? []
        }
        let all = try await list("/sets?page=1&limit=20", "stickerSets")
        #expect(all.map { $0["_id"] as? String } == ["dogs", "cats"])
        let filtered = try await list("/sets?category=funny&search=%E0%B9%81%E0%B8%A1%E0%B8%A7", "stickerSets")
        #expect(filtered.map { $0["_id"] as? String } == ["cats"] && filtered[0]["thumbnail"] is String)
        #expect(try await list("/sets/cats/stickers", "stickers").map { $0["stickerId"] as? String } == ["1"])
        #expect(try await list("/search?q=nap&limit=20", "stickers").map { $0["setId"] as? String } == ["cats"])
        let one = try await client.call("GET", "/stickers/sets/cats", as: "bob")
        #expect(((one.body["stickerSet"] as? [String: Any])?["stickers"] as? [Any])?.count == 1)
        #expect(try await list("/my-collections", "collections").isEmpty)
        for _ in 1...2 {
            #expect(try await client.call("POST", "/stickers/sets/cats/download", as: "alice").status == 200)
        }
        #expect(try await list("/my-collections", "collections").map { $0["_id"] as? String } == ["cats"])
        for path in ["/sets/none", "/sets/none/stickers"] {
            #expect(try await client.call("GET", "/stickers" + path, as: "alice").status == 404)
        }
        for query in ["/search", "/search?q=", "/sets?page=0", "/sets?limit=x", "/my-collections?limit=0"] {
            #expect(try await client.call("GET", "/stickers" + query, as: "alice").status == 400, "\(query)")
        }
    }

    @Test(
        "a sticker is announced to the room, keeps its picture when its set is deleted, and leaves no file after that",
        .proves(
            .rooms, "POST /rooms/:chatRoomId/messages/sticker", "event new_message", "DELETE /stickers/sets/:setId",
            "DELETE /stickers/sets/:setId/stickers/:stickerId"))
    func sending() async throws {
        let client = try RoomsClient()
        _ = try await define("cats", client)
        for sticker in ["1", "2", "3"] {
            #expect(try await add("image/picture.webp", as: sticker, to: "cats", client).status == 201)
        }
        let room = try await client.room()
        let socket = try await client.socket(of: "bob", in: [room], until: 1)
        let sent = try await client.call(
            "POST", "/rooms/\(room)/messages/sticker", as: "alice",
            json: #"{"setId":"cats","stickerId":"1","stickerType":"static","metadata":{"taps":3}}"#)
        #expect(sent.status == 201, "\(sent.body)")
        let message = await socket.finish().events("new_message").first?["message"] as? [String: Any]
        #expect(message?["type"] as? String == "sticker")
        let info = message?["stickerInfo"] as? [String: Any]
        #expect(info?["setId"] as? String == "cats" && info?["stickerId"] as? String == "1")
        #expect(info?["type"] as? String == "static" && (info?["metadata"] as? [String: Int]) == ["taps": 3])
        let token = try client.service.serviceToken()
        let removed = try await client.service.call("DELETE", Self.sets + "/cats/stickers/2", token: token)
        #expect(removed.status == 200, "\(removed.body)")
        // Two files for each object: its bytes and its attributes.
        #expect(try await client.service.leftovers(of: "files", awaiting: 4) == 4)
        #expect(try await client.service.call("DELETE", Self.sets + "/cats", token: token).status == 200)
        #expect(try await client.service.leftovers(of: "files", awaiting: 2) == 2)
        let read = try await client.call("GET", "/rooms/\(room)/messages", as: "bob").messages
        #expect((read.first?["mediaInfo"] as? [String: Any])?["url"] is String)
        let id = try #require(sent.data["_id"] as? String)
        #expect(
            try await client.call("DELETE", "/messages/\(id)", as: "alice", json: #"{"deleteFor":"everyone"}"#).status
                == 200)
        #expect(try await client.service.leftovers(of: "files", awaiting: 0) == 0)
    }

    @Test(
        "a user's token provides no stickers, and what is no picture becomes none",
        .proves(.rooms, "access", "bad input"))
    func providers() async throws {
        let client = try RoomsClient()
        _ = try await define("cats", client)
        let user = try client.service.token("alice")
        for (method, path) in [
            ("PUT", "/cats"), ("DELETE", "/cats"), ("POST", "/cats/stickers"), ("DELETE", "/cats/stickers/1"),
        ] {
            let answer = try await client.service.call(
                method, Self.sets + path, token: user, json: #"{"name":"mine"}"#)
            #expect(answer.status == 403 && answer.rejection != nil, "\(method) \(path): \(answer.body)")
        }
        for sample in ["README.md", "video/short.mp4", "voice/voice.ogg"] {
            let answer = try await add(sample, as: "1", to: "cats", client)
            #expect(answer.status == 400 && answer.rejection != nil, "\(sample): \(answer.body)")
        }
        #expect(try await add("image/picture.webp", as: "1", to: "none", client).status == 404)
        #expect(try await add("image/picture.webp", as: "a\u{1}b", to: "cats", client).status == 400)
        #expect(try await client.service.leftovers(of: "files", awaiting: 0) == 0)
        let set = try await client.call("GET", "/stickers/sets/cats", as: "alice").body["stickerSet"] as? [String: Any]
        #expect(set?["name"] as? String == "Funny cats" && (set?["stickers"] as? [Any])?.isEmpty == true)
    }
}
