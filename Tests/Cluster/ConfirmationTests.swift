import Concurrency
import JSON
import Logging
import Realtime
import Redis
import Synchronization
import TestPrograms
import Testing

@testable import Cluster

@Suite("Confirmations between nodes")
struct ConfirmationTests {
    @Test("the receipt of an event is held until the node of its receiver has written it")
    func confirmation() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pairWithReceiver(server)
        let outcomes = Outcomes()
        second.hub.hold()
        for number in 0..<100 { first.send(HubEvent("\(number)", [], to: ["u-bob"]), recording: outcomes) }
        // No node has a receiver of this one: nothing is waited for but Redis.
        first.send(HubEvent("other", [], to: ["u-cid"]), recording: outcomes)
        try await eventually("the last is where no node can miss it") { outcomes.all == ["delivered other"] }
        try await eventually("all have arrived") { second.received.count == 101 }
        #expect(outcomes.all == ["delivered other"])
        second.hub.release()
        try await eventually("all are confirmed") { outcomes.all.count == 101 }
        #expect(outcomes.all.allSatisfy { $0.hasPrefix("delivered") })
        await first.stop()
        await second.stop()
    }

    @Test(
        "when the node of a receiver ends, its events have failed in order, and its users are expected to connect again"
    )
    func lostNode() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pairWithReceiver(server)
        #expect(!first.peers.isExpected("bob"))
        let outcomes = Outcomes()
        second.hub.hold()
        for number in 0..<20 { first.send(HubEvent("\(number)", [], to: ["u-bob"]), recording: outcomes) }
        try await eventually("all have arrived") { second.received.count == 20 }
        await second.stop()
        try await eventually("all have failed") { outcomes.all.count == 20 }
        #expect(outcomes.all == (0..<20).map { "failed \($0)" })
        #expect(first.peers.isExpected("bob") && !first.peers.isExpected("cid"))
        second.hub.release()
        await first.stop()
    }

    @Test(
        "when a user whose node has not confirmed some events connects to another one, those have failed at once",
        arguments: [false, true])
    func overtaken(isOwn: Bool) async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pairWithReceiver(server)
        let third = RunningNode(server)
        try await third.isKnown(to: first)
        let outcomes = Outcomes()
        second.hub.hold()
        for number in 0..<20 { first.send(HubEvent("\(number)", [], to: ["u-bob"]), recording: outcomes) }
        try await eventually("all have arrived") { second.received.count == 20 }
        let other = isOwn ? first : third
        other.peers.changed("c9", to: PeerConnection(groups: ["u-cid"]))
        other.peers.changed("c9", to: PeerConnection(groups: ["u-cid", "u-bob"]))
        try await eventually("all have failed") { outcomes.all.count == 20 }
        #expect(outcomes.all == (0..<20).map { "failed \($0)" })
        second.hub.release()
        for node in [first, second, third] { await node.stop() }
    }

    @Test("events that no node had confirmed when Redis lost its data have failed")
    func lostEvents() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pairWithReceiver(server)
        let outcomes = Outcomes()
        second.hub.hold()
        first.send(HubEvent("event", [], to: ["u-bob"]), recording: outcomes)
        try await eventually("it has arrived") { second.received.count == 1 }
        server.stop()
        try server.restart()
        try await eventually("it has failed") { outcomes.all == ["failed event"] }
        for node in [first, second] { await node.stop() }
    }
}
