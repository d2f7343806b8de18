import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Bananatalk: polls over HTTP and sockets")
struct PollTests {
    private static let path = MessageTests.path + "/poll"

    /// The ID of the conversation of alice and bob, which a message creates.
    private func conversation(on service: TestService) async throws -> String {
        let alice = try service.token("alice")
        _ = try await service.call("POST", MessageTests.path, token: alice, json: #"{"receiver":"bob","message":"hi"}"#)
        let list = try await service.call("GET", "/bananatalk/api/v1/conversations", token: alice)
        return try #require((list.body["data"] as? [[String: Any]])?.first?["_id"] as? String)
    }

    private func create(_ more: String = "", on service: TestService) async throws -> Answer {
        let conversation = try await conversation(on: service)
        let body = #"{"conversationId":"\#(conversation)","question":"Which?","options":["Go","Rust"]\#(more)}"#
        return try await service.call("POST", Self.path, token: try service.token("alice"), json: body)
    }

    @Test(
        "a poll is created, voted on and closed, and both clients are sent each step",
        .proves(
            .bananatalk, "POST /messages/poll", "GET /messages/poll/:pollId", "POST /messages/poll/:pollId/vote",
            "POST /messages/poll/:pollId/close", "event newPoll", "event pollVoteUpdate", "event pollClosed"))
    func steps() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let (creator, voter) = (
            try await SocketPeer.connect(to: service, path: "bananatalk/socket.io", auth: ["token": alice]),
            try await SocketPeer.connect(to: service, path: "bananatalk/socket.io", auth: ["token": bob])
        )
        let created = try await create(#","settings":{"showResultsBeforeVote":true},"expiresIn":86400"#, on: service)
        #expect(created.status == 201, "\(created.body)")
        let id = try #require(created.data["_id"] as? String)
        #expect(created.data["status"] as? String == "active" && created.data["expiresAt"] is String)
        for peer in [creator, voter] {
            let new = try await peer.next("newPoll")
            #expect((new["poll"] as? [String: Any])?["_id"] as? String == id && new["conversationId"] is String)
            #expect((new["message"] as? [String: Any])?["messageType"] as? String == "poll")
        }
        let path = "\(Self.path)/\(id)"
        let voted = try await service.call("POST", path + "/vote", token: bob, json: #"{"optionIndex":1}"#)
        #expect(voted.status == 200 && voted.data["totalVotes"] as? Int == 1, "\(voted.body)")
        for peer in [creator, voter] {
            let update = try await peer.next("pollVoteUpdate")
            #expect(update["pollId"] as? String == id && update["voterId"] as? String == "bob")
            let options = (update["results"] as? [String: Any])?["options"] as? [[String: Any]]
            #expect(options?.map { $0["voteCount"] as? Int } == [0, 1])
        }
        for body in [#"{"optionIndex":2}"#, #"{"optionIndex":"1"}"#, "{}"] {
            #expect(try await service.call("POST", path + "/vote", token: bob, json: body).status == 400)
        }
        #expect(try await service.call("POST", path + "/close", token: bob).status == 403)
        let closed = try await service.call("POST", path + "/close", token: alice)
        #expect(closed.data["status"] as? String == "closed" && closed.data["closedBy"] as? String == "alice")
        for peer in [creator, voter] { #expect(try await peer.next("pollClosed")["pollId"] as? String == id) }
        #expect(
            try await service.call("POST", path + "/vote", token: alice, json: #"{"optionIndex":0}"#).status == 400)
        let read = try await service.call("GET", path, token: bob)
        #expect(read.data["uniqueVoters"] as? Int == 1 && read.data["closedAt"] is String)
    }

    @Test("a poll whose time ends while the service is killed has ended after it starts, with its votes")
    func killed() async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let first = try TestService.start(data: data)
        let bob = try first.token("bob")
        let id = try #require(try await create(#","expiresIn":8"#, on: first).data["_id"] as? String)
        let voted = try await first.call("POST", "\(Self.path)/\(id)/vote", token: bob, json: #"{"optionIndex":0}"#)
        #expect(voted.status == 200)
        first.process.kill(SIGKILL)
        first.process.wait()
        let second = try TestService.start(data: data)
        try await eventually("the poll has expired") {
            try await second.call("GET", "\(Self.path)/\(id)", token: bob).data["status"] as? String == "expired"
        }
        let poll = try await second.call("GET", "\(Self.path)/\(id)", token: bob)
        #expect(poll.data["totalVotes"] as? Int == 1)
    }

    @Test("a third user and a forged token neither see a poll nor vote", .proves(.bananatalk, "access"))
    func access() async throws {
        let service = try TestService.start()
        let mallory = try service.token("mallory")
        let created = try await create(#","settings":{"allowAddOptions":true}"#, on: service)
        let id = try #require(created.data["_id"] as? String)
        let conversation = try #require(created.data["conversation"] as? String)
        let body = #"{"conversationId":"\#(conversation)","question":"?","options":["a","b"]}"#
        for (method, path, json) in [
            ("POST", "", body), ("GET", "/\(id)", nil), ("POST", "/\(id)/vote", #"{"optionIndex":0}"#),
            ("POST", "/\(id)/options", #"{"text":"x"}"#), ("POST", "/\(id)/close", nil),
        ] as [(String, String, String?)] {
            let outsider = try await service.call(method, Self.path + path, token: mallory, json: json)
            #expect(outsider.status == 403, "\(method) \(path) \(outsider.body)")
            #expect(try await service.call(method, Self.path + path, token: mallory + "x", json: json).status == 401)
        }
        let poll = try await service.call("GET", "\(Self.path)/\(id)", token: try service.token("bob"))
        #expect(poll.data["totalVotes"] as? Int == 0 && (poll.data["options"] as? [Any])?.count == 2)
        #expect(try await service.call("GET", "\(Self.path)/none", token: mallory).status == 404)
    }
}
