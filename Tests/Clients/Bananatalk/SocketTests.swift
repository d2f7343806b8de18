import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("python-socketio clients")
struct SocketTests {
    @Test(
        "a receiver is notified of a video, and the sender's devices that it was sent",
        .proves(.bananatalk, "event newMessage", "event messageSent"),
        arguments: SocketClient.Transport.allCases)
    func newMessage(transport: SocketClient.Transport) async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice", name: "Alice"), service.token("bob"))
        let receiver = try await SocketClient.connect(to: service, token: bob, transport: transport, until: 1)
        let device = try await SocketClient.connect(to: service, token: alice, transport: transport, until: 1)
        #expect(receiver.greeting["connected"] is String && device.greeting["connected"] is String)
        let response = try await service.sendVideo(try Sample.file("video/short.mp4"), token: alice)
        let received = try #require(await receiver.finish().events("newMessage").first)
        #expect(received["senderId"] as? String == "alice")
        #expect(received["unreadCount"] as? Int == 1)
        let message = try #require(received["message"] as? [String: Any])
        #expect(message["_id"] as? String == response.data["_id"] as? String)
        #expect((message["media"] as? [String: Any])?["type"] as? String == "video")
        let sent = try #require(await device.finish().events("messageSent").first)
        #expect(sent["receiverId"] as? String == "bob")
        #expect((sent["message"] as? [String: Any])?["_id"] as? String == response.data["_id"] as? String)
    }

    @Test("a receiver is notified of a voice message with its duration", .proves(.bananatalk, "event newVoiceMessage"))
    func newVoiceMessage() async throws {
        let service = try TestService.start()
        let alice = try service.token("alice")
        let receiver = try await SocketClient.connect(to: service, token: try service.token("bob"), until: 2)
        let response = try await service.call(
            "POST", "/bananatalk/api/v1/messages/voice", token: alice, fields: ["receiver": "bob"],
            files: ["voice": try Sample.file("voice/voice.m4a")])
        #expect(response.status == 201, "\(response.body)")
        let received = try #require(await receiver.finish().events("newVoiceMessage").first)
        #expect(received["duration"] as? Double == response.media["duration"] as? Double)
        #expect((received["message"] as? [String: Any])?["messageType"] as? String == "voice")
    }

    @Test(
        "sendMessage is acknowledged with the message, markAsRead with the count",
        .proves(.bananatalk, "event sendMessage", "event markAsRead"),
        arguments: [
            SocketClient.Transport.polling, .websocket,
        ])
    func acknowledgements(transport: SocketClient.Transport) async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let sender = try await SocketClient.connect(
            to: service, token: alice, transport: transport, until: 2,
            emitting: [("sendMessage", #"{"receiver":"bob","message":"hello"}"#)])
        let clientOutput = await sender.finish()
        let acknowledged = try #require(clientOutput.acknowledgement("sendMessage"))
        #expect(acknowledged["status"] as? String == "success")
        #expect((acknowledged["message"] as? [String: Any])?["message"] as? String == "hello")
        let reader = try await SocketClient.connect(
            to: service, token: bob, transport: transport, until: 1,
            emitting: [("markAsRead", #"{"senderId":"alice"}"#)])
        #expect(await reader.finish().acknowledgement("markAsRead")?["markedCount"] as? Int == 1)
    }

    @Test(
        "a token that is forged, expired or of the algorithm none is rejected on HTTP and on the socket",
        .proves(.bananatalk, "access", "event authError"),
        arguments: [
            "forged", "expired", "none", "future", "rs256", "garbage",
        ])
    func rejectedTokens(kind: String) async throws {
        let service = try TestService.start(["JWT_SECRET": "a secret of the chat server"])
        let made = try await Python.run("make_token.py", [kind, "a secret of the chat server"])
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(made.status == 0 && !token.isEmpty, "\(made.errors)")
        let response = try await service.sendVideo(try Sample.file("video/short.mp4"), token: token)
        #expect(response.status == 401)
        #expect(response.body["success"] as? Bool == false)
        for transport in [SocketClient.Transport.polling, .websocket] {
            let ran = try await Python.run(
                "rejected_connection.py",
                [service.base, "bananatalk/socket.io", token, "--transport", transport.rawValue])
            try #require(ran.status == 0, "\(ran.errors)")
            let receivedEvents = try #require(try ran.json() as? [String: Any])
            #expect(((receivedEvents["authError"] as? [String: Any])?["message"] as? String)?.contains("token") == true)
            #expect(receivedEvents["connected"] as? Int == 1)
            #expect(receivedEvents["others"] as? [String] == [])
        }
    }

    @Test(
        "tokens that PyJWT makes are accepted: HS256 by secret, RS256 and ES256 by key file",
        arguments: [
            "good", "good-rs256", "good-es256",
        ])
    func goodTokens(kind: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keyFile = folder.appendingPathComponent("key.pem").path
        let made = try await Python.run("make_token.py", [kind, "a secret of the chat server", keyFile])
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(made.status == 0, "\(made.errors)")
        var environment = ["JWT_SECRET": "a secret of the chat server"]
        if kind != "good" { environment["JWT_PUBLIC_KEY_FILE"] = keyFile }
        let service = try TestService.start(environment)
        let response = try await service.call("GET", "/bananatalk/api/v1/messages/video-config", token: token)
        #expect(response.status == 200)
    }
}
