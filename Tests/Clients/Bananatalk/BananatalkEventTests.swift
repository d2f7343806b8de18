import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Bananatalk: events of clients")
struct BananatalkEventTests {
    private static let path = "/bananatalk/api/v1/messages"

    private func text(from user: String, to receiver: String, on service: TestService) async throws -> String {
        let sent = try await service.call(
            "POST", Self.path, token: try service.token(user), json: #"{"receiver":"\#(receiver)","message":"words"}"#)
        return try #require(sent.data["_id"] as? String)
    }

    @Test(
        "that a voice message was listened to is sent to its sender, once",
        .proves(.bananatalk, "event voiceMessageListened"))
    func listened() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let sent = try await service.call(
            "POST", "\(Self.path)/voice", token: alice, fields: ["receiver": "bob"],
            files: ["voice": try Sample.file("voice/voice.m4a")])
        let id = try #require(sent.data["_id"] as? String)
        let sender = try await SocketClient.connect(to: service, token: alice, until: 2)
        let receivedEvents = (event: "voiceMessageListened", data: #"{"messageId":"\#(id)"}"#)
        let listener = try await SocketClient.connect(
            to: service, token: bob, until: 3,
            emitting: [receivedEvents, receivedEvents, ("typing", #"{"receiver":"alice"}"#)].map { ($0.0, $0.1) })
        #expect(await listener.finish().acknowledgement("typing")?["status"] as? String == "success")
        let received = await sender.finish()
        #expect(received.events("voiceMessageListened").count == 1)
        let fact = try #require(received.events("voiceMessageListened").first)
        #expect(fact["messageId"] as? String == id && fact["listenedBy"] as? String == "bob")
    }

    @Test(
        "deleteMessage is acknowledged and sent to the other; a message of others is left alone",
        .proves(.bananatalk, "event deleteMessage", "event messageDeleted", "event messageError"))
    func deletion() async throws {
        let service = try TestService.start()
        let id = try await text(from: "alice", to: "bob", on: service)
        let delete = [("deleteMessage", #"{"messageId":"\#(id)","forAll":true}"#)]
        let mallory = try await SocketClient.connect(
            to: service, token: try service.token("mallory"), until: 2, emitting: delete)
        let rejected = await mallory.finish()
        #expect(rejected.events("messageError").first?["error"] is String)
        #expect(rejected.acknowledgement("deleteMessage")?["status"] as? String == "error")
        let bob = try await SocketClient.connect(to: service, token: try service.token("bob"), until: 1)
        let alice = try await SocketClient.connect(
            to: service, token: try service.token("alice"), until: 2, emitting: delete)
        #expect(await alice.finish().acknowledgement("deleteMessage")?["status"] as? String == "success")
        let received = await bob.finish().events("messageDeleted")
        #expect(received.first?["messageId"] as? String == id && received.first?["senderId"] as? String == "alice")
    }

    @Test(
        "typing and stopTyping are sent to the receiver", .proves(.bananatalk, "event typing", "event stopTyping"))
    func typing() async throws {
        let service = try TestService.start()
        _ = try await text(from: "bob", to: "alice", on: service)
        let bob = try await SocketClient.connect(to: service, token: try service.token("bob"), until: 2)
        let alice = try await SocketClient.connect(
            to: service, token: try service.token("alice"), until: 2,
            emitting: [("typing", #"{"receiver":"bob"}"#), ("stopTyping", #"{"receiver":"bob"}"#)])
        _ = await alice.finish()
        let received = await bob.finish()
        #expect(received.events("userTyping").first?["userId"] as? String == "alice")
        #expect(received.events("userStoppedTyping").first?["isTyping"] as? Bool == false)
    }

    @Test(
        "a message that cannot be sent is reported as messageError", .proves(.bananatalk, "event messageError"),
        arguments: [#"{"receiver":"bob"}"#, #"{"message":"x"}"#, #"{"receiver":"alice","message":"x"}"#, "[]", "5"])
    func messageError(data: String) async throws {
        let service = try TestService.start()
        let alice = try await SocketClient.connect(
            to: service, token: try service.token("alice"), until: 2, emitting: [("sendMessage", data)])
        let clientOutput = await alice.finish()
        #expect((clientOutput.events("messageError").first?["error"] as? String)?.isEmpty == false)
        #expect(clientOutput.acknowledgement("sendMessage")?["status"] as? String == "error")
    }

    @Test("a connected client receives ping", .proves(.bananatalk, "event ping"))
    func ping() async throws {
        let service = try TestService.start()
        let client = try await SocketClient.connect(
            to: service, token: try service.token("alice"), until: 1, first: [("pong", "{}", "ping")],
            emitting: [("getUserStatus", #"{"userId":"bob"}"#)])
        #expect(client.greeting["connected"] is String)
        #expect(await client.finish().acknowledgement("getUserStatus")?["status"] as? String == "success")
    }

    @Test("a token that expires while connected is reported as authError", .proves(.bananatalk, "event authError"))
    func expiry() async throws {
        let service = try TestService.start()
        let token = try service.token("alice", lifetime: 10)
        let client = try await SocketClient.connect(to: service, token: token, until: 1)
        try #require(client.greeting["connected"] is String)
        #expect(await client.finish().events("authError").first?["message"] is String)
    }
}
