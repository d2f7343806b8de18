import Foundation
import TestPrograms
import Testing

@Suite("Idempotency-Key")
struct IdempotencyTests {
    private struct AtOnce: Decodable {
        var statuses: [String: Int]
        var ids: [String]
        var replayed: Int
    }

    private struct Again: Decodable {
        var requests: Int
        var ids: Int
        var changed: [String]
        var failed: [Int]
    }

    /// Sends fifty requests at once, to each of `services` in turn.
    private func atOnce(
        _ path: String, to services: [TestService], token: String, key: String = "k",
        _ body: [String]
    ) async throws -> AtOnce {
        let urls = services.map { $0.base + path }.joined(separator: ",")
        let finished = try await Python.run(
            "keyed_requests.py", ["at-once", "50", urls, token, key] + body)
        return try JSONDecoder().decode(AtOnce.self, from: Data(finished.output.utf8))
    }

    @Test("fifty requests at once with one key send one message, and all get its answer")
    func message() async throws {
        let service = try TestService.start()
        let body = #"{"receiver":"bob","message":"once"}"#
        let answers = try await atOnce(
            "/bananatalk/api/v1/messages", to: [service], token: try service.token("alice"), ["--json", body])
        #expect(answers.statuses == ["201": 50] && answers.ids.count == 1, "\(answers)")
        #expect(answers.replayed == 49)
        let left = try await service.leftovers()
        #expect(left["messages"] == 1, "\(left)")
    }

    @Test("fifty uploads at once with one key make one medium, although each form has a boundary of its own")
    func medium() async throws {
        let service = try TestService.start()
        let file = try Sample.file("image/orientation-6.jpg")
        let answers = try await atOnce(
            "/v1/media", to: [service], token: try service.serviceToken(), ["--file", "file", file.path])
        #expect(answers.statuses == ["201": 50] && answers.ids.count == 1, "\(answers)")
        let left = try await service.leftoversAfterDeletion()
        #expect(left["media_items"] == 1, "\(left)")
    }

    @Test("fifty requests at once over two nodes that share MongoDB send one message")
    func twoNodes() async throws {
        let nodes = try TwoNodes()
        let token = try nodes.first.token("alice")
        let body = #"{"receiver":"bob","message":"once"}"#
        for key in ["a", "b"] {
            let answers = try await atOnce(
                "/bananatalk/api/v1/messages", to: [nodes.first, nodes.second], token: token, key: key,
                ["--json", body])
            #expect(answers.statuses == ["201": 50] && answers.ids.count == 1, "\(answers)")
        }
        let list = try await nodes.first.call("GET", "/bananatalk/api/v1/messages/conversation/alice/bob", token: token)
        #expect((list.body["data"] as? [Any])?.count == 2, "\(list.body)")
    }

    @Test("a retry after kill -9 at any moment sends no second message")
    func killed() async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        let state = data.appendingPathExtension("keys")
        defer {
            try? FileManager.default.removeItem(at: data)
            try? FileManager.default.removeItem(at: state)
        }
        // Each is kept: a service that is released deletes its folder.
        var services = [try TestService.start(data: data)]
        let arguments = [try services[0].token("alice"), "bob", state.path]
        // With MongoDB it takes half a minute until a process counts as ended.
        for round in 1...(TestService.usesMongoDB ? 2 : 8) {
            let killed = services[round - 1]
            _ = try await Python.run(
                "keyed_requests.py", ["until-killed", killed.base] + arguments + [String(killed.process.identifier)])
            _ = killed.process.wait()
            let service = try TestService.start(data: data)
            services.append(service)
            let finished = try await Python.run("keyed_requests.py", ["again", service.base] + arguments)
            let again = try JSONDecoder().decode(Again.self, from: Data(finished.output.utf8))
            #expect(again.failed == [] && again.changed == [] && again.ids == again.requests, "\(again)")
            #expect(try await service.leftovers()["messages"] == again.requests)
        }
    }

    @Test("another body, another path and another caller are told apart, in the errors of each chat system")
    func errors() async throws {
        let service = try TestService.start()
        let bodies = [
            ("/bananatalk/api/v1/messages", #"{"receiver":"bob","message":"A"}"#, "B"),
            ("/rooms/api/v1/chat/rooms", #"{"name":"A","type":"group","participants":["bob"],"activityId":"a"}"#, "C"),
            ("/signalr/api/v1/conversations/group", #"{"name":"A","participantIds":["bob"]}"#, "D"),
            ("/intok/api/conversations", #"{"type":"group","name":"A","participantIds":["bob"]}"#, "E"),
        ]
        for (path, body, name) in bodies {
            func post(_ body: String, as user: String = "alice", key: String = "k-\(name)") async throws -> Answer {
                try await service.call(
                    "POST", path, token: try service.token(user), json: body, headers: ["Idempotency-Key": key])
            }
            let first = try await post(body)
            #expect([200, 201].contains(first.status), "\(path): \(first.body)")
            let again = try await post(body)
            #expect(again.status == first.status && again.headers["idempotency-replayed"] == "true", "\(path)")
            #expect(NSDictionary(dictionary: again.body) == NSDictionary(dictionary: first.body), "\(path)")
            let other = try await post(body.replacingOccurrences(of: "\"A\"", with: "\"\(name)\""))
            #expect(other.status == 422, "\(path): \(other.body)")
            #expect("\(other.body)".contains("Idempotency-Key"), "\(path): \(other.body)")
            let bob = try await post(body.replacingOccurrences(of: "bob", with: "alice"), as: "bob")
            #expect(bob.status == first.status && bob.headers["idempotency-replayed"] == nil, "\(path): \(bob.body)")
            #expect(try await post(body, key: "a b").status == 400)
        }
        // The key belongs to the caller, whatever it was used for.
        let path = try await service.call(
            "POST", "/rooms/api/v1/chat/rooms", token: try service.token("alice"), json: bodies[1].1,
            headers: ["Idempotency-Key": "k-B"])
        #expect(path.status == 422)
    }

    @Test("uploads, resumable uploads and webhooks are made once; a failed call leaves the key free")
    func native() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        for (path, body) in [
            ("/v1/uploads", #"{"contentType":"image/jpeg","size":1000}"#),
            ("/v1/webhooks", #"{"url":"https://example.com/hook"}"#),
        ] {
            func post(_ body: String, user: String? = nil) async throws -> Answer {
                var headers = ["Idempotency-Key": "key"]
                headers["X-On-Behalf-Of"] = user
                return try await service.call("POST", path, token: token, json: body, headers: headers)
            }
            #expect(try await post("{}", user: "u" + path.suffix(4)).status == 400)
            let first = try await post(body, user: "u" + path.suffix(4))
            let second = try await post(body, user: "u" + path.suffix(4))
            #expect(first.status == 201 && second.status == 201, "\(first.body)")
            #expect(first.body["id"] as? String == second.body["id"] as? String)
            #expect(first.body["secret"] as? String == second.body["secret"] as? String)
            let third = try await post(body, user: "other" + path.suffix(4))
            #expect(third.status == 201 && third.body["id"] as? String != first.body["id"] as? String)
        }
        func tus(_ length: Int) async throws -> Answer {
            try await service.call(
                "POST", "/v1/tus", token: token,
                headers: ["Idempotency-Key": "tus", "Tus-Resumable": "1.0.0", "Upload-Length": "\(length)"])
        }
        let upload = try await tus(100)
        #expect(upload.status == 201)
        #expect(try await tus(100).headers["location"] == upload.headers["location"])
        #expect(try await tus(101).status == 422)
    }
}
