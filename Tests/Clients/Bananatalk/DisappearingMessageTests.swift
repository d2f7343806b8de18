import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Disappearing messages over HTTP and sockets")
struct DisappearingMessageTests {
    @Test(
        "both clients receive that a message disappears, was read, and is gone",
        .proves(
            .bananatalk, "POST /messages/disappearing", "POST /messages/:id/trigger-destruct",
            "event newDisappearingMessage", "event disappearingMessageRead", "event messageDestructTriggered",
            "event messageAutoDeleted"))
    func events() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let (sender, receiver) = (
            try await SocketPeer.connect(to: service, path: "bananatalk/socket.io", auth: ["token": alice]),
            try await SocketPeer.connect(to: service, path: "bananatalk/socket.io", auth: ["token": bob])
        )
        let sent = try await service.call(
            "POST", MessageTests.path + "/disappearing", token: alice,
            json: #"{"receiver":"bob","message":"This will self-destruct","destructTimer":1,"expiresIn":3600}"#)
        #expect(sent.status == 201, "\(sent.body)")
        let id = try #require(sent.data["_id"] as? String)
        let announced = try await receiver.next("newDisappearingMessage")
        #expect((announced["message"] as? [String: Any])?["_id"] as? String == id)
        #expect(announced["destructTimer"] as? Int == 1 && announced["expiresAt"] is String)
        let path = "\(MessageTests.path)/\(id)"
        let triggered = try await service.call("POST", path + "/trigger-destruct", token: bob)
        #expect(triggered.status == 200 && triggered.data["destructAt"] is String)
        let read = try await sender.next("disappearingMessageRead")
        #expect(read["messageId"] as? String == id && read["readBy"] as? String == "bob" && read["readAt"] is String)
        for peer in [sender, receiver] {
            let started = try await peer.next("messageDestructTriggered")
            #expect(started["destructAt"] as? String == triggered.data["destructAt"] as? String)
            #expect(try await peer.next("messageAutoDeleted")["messageId"] as? String == id)
        }
        let gone = try await service.call("GET", path, token: bob)
        #expect(gone.data["isDeleted"] as? Bool == true && gone.data["message"] as? String == "")
    }

    @Test("a message whose time ends while the service is killed is gone after it starts, with its file")
    func killed() async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let first = try TestService.start(data: data)
        let (alice, bob) = try (first.token("alice"), first.token("bob"))
        let text = try await first.call(
            "POST", MessageTests.path + "/disappearing", token: alice,
            json: #"{"receiver":"bob","message":"x","destructTimer":100,"expiresIn":8}"#)
        let list = try await first.call("GET", "/bananatalk/api/v1/conversations", token: alice)
        let conversation = try #require((list.body["data"] as? [[String: Any]])?.first?["_id"] as? String)
        let secret = try await first.call(
            "POST", "/bananatalk/api/v1/conversations/\(conversation)/secret", token: alice,
            json: #"{"destructTimer":1}"#)
        #expect(secret.status == 200)
        let video = try await first.sendVideo(try Sample.file("video/short.mp4"), token: alice)
        #expect((video.data["selfDestruct"] as? [String: Any])?["destructTimer"] as? Int == 1, "\(video.body)")
        let read = try await first.call(
            "PUT", "/bananatalk/api/v1/conversations/\(conversation)/read", token: bob)
        #expect(read.data["markedCount"] as? Int == 2)
        first.process.kill(SIGKILL)
        first.process.wait()

        let second = try TestService.start(data: data)
        for answer in [text, video] {
            let id = try #require(answer.data["_id"] as? String)
            try await eventually("the message is deleted") {
                try await second.call("GET", "\(MessageTests.path)/\(id)", token: alice).data["isDeleted"] as? Bool
                    == true
            }
        }
        try await eventually("no file is left") { try await second.leftovers()["files"] == 0 }
    }

    @Test(
        "no one but the receiver starts the timer, and a forged token does nothing", .proves(.bananatalk, "access"))
    func access() async throws {
        let service = try TestService.start()
        let alice = try service.token("alice")
        let body = #"{"receiver":"bob","message":"x","destructTimer":1}"#
        let sent = try await service.call("POST", MessageTests.path + "/disappearing", token: alice, json: body)
        let id = try #require(sent.data["_id"] as? String)
        let forged = String(alice.dropLast(8)) + "AAAAAAAA"
        for (token, status) in [(alice, 403), (try service.token("mallory"), 403), (forged, 401)] {
            let answer = try await service.call("POST", "\(MessageTests.path)/\(id)/trigger-destruct", token: token)
            #expect(answer.status == status && answer.body["success"] as? Bool == false)
        }
        let rejected = try await service.call("POST", MessageTests.path + "/disappearing", token: forged, json: body)
        #expect(rejected.status == 401)
        let kept = try await service.call("GET", "\(MessageTests.path)/\(id)", token: alice)
        #expect((kept.data["selfDestruct"] as? [String: Any])?["destructAt"] == nil)
    }
}
