import Foundation
import TestPrograms
import Testing

@Suite("Two nodes: disappearing messages")
struct ClusterDisappearingTests {
    @Test("a message that is due is deleted once, and the sockets at both nodes receive that once")
    func once() async throws {
        let nodes = try TwoNodes()
        let alice = try nodes.first.token("alice")
        let peers = [
            try await nodes.socket("alice", at: nodes.first), try await nodes.socket("bob", at: nodes.second),
        ]
        var ids: Set<String> = []
        for number in 0..<5 {
            let sent = try await nodes.first.call(
                "POST", "/bananatalk/api/v1/messages/disappearing", token: alice,
                json: #"{"receiver":"bob","message":"\#(number)","destructTimer":100,"expiresIn":3}"#)
            ids.insert(try #require(sent.data["_id"] as? String, "\(sent.body)"))
        }
        for peer in peers {
            var received: [String] = []
            for _ in ids {
                received.append(try #require(try await peer.next("messageAutoDeleted")["messageId"] as? String))
            }
            #expect(Set(received) == ids)
        }
        // A text that is sent now arrives behind whatever else was to come.
        _ = try await nodes.text("last")
        #expect(try await peers[1].next("newMessage")["senderId"] as? String == "alice")
        while let message = try await peers[1].next("newMessage")["message"] as? [String: Any] {
            if message["message"] as? String == "last" { break }
        }
        #expect(!peers[1].others.contains("messageAutoDeleted"))
    }
}
