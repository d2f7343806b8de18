import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Messages over HTTP")
struct MessageTests {
    static let path = "/bananatalk/api/v1/messages"

    @Test(
        "an image is an attachment with a thumbnail and the dimensions that its orientation gives",
        .proves(.bananatalk, "POST /messages"), arguments: 1...8)
    func image(orientation: Int) async throws {
        let service = try TestService.start()
        let response = try await service.call(
            "POST", Self.path, token: try service.token("alice"), fields: ["receiver": "bob", "message": "see"],
            files: ["attachment": try Sample.file("image/orientation-\(orientation).jpg")])
        #expect(response.status == 201, "\(response.body)")
        #expect(response.media["type"] as? String == "image" && response.media["thumbnail"] is String)
        let upright = try await service.call(
            "POST", Self.path, token: try service.token("alice"), fields: ["receiver": "bob"],
            files: ["attachment": try Sample.file("image/orientation-1.jpg")])
        #expect(response.media["dimensions"] as? [String: Int] == upright.media["dimensions"] as? [String: Int])
    }

    @Test(
        "a conversation is read by its two members, in pages, with a reply and a forward",
        .proves(
            .bananatalk, "GET /messages/conversation/:senderId/:receiverId", "POST /messages/:id/forward",
            "POST /messages/:id/reply"))
    func conversation() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let first = try await service.sendVideo(try Sample.file("video/short.mp4"), token: alice, message: "one")
        let id = try #require(first.data["_id"] as? String)
        let reply = try await service.call("POST", "\(Self.path)/\(id)/reply", token: bob, json: #"{"message":"two"}"#)
        #expect(reply.status == 201 && (reply.data["replyTo"] as? [String: Any])?["_id"] as? String == id)
        let forward = try await service.call(
            "POST", "\(Self.path)/\(id)/forward", token: bob, json: #"{"receiverIds":["carol","dave"]}"#)
        #expect(forward.status == 201)
        let copies = try #require(forward.body["data"] as? [[String: Any]])
        #expect(copies.count == 2 && copies.allSatisfy { $0["isForwarded"] as? Bool == true })
        let page = try await service.call("GET", "\(Self.path)/conversation/alice/bob?limit=1", token: alice)
        #expect(page.status == 200 && (page.body["data"] as? [Any])?.count == 1)
        let all = try await service.call("GET", "\(Self.path)/conversation/alice/bob", token: bob)
        let texts = (all.body["data"] as? [[String: Any]])?.map { $0["message"] as? String }
        #expect(texts == ["one", "two"])
    }

    @Test(
        "deleting for all removes the objects once no forward shows them",
        .proves(.bananatalk, "DELETE /messages/:id", "event messageDeleted"))
    func deletion() async throws {
        let service = try TestService.start()
        let (alice, bob, carol) = try (service.token("alice"), service.token("bob"), service.token("carol"))
        let receiver = try await SocketClient.connect(to: service, token: bob, until: 3)
        let sent = try await service.sendVideo(try Sample.file("video/short.mp4"), token: alice)
        let (id, url) = (try #require(sent.data["_id"] as? String), try #require(sent.media["url"] as? String))
        let forward = try await service.call(
            "POST", "\(Self.path)/\(id)/forward", token: bob, json: #"{"receiverIds":["carol"]}"#)
        let copy = try #require((forward.body["data"] as? [[String: Any]])?.first?["_id"] as? String)
        let byReceiver = try await service.call("DELETE", "\(Self.path)/\(id)?forAll=true", token: bob)
        #expect(byReceiver.status == 403)
        #expect(try await service.call("DELETE", "\(Self.path)/\(id)?forAll=true", token: alice).status == 200)
        let received = try #require(await receiver.finish().events("messageDeleted").first)
        #expect(received["messageId"] as? String == id && received["senderId"] as? String == "alice")
        #expect(try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 200"))
        #expect(try await service.call("GET", "\(Self.path)/\(copy)", token: carol).status == 200)
        #expect(try await service.call("DELETE", "\(Self.path)/\(copy)?forAll=true", token: bob).status == 200)
        try await service.awaitDeletion(of: url)
        try await eventually("no file is left") { try await service.leftovers()["files"] == 0 }
    }

    @Test(
        "deleting for oneself hides the message from oneself alone",
        .proves(.bananatalk, "GET /messages/:id", "DELETE /messages/:id"))
    func hiding() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let sent = try await service.call("POST", Self.path, token: alice, json: #"{"receiver":"bob","message":"x"}"#)
        let id = try #require(sent.data["_id"] as? String)
        #expect(try await service.call("DELETE", "\(Self.path)/\(id)", token: bob).status == 200)
        #expect(try await service.call("GET", "\(Self.path)/\(id)", token: bob).status == 404)
        #expect(try await service.call("GET", "\(Self.path)/\(id)", token: alice).status == 200)
    }

    @Test(
        "a location is a message of its own kind, and an empty message is rejected",
        .proves(.bananatalk, "POST /messages"),
        arguments: ["json", "form"])
    func location(how: String) async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        let place = #"{"latitude":37.7749,"longitude":-122.4194,"address":"San Francisco, CA"}"#
        let response =
            how == "json"
            ? try await service.call(
                "POST", Self.path, token: token, json: #"{"receiver":"bob","location":\#(place)}"#)
            : try await service.call("POST", Self.path, token: token, fields: ["receiver": "bob", "location": place])
        #expect(response.status == 201, "\(response.body)")
        #expect(response.data["messageType"] as? String == "location")
        let location = try #require(response.media["location"] as? [String: Any])
        #expect(location["latitude"] as? Double == 37.7749)
        let empty = try await service.call("POST", Self.path, token: token, json: #"{"receiver":"bob"}"#)
        #expect(empty.status == 400 && empty.body["success"] as? Bool == false)
    }

    @Test(
        "a text, a place and a reply are sent by whichever form: in JSON, multipart or urlencoded",
        .proves(.bananatalk, "POST /messages"), arguments: ["multipart", "urlencoded"])
    func forms(how: String) async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        func send(_ fields: [(String, String)]) async throws -> Answer {
            how == "multipart"
                ? try await service.post(Self.path, token: token, form: fields.map { ($0.0, .text($0.1)) })
                : try await service.postEncoded(Self.path, token: token, fields)
        }
        let first = try await send([("receiver", "bob"), ("message", "grüß & 100% + x=y")])
        #expect(first.status == 201 && first.data["message"] as? String == "grüß & 100% + x=y")
        let id = try #require(first.data["_id"] as? String)
        let place = try await send([
            ("receiver", "bob"), ("replyTo", id), ("location[latitude]", "37.7749"),
            ("location[longitude]", "-122.4194"),
            ("location[placeName]", "Golden Gate Park"),
        ])
        #expect(place.status == 201 && place.data["messageType"] as? String == "location")
        #expect((place.data["replyTo"] as? [String: Any])?["_id"] as? String == id)
        let location = try #require(place.media["location"] as? [String: Any])
        #expect(location["latitude"] as? Double == 37.7749 && location["placeName"] as? String == "Golden Gate Park")
        let wrong: [[(String, String)]] = [
            [("receiver", "bob")], [("message", "x")],
            [("receiver", "bob"), ("location[latitude]", "north"), ("location[longitude]", "1")],
            [("receiver", "bob"), ("location[latitude]", "91"), ("location[longitude]", "1")],
            [("receiver", "bob"), ("location", "{}"), ("location[latitude]", "1")],
        ]
        for fields in wrong {
            let response = try await send(fields)
            #expect(response.status == 400 && response.body["success"] as? Bool == false, "\(fields): \(response.body)")
        }
    }

    @Test(
        "an attachment keeps the location that is sent with it; with an invalid location nothing of the file remains",
        .proves(.bananatalk, "POST /messages"))
    func attachmentWithPlace() async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        let picture = ("attachment", FormPart.file(try Sample.file("image/orientation-1.jpg")))
        let sent = try await service.post(
            Self.path, token: token,
            form: [
                ("receiver", .text("bob")), picture, ("location[latitude]", .text("1.5")),
                ("location[longitude]", .text("2")),
            ])
        #expect(sent.status == 201 && sent.media["type"] as? String == "image" && sent.media["url"] is String)
        #expect((sent.media["location"] as? [String: Any])?["latitude"] as? Double == 1.5)
        let rejected = try await service.post(
            Self.path, token: token,
            form: [("receiver", .text("bob")), picture, ("location", .text(#"{"latitude":91,"longitude":2}"#))])
        #expect(rejected.status == 400)
        #expect(try await service.leftoversAfterDeletion()["files"] == 4)
    }

    @Test(
        "what is wrong is reported by a status of the reference's table and a message about what was sent",
        .proves(.bananatalk, "POST /messages"))
    func table() async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        let text = String(repeating: "x", count: 300 << 10)
        let id = try #require(
            try await service.call("POST", Self.path, token: token, json: #"{"receiver":"bob","message":"x"}"#)
                .data["_id"] as? String)
        for path in [Self.path, "\(Self.path)/\(id)/reply", "\(Self.path)/\(id)/forward"] {
            let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try Data(#"{"receiver":"bob","message":"\#(text)"}"#.utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let large = try await service.call(
                "POST", path, token: token, body: file, headers: ["Content-Type": "application/json"])
            #expect(large.status == 400 && large.error?.contains("Message is too large") == true, "\(large.body)")
        }
        let method = try await service.call("PUT", Self.path, token: token, json: "{}")
        #expect(method.status == 404 && method.body["success"] as? Bool == false)
    }
}
