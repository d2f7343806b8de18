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
        let answer = try await service.call(
            "POST", Self.path, token: try service.token("alice"), fields: ["receiver": "bob", "message": "see"],
            files: ["attachment": try Sample.file("image/orientation-\(orientation).jpg")])
        #expect(answer.status == 201, "\(answer.body)")
        #expect(answer.media["type"] as? String == "image" && answer.media["thumbnail"] is String)
        let upright = try await service.call(
            "POST", Self.path, token: try service.token("alice"), fields: ["receiver": "bob"],
            files: ["attachment": try Sample.file("image/orientation-1.jpg")])
        #expect(answer.media["dimensions"] as? [String: Int] == upright.media["dimensions"] as? [String: Int])
    }

    @Test(
        "a conversation is read by its two, in pages; a reply and a forward stand in it",
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
        let told = try #require(await receiver.finish().events("messageDeleted").first)
        #expect(told["messageId"] as? String == id && told["senderId"] as? String == "alice")
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
        "a place is a message of its own kind, and an empty message is refused", .proves(.bananatalk, "POST /messages"),
        arguments: ["json", "form"])
    func location(how: String) async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        let place = #"{"latitude":37.7749,"longitude":-122.4194,"address":"San Francisco, CA"}"#
        let answer =
            how == "json"
            ? try await service.call(
                "POST", Self.path, token: token, json: #"{"receiver":"bob","location":\#(place)}"#)
            : try await service.call("POST", Self.path, token: token, fields: ["receiver": "bob", "location": place])
        #expect(answer.status == 201, "\(answer.body)")
        #expect(answer.data["messageType"] as? String == "location")
        let location = try #require(answer.media["location"] as? [String: Any])
        #expect(location["latitude"] as? Double == 37.7749)
        let empty = try await service.call("POST", Self.path, token: token, json: #"{"receiver":"bob"}"#)
        #expect(empty.status == 400 && empty.body["success"] as? Bool == false)
    }
}
