import Foundation
import TestPrograms
import Testing

@Suite("The chat server's own calls")
struct NativeAPITests {
    @Test("a medium is uploaded, read back and deleted, its object with it")
    func media() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        let file = try Sample.file("voice/voice.ogg")
        let response = try await service.call(
            "POST", "/v1/media", token: token, fields: ["kind": "voice"], files: ["file": file])
        #expect(response.status == 201, "\(response.body)")
        let id = try #require(response.body["id"] as? String)
        #expect(response.body["kind"] as? String == "audio")
        #expect(response.body["mimeType"] as? String == "audio/ogg")
        #expect((response.body["waveform"] as? [Double])?.count == 64)
        let waveforms = try #require(response.body["waveforms"] as? [String: Any])
        #expect((waveforms["telegram"] as? String).flatMap { Data(base64Encoded: $0) }?.count == 63)
        #expect((waveforms["discord"] as? String).flatMap { Data(base64Encoded: $0) }?.count == 72)
        #expect((waveforms["matrix"] as? [Int])?.max() == 1024)
        #expect(response.body["blurHash"] is NSNull)
        let digest = try await Command.run(URL(fileURLWithPath: "/usr/bin/sha256sum"), [file.path])
        #expect(response.body["sha256"] as? String == digest.output.prefix(64).description)
        let read = try await service.call("GET", "/v1/media/\(id)", token: token)
        #expect(read.status == 200 && read.body["sha256"] as? String == response.body["sha256"] as? String)
        let url = try #require(read.body["url"] as? String)
        #expect(try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 200"))
        #expect(try await service.call("DELETE", "/v1/media/\(id)", token: token).status == 204)
        #expect(try await service.call("GET", "/v1/media/\(id)", token: token).status == 404)
        try await service.awaitDeletion(of: url)
    }

    @Test(
        "each kind of media gets the fields that belong to it",
        arguments: [
            ("image/orientation-6.jpg", "image", "image/jpeg", true),
            ("image/transparent.png", "image", "image/png", true),
            ("image/animated.gif", "image", "image/gif", true), ("image/picture.webp", "image", "image/webp", true),
            ("image/tiles.heic", "image", "image/heic", true), ("image/tiles.avif", "image", "image/avif", true),
            ("image/transparent.heic", "image", "image/heic", true), ("image/deep.avif", "image", "image/avif", true),
            ("video/portrait.mp4", "video", "video/mp4", true), ("voice/voice.mp3", "audio", "audio/mpeg", false),
            ("README.md", "document", "text/plain", false),
        ])
    func kinds(path: String, kind: String, mimeType: String, hasPicture: Bool) async throws {
        let service = try TestService.start()
        let response = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), files: ["file": try Sample.file(path)])
        #expect(response.status == 201, "\(response.body)")
        #expect(response.body["kind"] as? String == kind)
        #expect((response.body["mimeType"] as? String)?.hasPrefix(mimeType) == true)
        #expect((response.body["thumbnail"] is String) == hasPicture)
        #expect((response.body["dimensions"] is [String: Int]) == hasPicture)
        #expect(((response.body["blurHash"] as? String)?.count == 28) == hasPicture)
        #expect((response.body["waveforms"] is [String: Any]) == (kind == "audio"))
    }

    @Test(
        "of a JPEG only the picture is stored where the service is configured so; otherwise every byte",
        arguments: ["all", "location", "off"])
    func metadata(setting: String) async throws {
        let service = try TestService.start(["DARKROOM_STRIP_METADATA": setting])
        let original = try Data(contentsOf: try Sample.file("image/orientation-6.jpg"))
        // An XMP packet behind the start of the image, and a film behind its end.
        let packet = Data("http://ns.adobe.com/xap/1.0/\0taken at home".utf8)
        let sent =
            original.prefix(2) + [0xFF, 0xE1, 0, UInt8(packet.count + 2)] + packet + original.dropFirst(2) + packet
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jpg")
        try sent.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let response = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), files: ["file": file])
        #expect(response.status == 201, "\(response.body)")
        let url = try #require(response.body["url"] as? String)
        let copy = file.appendingPathExtension("stored")
        defer { try? FileManager.default.removeItem(at: copy) }
        _ = try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["-s", "-o", copy.path, url])
        let stored = try Data(contentsOf: copy)
        #expect(stored == (setting == "off" ? sent : original))
        #expect(response.body["fileSize"] as? Int == stored.count)
        let digest = try await Command.run(URL(fileURLWithPath: "/usr/bin/sha256sum"), [copy.path])
        #expect(response.body["sha256"] as? String == digest.output.prefix(64).description)
        #expect(response.body["dimensions"] as? [String: Int] == ["width": 480, "height": 320])
    }

    @Test("a service that is configured to strip something else does not start, and says why")
    func unknownStripping() async throws {
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["DARKROOM_STRIP_METADATA=some", Project.darkroom.path, "serve", "--listen", "127.0.0.1:0"])
        #expect(finished.status != 0)
        #expect(finished.errors.contains("DARKROOM_STRIP_METADATA") && finished.errors.contains("off, location, all"))
    }

    @Test("a kind that the file is not of is rejected with a problem document, and nothing remains")
    func wrongKind() async throws {
        let service = try TestService.start()
        let response = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), fields: ["kind": "video"],
            files: ["file": try Sample.file("voice/voice.ogg")])
        #expect(response.status == 415)
        #expect(response.headers["content-type"] == "application/problem+json")
        #expect(response.body["code"] as? String == "media_unsupported" && response.body["status"] as? Int == 415)
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test("users and conversations are provisioned once or repeatedly, and messages show a user's name")
    func directory() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        let user = #"{"name":"Alice A.","images":["https://example.org/a.png"]}"#
        #expect(try await service.call("PUT", "/v1/users/alice", token: token, json: user).status == 201)
        #expect(try await service.call("PUT", "/v1/users/alice", token: token, json: user).status == 200)
        let conversation = #"{"dialect":"bananatalk","members":["alice","bob"]}"#
        #expect(
            try await service.call("PUT", "/v1/conversations/c1", token: token, json: conversation).status == 201)
        #expect(
            try await service.call("PUT", "/v1/conversations/c1", token: token, json: conversation).status == 200)
        let sent = try await service.call(
            "POST", "/bananatalk/api/v1/messages", token: token, json: #"{"receiver":"bob","message":"hi"}"#,
            headers: ["X-On-Behalf-Of": "alice"])
        #expect(sent.status == 201, "\(sent.body)")
        #expect((sent.data["sender"] as? [String: Any])?["name"] as? String == "Alice A.")
        #expect(try await service.call("DELETE", "/v1/users/alice", token: token).status == 204)
        #expect(try await service.call("DELETE", "/v1/users/alice", token: token).status == 404)
        #expect(try await service.call("DELETE", "/v1/conversations/c1", token: token).status == 204)
    }

    @Test("a conversation is deleted in one chat system alone, which must be named where several have one of its id")
    func deletionOfOne() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        for dialect in ["rooms", "intok"] {
            let body = #"{"dialect":"\#(dialect)","members":["alice","bob"]}"#
            #expect(try await service.call("PUT", "/v1/conversations/same", token: token, json: body).status == 201)
        }
        #expect(try await service.call("DELETE", "/v1/conversations/same", token: token).status == 400)
        let other = "/v1/conversations/same?dialect=imagekit"
        #expect(try await service.call("DELETE", other, token: token).status == 404)
        let first = "/v1/conversations/same?dialect=rooms"
        #expect(try await service.call("DELETE", first, token: token).status == 204)
        #expect(try await service.call("DELETE", first, token: token).status == 404)
        #expect(try await service.call("DELETE", "/v1/conversations/same", token: token).status == 204)
    }

    @Test("what dialects show of a user may be beside the name or in the details, and nothing of it is dropped")
    func userDetails() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        func provision(_ json: String) async throws -> Answer {
            try await service.call("PUT", "/v1/users/alice", token: token, json: json)
        }
        let details = ["username": "alice_a", "displayName": "Alice", "email": "a@example.org"]
        for json in [
            #"{"name":"A","username":"alice_a","displayName":"Alice","email":"a@example.org"}"#,
            #"{"name":"A","username":"alice_a","details":{"displayName":"Alice","email":"a@example.org"}}"#,
            #"{"name":"A","username":"alice_a","details":{"username":"alice_a","displayName":"Alice","email":"a@example.org"}}"#,
        ] {
            let provisioned = try await provision(json)
            #expect(provisioned.body["details"] as? [String: String] == details, "\(provisioned.body)")
        }
        for json in [
            #"{"username":"x","details":{"username":"y"}}"#, #"{"username":5}"#, #"{"displayName":["x"]}"#,
            #"{"createdAt":"yesterday"}"#, #"{"details":5}"#,
            #"{"username":"\#(String(repeating: "x", count: 2_049))"}"#,
        ] {
            let rejected = try await provision(json)
            #expect(rejected.status == 400 && rejected.body["detail"] is String, "\(json.prefix(80)): \(rejected.body)")
        }
        let made = try await service.call(
            "POST", "/signalr/api/v1/conversations/direct", token: try service.token("bob"),
            json: #"{"participantId":"alice"}"#)
        let people = made.data["participants"] as? [[String: Any]] ?? []
        let alice = people.first { $0["_id"] as? String == "alice" || $0["userId"] as? String == "alice" }
        #expect(
            alice?["username"] as? String == "alice_a" && alice?["displayName"] as? String == "Alice", "\(made.body)")
    }
}
