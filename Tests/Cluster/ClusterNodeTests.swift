import Concurrency
import JSON
import Logging
import Realtime
import Redis
import Synchronization
import TestPrograms
import Testing

@testable import Cluster

@Suite("Nodes of a cluster")
struct ClusterNodeTests {
    @Test("an event reaches the other node once and in order, whole, and not the node that sent it")
    func events() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pair(server)
        let sent = (0..<200).map { number in
            var event = HubEvent(
                "event", [["number": .integer(number)]], to: ["u-bob", "u-ann"], within: "c-1", outside: ["c-2"],
                except: "socket", tag: "tag")
            event.isEphemeral = number.isMultiple(of: 2)
            return event
        }
        for event in sent { first.peers.send(event, receipt: nil) }
        try await eventually("all arrive") { second.received.count >= 200 }
        #expect(second.received == sent)
        #expect(first.received.isEmpty)
        await first.stop()
        await second.stop()
    }

    @Test("what is sent with a receipt while Redis is away arrives when it is back, and its receipt is held until then")
    func outage() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pair(server)
        server.stop()
        let delivered = Mutex(0)
        for number in 0..<50 {
            first.peers.send(
                HubEvent("event", [.integer(number)], to: []),
                receipt: WriteReceipt { delivered.withLock { $0 += 1 } })
        }
        #expect(delivered.withLock { $0 } == 0)
        try server.restart()
        try await eventually("all arrive") { second.received.count >= 50 }
        #expect(second.received.map(\.arguments) == (0..<50).map { [.integer($0)] })
        try await eventually("the receipts are released") { delivered.withLock { $0 } == 50 }
        await first.stop()
        await second.stop()
    }

    @Test("the connections and statuses of a node are known to the others, also to one that starts later")
    func connections() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pair(server)
        let phone = PeerConnection(groups: ["u-bob", "c-1"], device: "phone")
        first.peers.changed("1", to: PeerConnection(groups: ["u-bob", "c-1", "status_ann"], device: "phone"))
        first.peers.changed("2", to: PeerConnection(groups: ["u-bob"]))
        first.peers.setStatus("away", of: "bob")
        try await eventually("they are known") { second.peers.connections(in: "u-bob").count == 2 }
        try await eventually("the status is known") { second.peers.status(of: "bob") == "away" }
        #expect(second.peers.isAnyConnection(of: "u-bob", in: "c-1"))
        #expect(second.peers.connections(in: "status_ann").isEmpty)
        #expect(first.peers.connections(in: "u-bob").isEmpty)

        let third = RunningNode(server)
        try await eventually("a later node knows them") { third.peers.connections(in: "c-1") == [phone] }
        #expect(third.peers.status(of: "bob") == "away")

        second.peers.setStatus("busy", of: "bob")
        first.peers.changed("1", to: nil)
        try await eventually("an end is known") { third.peers.connections(in: "u-bob").count == 1 }
        try await eventually("the last status counts") {
            first.peers.status(of: "bob") == "busy" && third.peers.status(of: "bob") == "busy"
        }
        #expect(!third.peers.isAnyConnection(of: "u-bob", in: "c-1"))
        for node in [first, second, third] { await node.stop() }
    }

    @Test("after a restart of Redis without its data, the connections of all nodes are known again")
    func dataLoss() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pair(server)
        first.peers.changed("1", to: PeerConnection(groups: ["u-bob"]))
        try await eventually("it is known") { !second.peers.connections(in: "u-bob").isEmpty }
        server.stop()
        try server.restart()
        let third = RunningNode(server)
        try await eventually("a new node knows it") { !third.peers.connections(in: "u-bob").isEmpty }
        #expect(!second.peers.connections(in: "u-bob").isEmpty)
        for node in [first, second, third] { await node.stop() }
    }

    @Test("a node that ends is forgotten at once")
    func ending() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pair(server)
        first.peers.changed("1", to: PeerConnection(groups: ["u-bob"]))
        try await eventually("it is known") { !second.peers.connections(in: "u-bob").isEmpty }
        await first.stop()
        try await eventually("it is forgotten") { second.peers.connections(in: "u-bob").isEmpty }
        #expect(second.hub.lostConnections.isEmpty)
        await second.stop()
    }

    /// Writes what a node with a connection of bob has written that has died: nothing extends its key.
    private static func writeDeadNode(_ client: RedisClient) async throws {
        _ = try await client.run([
            RedisCommand(
                "HSET", "darkroom:node:dead", "c\u{1F}chat\u{1F}1", payload: Array(#"{"groups":["u-bob"]}"#.utf8)),
            RedisCommand("PEXPIRE", "darkroom:node:dead", "5000"), RedisCommand("SADD", "darkroom:nodes", "dead"),
            RedisCommand(
                "XADD", "darkroom:events", "*", "node", "dead", "number", "1", "message",
                payload: ClusterMessage.announced.encoded.bytes),
        ])
    }

    @Test("a node whose key has expired is forgotten, and one of the others announces that")
    func expiry() async throws {
        let server = try RedisServer()
        // Long enough that neither is forgotten itself on a busy machine: it would read the dead node's expired key again.
        let (second, third) = try await RunningNode.pair(server, expiry: .seconds(10))
        let client = RedisClient(
            RedisOptions(port: server.port, timeout: .seconds(60)), logger: Logger(level: .error) { _ in })
        try await Self.writeDeadNode(client)
        try await eventually("it is known") {
            !second.peers.connections(in: "u-bob").isEmpty && !third.peers.connections(in: "u-bob").isEmpty
        }
        try await eventually("it is forgotten") {
            second.peers.connections(in: "u-bob").isEmpty && third.peers.connections(in: "u-bob").isEmpty
        }
        try await eventually("one announces it") {
            second.hub.lostConnections + third.hub.lostConnections == [PeerConnection(groups: ["u-bob"])]
        }
        #expect(try await client.run("SISMEMBER", "darkroom:nodes", "dead") == .integer(0))
        await second.stop()
        await third.stop()
    }

    @Test("a node that was the first to find another gone, and lost the reply, announces that when it asks again")
    func lostReply() async throws {
        let server = try RedisServer()
        let (second, third) = try await RunningNode.pair(server, expiry: .seconds(10))
        let client = RedisClient(
            RedisOptions(port: server.port, timeout: .seconds(60)), logger: Logger(level: .error) { _ in })
        _ = try await client.run("SET", "darkroom:gone:dead", second.node.id)
        try await Self.writeDeadNode(client)
        try await eventually("it is known") { !second.peers.connections(in: "u-bob").isEmpty }
        try await eventually("it is announced") {
            second.hub.lostConnections == [PeerConnection(groups: ["u-bob"])]
        }
        #expect(third.hub.lostConnections.isEmpty)
        await second.stop()
        await third.stop()
    }

    @Test("keys that no node has written stop no node, and a stream that is begun again is read from its beginning")
    func foreignKeys() async throws {
        let server = try RedisServer()
        let client = RedisClient(
            RedisOptions(port: server.port, timeout: .seconds(60)), logger: Logger(level: .error) { _ in })
        _ = try await client.run([
            RedisCommand("SET", "darkroom:node:foreign", "x"), RedisCommand("SADD", "darkroom:nodes", "foreign"),
        ])
        let (first, second) = try await RunningNode.pair(server, expiry: .seconds(10))
        try await eventually("the foreign key is forgotten") {
            try await client.run("SISMEMBER", "darkroom:nodes", "foreign") == .integer(0)
        }
        // Every later ID is before this one.
        _ = try await client.run([
            RedisCommand("XADD", "darkroom:events", "99999999999999-0", "a", "b")
        ])
        first.peers.send(HubEvent("one", [], to: []), receipt: nil)
        try await eventually("it arrives") { second.received.map(\.name) == ["one"] }
        _ = try await client.run([RedisCommand("DEL", "darkroom:events")])
        try await eventually("events arrive again") {
            first.peers.send(HubEvent("two", [], to: []), receipt: nil)
            return second.received.contains { $0.name == "two" }
        }
        for node in [first, second] { await node.stop() }
    }

    @Test("a signal reaches the other nodes, and not the one that sends it")
    func signals() async throws {
        let server = try RedisServer()
        let (first, second) = try await RunningNode.pair(server)
        let (here, there) = (Outcomes(), Outcomes())
        first.node.onSignal { here.add($0) }
        second.node.onSignal { there.add($0) }
        first.node.signal("outbox")
        try await eventually("it arrives") { there.all == ["outbox"] }
        #expect(here.all.isEmpty)
        for node in [first, second] { await node.stop() }
    }

    @Test("reading goes on after the last entry, and from the beginning of a stream that is a new one")
    func positions() {
        #expect(ClusterNode.start(after: nil, last: nil) == "0-0")
        #expect(ClusterNode.start(after: nil, last: "5-1") == "5-1")
        #expect(ClusterNode.start(after: "5-1", last: "5-1") == "5-1")
        #expect(ClusterNode.start(after: "9-1", last: "10-0") == "9-1")
        #expect(ClusterNode.start(after: "5-1", last: nil) == "0-0")
        #expect(ClusterNode.start(after: "10-0", last: "9-9") == "0-0")
    }
}
