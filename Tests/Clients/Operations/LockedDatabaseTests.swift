import Foundation
import TestPrograms
import Testing

@Suite("A database that another process holds")
struct LockedDatabaseTests {
    /// A call that writes, and the members of its dialect's error responses.
    private struct Call {
        let path: String
        let json: String
        let rejection: Set<String>
    }

    private static let calls = [
        Call(
            path: "/bananatalk/api/v1/messages", json: #"{"receiver":"bob","message":"hi"}"#,
            rejection: ["success", "error"]),
        Call(path: "/imagekit/api/chats/or-create", json: #"{"recipientId":"bob"}"#, rejection: ["status", "message"]),
        Call(
            path: "/intok/api/conversations", json: #"{"type":"direct","participantIds":["bob"]}"#,
            rejection: ["message", "code"]),
        Call(
            path: "/signalr/api/v1/conversations/direct", json: #"{"participantId":"bob"}"#,
            rejection: ["success", "error"]),
        Call(
            path: "/rooms/api/v1/chat/rooms", json: #"{"name":"r","type":"private","participants":["bob"]}"#,
            rejection: ["success", "message"]),
    ]

    @Test(
        "every call that writes is answered 503 with Retry-After soon, nothing remains half-written, and the service continues"
    )
    func locked() async throws {
        let service = try TestService.start()
        let (alice, server) = (try service.token("alice"), try service.serviceToken())
        #expect(try await service.call("GET", "/readyz", token: nil).status == 200)
        let before = try await service.sendVideo(try Sample.file("video/short.mp4"), token: alice)
        #expect(before.status == 201)
        let kept = try await service.leftoversAfterDeletion()

        let owner = try Script(
            Python.script("hold_database.py"), [service.data.appendingPathComponent("chat.sqlite").path])
        #expect(await owner.object()?["held"] as? Bool == true)
        let clock = ContinuousClock()
        let asked = clock.now
        // The result of the last check is reused for a few seconds.
        try await eventually("/readyz says that it is not ready") {
            try await service.call("GET", "/readyz", token: nil).status == 503
        }
        #expect(clock.now - asked < .seconds(60))
        for call in Self.calls {
            let began = clock.now
            let rejected = try await service.call("POST", call.path, token: alice, json: call.json)
            try Self.check(rejected, call.path)
            #expect(call.rejection.isSubset(of: rejected.body.keys), "\(call.path): \(rejected.body)")
            #expect(clock.now - began < .seconds(60))
        }
        let provisioned = try await service.call("PUT", "/v1/users/zoe", token: server, json: #"{"name":"Zoe"}"#)
        try Self.check(provisioned, "/v1/users")
        #expect(provisioned.body["code"] as? String == "store_unavailable")
        try Self.check(
            try await service.sendVideo(try Sample.file("video/short.mp4"), token: alice), "an upload")
        let socket = try await SocketClient.connect(
            to: service, token: alice, until: 2, emitting: [("sendMessage", #"{"receiver":"bob","message":"hi"}"#)])
        let answer = await socket.finish().acknowledgement("sendMessage")
        #expect(answer?["status"] as? String == "error" && answer?["error"] is String, "\(answer ?? [:])")
        // Stored data can be read in the meantime.
        let id = try #require(before.data["_id"] as? String)
        #expect(try await service.call("GET", "/bananatalk/api/v1/messages/\(id)", token: alice).status == 200)

        try owner.say()
        #expect(await owner.object()?["held"] as? Bool == false)
        try await eventually("/readyz says that it is ready again") {
            try await service.call("GET", "/readyz", token: nil).status == 200
        }
        // Nothing of the rejected requests is stored.
        #expect(try await service.leftoversAfterDeletion() == kept)
        let page = try await service.call("GET", "/bananatalk/api/v1/messages/conversation/alice/bob", token: alice)
        #expect((page.body["data"] as? [Any])?.count == 1)
        for call in Self.calls {
            let accepted = try await service.call("POST", call.path, token: alice, json: call.json)
            #expect((200...201).contains(accepted.status), "\(call.path): \(accepted.body)")
        }
        #expect(try await service.call("PUT", "/v1/users/zoe", token: server, json: #"{"name":"Zoe"}"#).status == 201)
        #expect(try await service.sendVideo(try Sample.file("video/short.mp4"), token: alice).status == 201)
        #expect(service.process.isRunning)
    }

    private static func check(_ answer: Answer, _ call: String) throws {
        #expect(answer.status == 503, "\(call): \(answer.status) \(answer.body)")
        #expect(Int(answer.headers["retry-after"] ?? "") ?? 0 > 0, "\(call): \(answer.headers)")
    }
}
