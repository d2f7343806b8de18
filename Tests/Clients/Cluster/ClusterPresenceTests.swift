import Foundation
import TestPrograms
import Testing

@Suite("Two nodes: presence")
struct ClusterPresenceTests {
    private func status(of user: String, asked socket: SocketPeer) async throws -> [String: Any] {
        let statuses = try await socket.ask("requestStatusUpdates", ["userIds": [user]], answer: "bulkStatusUpdate")
        return try #require(statuses[user] as? [String: Any])
    }

    @Test("devices and the selected status count over both nodes; the users of a node that is killed are offline soon")
    func devices() async throws {
        let nodes = try TwoNodes()
        _ = try await nodes.text()
        let alice = try await nodes.socket("alice", at: nodes.first)
        let phone = try await nodes.socket("bob", at: nodes.first, device: "phone")
        let tablet = try await nodes.socket("bob", at: nodes.second, device: "tablet")
        try await eventually("both devices count") {
            try await status(of: "bob", asked: alice)["deviceCount"] as? Int == 2
        }
        let again = try await nodes.socket("bob", at: nodes.second, device: "phone")
        try tablet.emit("updateStatus", ["status": "busy"])
        try await eventually("the status is known at the other node") {
            let status = try await status(of: "bob", asked: alice)
            return status["status"] as? String == "busy" && status["deviceCount"] as? Int == 2
        }
        withExtendedLifetime(phone) {}
        let carol = try await nodes.socket("carol", at: nodes.second)
        try await eventually("carol is online") {
            try await status(of: "carol", asked: alice)["status"] as? String == "online"
        }
        nodes.second.process.kill()
        var update: [String: Any] = [:]
        // Alice has asked for carol's status, and so is notified when it changes.
        while update["userId"] as? String != "carol" || update["status"] as? String != "offline" {
            update = try await alice.next("userStatusUpdate")
        }
        try await eventually("bob's devices on that node are forgotten") {
            try await status(of: "bob", asked: alice)["deviceCount"] as? Int == 1
        }
        withExtendedLifetime((again, carol)) {}
    }

    @Test("a user is online at the other node, and goes offline when the last socket has ended")
    func onlineUsers() async throws {
        let nodes = try TwoNodes()
        _ = try await nodes.text()
        let bob = try await nodes.socket("bob", at: nodes.second)
        let alice = try await nodes.socket("alice", at: nodes.first)
        try await eventually("bob is online") {
            try await status(of: "bob", asked: alice)["status"] as? String == "online"
        }
        try bob.emit("logout", [:])
        var update: [String: Any] = [:]
        while update["userId"] as? String != "bob" || update["status"] as? String != "offline" {
            update = try await alice.next("userStatusUpdate")
        }
        #expect(update["deviceCount"] as? Int == 0)
    }
}
