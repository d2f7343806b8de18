import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Rooms: a file in a room")
struct RoomsMediaTests {
    static let schema = "### Message Schema"

    @Test(
        "each type fills mediaInfo as the reference describes it, by content",
        .proves(.rooms, "POST /rooms/:chatRoomId/messages/media"),
        arguments: [
            ("image/orientation-6.jpg", "image", "image/jpeg", true, false),
            ("video/landscape.mp4", "video", "video/mp4", true, true),
            ("voice/voice.ogg", "audio", "audio/ogg", false, true),
            ("README.md", "file", "text/plain", false, false), ("video/short.mp4", "file", "video/mp4", true, true),
        ])
    func types(path: String, type: String, mimeType: String, hasPicture: Bool, hasDuration: Bool) async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let file = try Sample.file(path)
        let response = try await client.send(file, as: type, to: room, fields: ["content": "look"])
        #expect(response.status == 201, "\(response.body)")
        #expect(response.body["success"] as? Bool == true && response.body["message"] is String)
        let message = response.data
        #expect((message["_id"] as? String)?.count == 24)
        #expect(message["type"] as? String == type && message["content"] as? String == "look")
        #expect(message["chatRoom"] as? String == room)
        #expect((message["sender"] as? [String: Any])?["name"] as? String == "Alice")
        let info = try #require(message["mediaInfo"] as? [String: Any])
        #expect(Set(info.keys) == Self.mediaKeys)
        #expect(info["originalName"] as? String == file.lastPathComponent)
        #expect((info["mimeType"] as? String)?.hasPrefix(mimeType) == true)
        #expect(try info["size"] as? Int == FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int)
        #expect((info["duration"] as? Double ?? 0 > 0.3) == hasDuration)
        #expect((info["dimensions"] is [String: Int]) == hasPicture && (info["thumbnail"] is String) == hasPicture)
        let fetched = try await Python.run("call.py", ["GET", try #require(info["url"] as? String)])
        #expect((try fetched.json() as? [String: Any])?["status"] as? Int == 200)
        let read = try await client.call("GET", "/rooms/\(room)/messages", as: "bob")
        #expect((read.messages.first?["mediaInfo"] as? [String: Any])?["size"] as? Int == info["size"] as? Int)
    }

    static let mediaKeys: Set<String> = [
        "originalName", "mimeType", "size", "duration", "dimensions", "thumbnail", "url",
    ]

    @Test("a video's message has the schema's shape", .proves(.rooms, "POST /rooms/:chatRoomId/messages/media"))
    func shape() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let first = try await client.text(in: room, from: "bob")
        let response = try await client.send(
            try Sample.file("video/landscape.mp4"), as: "video", to: room, fields: ["replyTo": first])
        let expected = """
            {"_id": "", "chatRoom": "", "sender": {"_id": "", "name": ""}, "type": "", "content": "", "mediaInfo": {
              "originalName": "", "mimeType": "", "size": 1, "duration": 1, "dimensions": {"width": 1, "height": 1},
              "thumbnail": "", "url": ""}, "status": "", "timestamp": "", "reactions": [], "isDeleted": false,
              "isEdited": false, "editHistory": [], "replyTo": ""}
            """
        // Members of the schema that belong to other kinds of messages: stickers, deleted and forwarded ones. The
        // schema's `sender` is the stored ID; the reference's responses show the user instead.
        let others: Set<String> = ["stickerInfo", "deletedFor", "forwardedFrom", "sender"]
        let mismatches = try RoomsReference.mismatches(
            of: response.data, against: expected, under: Self.schema, omitting: others)
        #expect(mismatches == [])
        #expect(response.data["replyTo"] as? String == first)
    }

    @Test("the fields may come after the file", .proves(.rooms, "POST /rooms/:chatRoomId/messages/media"))
    func order() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            [
                "-sS", "-H", "Authorization: Bearer \(try client.service.token("alice"))",
                "-F", "file=@\(try Sample.file("video/short.mp4").path)", "-F", "content=late", "-F", "type=video",
                client.service.base + RoomsClient.base + "/rooms/\(room)/messages/media",
            ])
        let body = try #require(try finished.json() as? [String: Any])
        #expect((body["data"] as? [String: Any])?["content"] as? String == "late", "\(body)")
    }

    @Test(
        "a file that is not of its type or broken, and a form that lacks a field, are rejected with 400, and nothing remains",
        .proves(.rooms, "bad input"),
        arguments: [
            ("voice/voice.ogg", ["type": "image"]), ("image/orientation-1.jpg", ["type": "video"]),
            ("video/short.mp4", ["type": "audio"]), ("video/short.mp4", ["type": "sticker"]),
            ("broken/truncated.mp4", ["type": "video"]), ("broken/empty.mp4", ["type": "file"]),
            ("video/short.mp4", ["type": ""]),
            ("video/short.mp4", ["type": "video", "replyTo": "65a000000000000000000000"]),
            ("video/short.mp4", ["type": "video", "content": String(repeating: "ก", count: 6_000)]),
        ])
    func rejected(path: String, fields: [String: String]) async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let response = try await client.send(try Sample.file(path), as: "image", to: room, fields: fields)
        #expect(response.status == (fields["replyTo"] == nil ? 400 : 404))
        #expect(response.rejection?.unicodeScalars.contains { (0x0E00...0x0E7F).contains($0.value) } == true)
        #expect(try await client.service.unexpectedLeftovers(besides: ["conversations", "members"]) == [:])
    }

    @Test("a form without its file is rejected with 400", .proves(.rooms, "bad input"))
    func noFile() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let response = try await client.call(
            "POST", "/rooms/\(room)/messages/media", as: "alice", fields: ["type": "image", "content": "x"])
        #expect(response.status == 400 && response.rejection != nil, "\(response.body)")
    }

    @Test(
        "a room whose allowMediaUpload is false, and one of others, reject before the body; text is still accepted",
        .proves(.rooms, "POST /rooms/:chatRoomId/messages/media", "limits"))
    func notAllowed() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let settings = try await client.call(
            "PUT", "/rooms/\(room)/settings", as: "alice", json: #"{"settings":{"allowMediaUpload":false}}"#)
        #expect(settings.status == 200, "\(settings.body)")
        for (user, sentence) in [("bob", "ห้องแชทนี้ไม่อนุญาตให้ส่งไฟล์สื่อ"), ("mallory", "ไม่มีสิทธิ์เข้าถึงห้องแชทนี้")] {
            let finished = try await Python.run(
                "unsent_body.py",
                [
                    client.service.base + RoomsClient.base + "/rooms/\(room)/messages/media",
                    try client.service.token(user),
                ])
            let response = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
            #expect(response["status"] as? Int == 403)
            #expect((response["body"] as? [String: Any])?["message"] as? String == sentence)
        }
        _ = try await client.text(in: room, from: "bob")
    }

    @Test("a file over the limit is rejected by its declared length, before the body", .proves(.rooms, "limits"))
    func tooLarge() async throws {
        let client = try RoomsClient()
        let room = try await client.room()
        let finished = try await Python.run(
            "unsent_body.py",
            [
                client.service.base + RoomsClient.base + "/rooms/\(room)/messages/media",
                try client.service.token("alice"), "--length", String(200 << 20),
            ])
        let response = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        #expect(response["status"] as? Int == 400)
        #expect((response["body"] as? [String: Any])?["message"] as? String == "ไฟล์มีขนาดเกิน 100 MB")
    }
}
