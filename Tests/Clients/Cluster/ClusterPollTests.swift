import Foundation
import TestPrograms
import Testing

@Suite("Two nodes: polls")
struct ClusterPollTests {
    @Test("a poll that reaches its end is ended by one node, and the sockets at both receive that once")
    func once() async throws {
        let nodes = try TwoNodes()
        let alice = try nodes.first.token("alice")
        _ = try await nodes.text("first")
        let peers = [
            try await nodes.socket("alice", at: nodes.first), try await nodes.socket("bob", at: nodes.second),
        ]
        let list = try await nodes.first.call("GET", "/bananatalk/api/v1/conversations", token: alice)
        let conversation = try #require((list.body["data"] as? [[String: Any]])?.first?["_id"] as? String)
        var ids: Set<String> = []
        for number in 0..<5 {
            let created = try await nodes.first.call(
                "POST", "/bananatalk/api/v1/messages/poll", token: alice,
                json:
                    #"{"conversationId":"\#(conversation)","question":"\#(number)","options":["a","b"],"expiresIn":3}"#)
            ids.insert(try #require(created.data["_id"] as? String, "\(created.body)"))
        }
        for peer in peers {
            var received: [String] = []
            for _ in ids { received.append(try #require(try await peer.next("pollClosed")["pollId"] as? String)) }
            #expect(Set(received) == ids)
        }
        // A text that is sent now arrives behind whatever else was to come.
        _ = try await nodes.text("last")
        while let message = try await peers[1].next("newMessage")["message"] as? [String: Any] {
            if message["message"] as? String == "last" { break }
        }
        #expect(!peers[1].others.contains("pollClosed"))
    }

    @Test(
        "what a chat server in Node adds to a poll in its own collection stays, whichever node a vote is counted at",
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/nodejs/mongodb")))
    func chatServer() async throws {
        let nodes = try TwoNodes(["DARKROOM_MONGODB_COLLECTIONS": "bananatalk.polls=polls"])
        let server = try Script(
            node: "Tests/ChatTestSupport/scripts/documents.js", [try MongoServer.uri])
        defer { server.terminate() }
        let polls = "\(nodes.database)-bananatalk.polls"
        func ask(_ command: [String: Any]) async throws -> [[String: Any]] {
            try server.say(JSONSerialization.data(withJSONObject: command))
            let answer = try #require(await server.object(), "the chat server said nothing")
            try #require(answer["error"] == nil, "\(answer)")
            return answer["documents"] as? [[String: Any]] ?? []
        }
        _ = try await nodes.text()
        let (alice, bob) = try (nodes.first.token("alice"), nodes.first.token("bob"))
        let list = try await nodes.first.call("GET", "/bananatalk/api/v1/conversations", token: alice)
        let conversation = try #require((list.body["data"] as? [[String: Any]])?.first?["_id"] as? String)
        let path = "/bananatalk/api/v1/messages/poll"
        let created = try await nodes.first.call(
            "POST", path, token: alice,
            json: #"{"conversationId":"\#(conversation)","question":"?","options":["a","b"]}"#)
        let id = try #require(created.data["_id"] as? String, "\(created.body)")
        let chosen: [String: Any] = ["_id": ["$oid": id]]
        _ = try await ask([
            "update": polls, "filter": chosen, "with": ["$set": ["channel": "news", "options.1.picture": "b.jpg"]],
        ])
        for (node, token, option) in [(nodes.second, bob, 1), (nodes.first, alice, 0)] {
            let voted = try await node.call(
                "POST", "\(path)/\(id)/vote", token: token, json: #"{"optionIndex":\#(option)}"#)
            #expect(voted.status == 200, "\(voted.body)")
        }
        let kept = try #require(try await ask(["find": polls, "filter": chosen]).first)
        let options = try #require(kept["options"] as? [[String: Any]])
        #expect(kept["channel"] as? String == "news" && kept["totalVotes"] as? Int == 2, "\(kept)")
        #expect(options.map { $0["voteCount"] as? Int } == [1, 1] && options[1]["picture"] as? String == "b.jpg")
    }
}
