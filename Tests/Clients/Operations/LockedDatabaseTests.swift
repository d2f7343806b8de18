import Foundation
import TestPrograms
import Testing

@Suite("A database that another process holds")
struct LockedDatabaseTests {
    /// A call that writes, and the members that its dialect's refusals have.
    private struct Call {
        let path: String
        let json: String
        let refusal: Set<String>
    }

    private static let calls = [
        Call(
            path: "/bananatalk/api/v1/messages", json: #"{"receiver":"bob","message":"hi"}"#,
            refusal: ["success", "error"]),
        Call(path: "/imagekit/api/chats/or-create", json: #"{"recipientId":"bob"}"#, refusal: ["status", "message"]),
        Call(
            path: "/intok/api/conversations", json: #"{"type":"direct","participantIds":["bob"]}"#,
            refusal: ["message", "code"]),
        Call(
            path: "/signalr/api/v1/conversations/direct", json: #"{"participantId":"bob"}"#,
            refusal: ["success", "error"]),
        Call(
            path: "/rooms/api/v1/chat/rooms", json: #"{"name":"r","type":"private","participants":["bob"]}"#,
            refusal: ["success", "message"]),
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
        let kept = try await service.leftoversWhenSwept()

        let owner = try Script(
            Python.script("hold_database.py"), [service.data.appendingPathComponent("chat.sqlite").path])
        #expect(await owner.object()?["held"] as? Bool == true)
        let clock = ContinuousClock()
        let asked = clock.now
        // What was said of the store a moment ago is said again for a while.
        try await eventually("/readyz says that it is not ready") {
            try await service.call("GET", "/readyz", token: nil).status == 503
        }
        #expect(clock.now - asked < .seconds(15))
        for call in Self.calls {
            let began = clock.now
            let refused = try await service.call("POST", call.path, token: alice, json: call.json)
            try Self.check(refused, call.path)
            #expect(call.refusal.isSubset(of: refused.body.keys), "\(call.path): \(refused.body)")
            #expect(clock.now - began < .seconds(15))
        }
        let told = try await service.call("PUT", "/v1/users/zoe", token: server, json: #"{"name":"Zoe"}"#)
        try Self.check(told, "/v1/users")
        #expect(told.body["code"] as? String == "store_unavailable")
        try Self.check(
            try await service.sendVideo(try Sample.file("video/short.mp4"), token: alice), "an upload")
        let socket = try await SocketClient.connect(
            to: service, token: alice, until: 2, emitting: [("sendMessage", #"{"receiver":"bob","message":"hi"}"#)])
        let answer = await socket.finish().acknowledgement("sendMessage")
        #expect(answer?["status"] as? String == "error" && answer?["error"] is String, "\(answer ?? [:])")
        // What is there can be read meanwhile.
        let id = try #require(before.data["_id"] as? String)
        #expect(try await service.call("GET", "/bananatalk/api/v1/messages/\(id)", token: alice).status == 200)

        try owner.say()
        #expect(await owner.object()?["held"] as? Bool == false)
        try await eventually("/readyz says that it is ready again") {
            try await service.call("GET", "/readyz", token: nil).status == 200
        }
        // Nothing of what was refused is there.
        #expect(try await service.leftoversWhenSwept() == kept)
        let page = try await service.call("GET", "/bananatalk/api/v1/messages/conversation/alice/bob", token: alice)
        #expect((page.body["data"] as? [Any])?.count == 1)
        for call in Self.calls {
            let taken = try await service.call("POST", call.path, token: alice, json: call.json)
            #expect((200...201).contains(taken.status), "\(call.path): \(taken.body)")
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
