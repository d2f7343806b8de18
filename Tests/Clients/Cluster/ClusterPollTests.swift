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
}
