import Foundation
import TestPrograms
import Testing

@Suite("Events that were given up")
struct DeadLetterTests {
    /// A service with a message whose receiver was not connected, and a dead letter of its event. Returns the message's ID.
    private func serviceWithDeadLetter() async throws -> (TestService, message: String) {
        let service = try TestService.start()
        let sent = try await service.call(
            "POST", "/bananatalk/api/v1/messages", token: try service.token("alice"),
            json: #"{"receiver":"bob","message":"words"}"#)
        let message = try #require(sent.data["_id"] as? String, "\(sent.body)")
        let written = try await Python.run("dead_letter.py", [service.data.path, message, "alice", "bob"])
        try #require(written.status == 0, "\(written.errors)")
        return (service, message)
    }

    private func receive(_ message: String, at socket: SocketPeer) async throws {
        let received = try await socket.next("newMessage")["message"] as? [String: Any]
        #expect(received?["_id"] as? String == message)
    }

    @Test("are listed over the native API, without what users have written, and delivered when they are replayed")
    func api() async throws {
        let (service, message) = try await serviceWithDeadLetter()
        let token = try service.serviceToken()
        let socket = try await SocketPeer.connect(
            to: service, path: "bananatalk/socket.io", auth: ["token": try service.token("bob")])
        let list = try await service.call("GET", "/v1/outbox", token: token)
        let letter = try #require((list.body["deadLetters"] as? [[String: Any]])?.first, "\(list.body)")
        #expect(letter["id"] as? String == "1000000" && letter["reason"] as? String == "it was rejected")
        #expect(letter["event"] as? String == "newMessage" && letter["recipient"] as? String == "bob")
        #expect(letter["message"] as? String == message && letter["attempts"] as? Int == 12)
        #expect(letter["payload"] == nil && list.body["moreAfter"] is NSNull)
        let none = try await service.call(
            "POST", "/v1/outbox/replay", token: token, json: #"{"ids":["7"]}"#)
        #expect(none.status == 200 && none.body["replayed"] as? Int == 0)
        let replayed = try await service.call(
            "POST", "/v1/outbox/replay", token: token, json: #"{"ids":["1000000"]}"#)
        #expect(replayed.status == 200 && replayed.body["replayed"] as? Int == 1, "\(replayed.body)")
        try await receive(message, at: socket)
        let empty = try await service.call("GET", "/v1/outbox", token: token)
        #expect((empty.body["deadLetters"] as? [Any])?.isEmpty == true)
    }

    @Test("are not replayed by a body that does not say which, and shown to no user")
    func rejected() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        for body in ["{}", #"{"ids":[]}"#, #"{"ids":[1]}"#, #"{"ids":["x"]}"#, #"{"ids":["1"],"all":true}"#, "[]"] {
            let answer = try await service.call("POST", "/v1/outbox/replay", token: token, json: body)
            #expect(
                answer.status == 400 && answer.body["code"] as? String == "invalid_field", "\(body): \(answer.body)")
        }
        for limit in ["0", "101", "x"] {
            #expect(try await service.call("GET", "/v1/outbox?limit=\(limit)", token: token).status == 400)
        }
        let user = try service.token("alice")
        #expect(try await service.call("GET", "/v1/outbox", token: user).status == 403)
        #expect(try await service.call("POST", "/v1/outbox/replay", token: user, json: #"{"all":true}"#).status == 403)
    }

    @Test("are listed by the command, and replayed beside the running service, which delivers them")
    func command() async throws {
        let (service, message) = try await serviceWithDeadLetter()
        let socket = try await SocketPeer.connect(
            to: service, path: "bananatalk/socket.io", auth: ["token": try service.token("bob")])
        func outbox(_ arguments: String...) async throws -> (status: Int32, output: String) {
            let finished = try await Command.run(
                Project.darkroom, ["outbox"] + arguments + ["--data", service.data.path])
            return (finished.status, finished.output)
        }
        let list = try await outbox("list")
        #expect(list.status == 0 && list.output.contains("1000000\tbananatalk\tnewMessage\tuser bob"), "\(list.output)")
        let json = try await outbox("list", "--json").output
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(object?["id"] as? String == "1000000")
        for wrong in [["replay"], ["replay", "x"], ["replay", "1", "--all"], ["list", "1"], ["other"], []] {
            let finished = try await Command.run(
                Project.darkroom, ["outbox"] + wrong + ["--data", service.data.path])
            #expect(finished.status == 2, "\(wrong)")
        }
        let replayed = try await outbox("replay", "--all")
        #expect(replayed.status == 0 && replayed.output == "1 replayed\n")
        try await receive(message, at: socket)
        #expect(try await outbox("list").output.contains("no dead letters"))
    }
}
