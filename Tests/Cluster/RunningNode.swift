import Concurrency
import JSON
import Logging
import Realtime
import Redis
import Synchronization
import TestPrograms

@testable import Cluster

/// A hub that records what it receives.
final class RecordingHub: HubReceiver {
    private let received = Mutex<[HubEvent]>([])
    private let losses = Mutex<[PeerConnection]>([])
    /// The receipts of what it has received, while it holds them.
    private let held = Mutex<[WriteReceipt]?>(nil)

    func receive(_ event: HubEvent, receipt: WriteReceipt?) {
        received.withLock { $0.append(event) }
        if let receipt { held.withLock { $0?.append(receipt) } }
    }
    /// Holds the receipts of what it receives from now on, as slow connections do.
    func hold() { held.withLock { $0 = [] } }
    /// Releases the receipts: everything was written.
    func release() { held.withLock { $0 = nil } }
    /// The connections by which nodes find each other are not recorded: a node of a busy machine may be taken for a dead one.
    func lost(_ connections: [PeerConnection]) {
        losses.withLock { $0 += connections.filter { !$0.groups.contains { $0.hasPrefix("u-probe-") } } }
    }

    var events: [HubEvent] { received.withLock { $0 } }
    var names: [String] { events.map(\.name) }
    var lostConnections: [PeerConnection] { losses.withLock { $0 } }
}

/// What became of receipts, in order.
final class Outcomes: Sendable {
    private let outcomes = Mutex<[String]>([])

    func add(_ outcome: String) { outcomes.withLock { $0.append(outcome) } }
    var all: [String] { outcomes.withLock { $0 } }
}

/// A node with one hub, which runs until it is stopped.
final class RunningNode: Sendable {
    let node: ClusterNode
    let hub = RecordingHub()
    let peers: any HubPeers
    private let task: Task<Void, Never>

    init(
        _ server: RedisServer, expiry: Duration = .seconds(60), chatServer: ChatServerOptions? = nil,
        members: @escaping @Sendable (String) async -> Set<String> = { _ in [] }
    ) {
        let node = ClusterNode(
            RedisOptions(port: server.port, timeout: .seconds(20)), expiry: expiry,
            chatServers: chatServer.map { ["chat": $0] } ?? [:], logger: Logger(level: .error) { _ in })
        let names = GroupNames {
            $0.hasPrefix("u-")
                ? .user(String($0.dropFirst(2))) : $0.hasPrefix("c-") ? .conversation(String($0.dropFirst(2))) : nil
        } name: { group in
            switch group {
            case .user(let id): "u-\(id)"
            case .conversation(let id): "c-\(id)"
            }
        } members: {
            await members($0)
        }
        self.node = node
        peers = node.peers(of: "chat", names: names)
        peers.attach(hub)
        task = Task { await node.run() }
    }

    /// Sends an event, and records what becomes of its receipt.
    func send(_ event: HubEvent, recording outcomes: Outcomes) {
        peers.send(
            event,
            receipt: WriteReceipt {
                outcomes.add("failed \(event.name)")
            } delivered: {
                outcomes.add("delivered \(event.name)")
            })
    }

    func stop() async {
        task.cancel()
        await task.value
    }

    /// Waits until the node reads the stream, and the other one knows that it does.
    func isKnown(to other: RunningNode) async throws {
        peers.changed("probe", to: PeerConnection(groups: ["u-probe-\(node.id)"]))
        try await eventually("nodes know each other") {
            !other.peers.connections(in: "u-probe-\(node.id)").isEmpty
        }
        other.peers.send(HubEvent("probe-\(other.node.id)", [], to: []), receipt: nil)
        try await eventually("events arrive") {
            if hub.names.contains("probe-\(other.node.id)") { return true }
            other.peers.send(HubEvent("probe-\(other.node.id)", [], to: []), receipt: nil)
            return false
        }
    }

    var received: [HubEvent] { hub.events.filter { !$0.name.hasPrefix("probe") } }
}

extension RunningNode {
    /// Two nodes that know each other.
    static func pair(_ server: RedisServer, expiry: Duration = .seconds(60)) async throws -> (RunningNode, RunningNode)
    {
        let (first, second) = (RunningNode(server, expiry: expiry), RunningNode(server, expiry: expiry))
        try await first.isKnown(to: second)
        try await second.isKnown(to: first)
        return (first, second)
    }

    /// Two nodes, the second of which has a connection of bob that the first knows.
    static func pairWithReceiver(_ server: RedisServer) async throws -> (RunningNode, RunningNode) {
        let (first, second) = try await pair(server)
        second.peers.changed("1", to: PeerConnection(groups: ["u-bob"]))
        try await eventually("the connection is known") { !first.peers.connections(in: "u-bob").isEmpty }
        return (first, second)
    }
}
