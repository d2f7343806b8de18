import Foundation
import TestPrograms
import Testing

@Suite("Two nodes: who delivers")
struct ClusterOutboxTests {
    private func text(_ text: String, at service: TestService, of nodes: TwoNodes) async throws -> String? {
        let answer = try await service.call(
            "POST", "/bananatalk/api/v1/messages", token: try nodes.first.token("alice"),
            json: #"{"receiver":"bob","message":"\#(text)"}"#)
        guard answer.status == 201 else { throw ProgramFailure("\(answer.status): \(answer.body)") }
        return answer.data["_id"] as? String
    }

    /// The ID of the next message that a socket receives and that is not in `known`: an event may arrive twice.
    private func next(_ socket: SocketPeer, except known: String?...) async throws -> String? {
        while true {
            let message = try await socket.next("newMessage")["message"] as? [String: Any]
            let id = message?["_id"] as? String
            if !known.contains(id) { return id }
        }
    }

    @Test("messages that are sent at both nodes in turns reach the sockets of both, once each and in order")
    func bothWrite() async throws {
        let nodes = try TwoNodes()
        let sockets = [
            try await nodes.socket("bob", at: nodes.first), try await nodes.socket("bob", at: nodes.second),
        ]
        // The nodes know each other when a message of each has arrived at both.
        var sent: [String?] = []
        for number in 0..<40 {
            sent.append(try await text("\(number)", at: number % 2 == 0 ? nodes.first : nodes.second, of: nodes))
        }
        for socket in sockets {
            var received: [String?] = []
            for _ in sent { received.append(try await next(socket)) }
            #expect(received == sent)
        }
    }

    @Test(
        "when the node that delivers is killed, the other one takes over, and a client that reconnects there misses nothing"
    )
    func killed() async throws {
        let nodes = try TwoNodes()
        let here = try await nodes.socket("bob", at: nodes.first)
        let there = try await nodes.socket("cid", at: nodes.second)
        let first = try await text("first", at: nodes.second, of: nodes)
        #expect(try await next(here) == first)
        nodes.first.process.kill()
        // The message is written, and its receiver's connection is gone with the node that delivered.
        let second = try await text("second", at: nodes.second, of: nodes)
        let again = try await nodes.socket("bob", at: nodes.second)
        #expect(try await next(again, except: first) == second)
        let third = try await text("third", at: nodes.second, of: nodes)
        #expect(try await next(again, except: first, second) == third)
        withExtendedLifetime(there) {}
    }

    @Test("an event that a killed node had not written to its client is delivered where that client connects again")
    func notWritten() async throws {
        let nodes = try TwoNodes()
        let socket = try await nodes.socket("bob", at: nodes.second)
        let first = try await text("first", at: nodes.first, of: nodes)
        #expect(try await next(socket) == first)
        // It reads no event any more, and is still known to be there.
        nodes.second.process.kill(SIGSTOP)
        let second = try await text("second", at: nodes.first, of: nodes)
        nodes.second.process.kill()
        let again = try await nodes.socket("bob", at: nodes.first)
        #expect(try await next(again, except: first) == second)
    }

    @Test("a node that ends in order hands the outbox over")
    func ended() async throws {
        let nodes = try TwoNodes()
        let socket = try await nodes.socket("bob", at: nodes.second)
        let first = try await text("first", at: nodes.second, of: nodes)
        #expect(try await next(socket) == first)
        nodes.first.process.kill(SIGTERM)
        let second = try await text("second", at: nodes.second, of: nodes)
        // The first one comes again where the node ended before it knew that the other had written it.
        #expect(try await next(socket, except: first) == second)
    }
}
