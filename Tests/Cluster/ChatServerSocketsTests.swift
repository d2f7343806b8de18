import Concurrency
import JSON
import Logging
import Realtime
import Redis
import Synchronization
import TestPrograms
import Testing

@testable import Cluster

/// A hub of which a test awaits what it receives.
private final class AwaitedHub: HubReceiver {
    let events: AsyncStream<HubEvent>
    private let continuation: AsyncStream<HubEvent>.Continuation

    init() { (events, continuation) = AsyncStream.makeStream() }

    func receive(_ event: HubEvent, receipt: WriteReceipt?) { continuation.yield(event) }
    func lost(_ connections: [PeerConnection]) {}
}

@Suite("The sockets of a chat server on Node")
struct ChatServerSocketsTests {
    private let logger = Logger(level: .error) { _ in }
    private let names = GroupNames { name in
        if name.hasPrefix("u-") { return .user(String(name.dropFirst(2))) }
        return name.hasPrefix("c-") ? .conversation(String(name.dropFirst(2))) : nil
    } name: { group in
        switch group {
        case .user(let id): "u-\(id)"
        case .conversation(let id): "c-\(id)"
        }
    } members: { conversation in
        conversation == "room-1" ? ["bob"] : []
    }

    private func node(_ server: RedisServer) -> ClusterNode {
        ClusterNode(
            RedisOptions(port: server.port, timeout: .seconds(20)), expiry: .seconds(60),
            chatServers: ["chat": ChatServerOptions(adapter: .node)], logger: logger)
    }

    @Test("events of the outbox are published to the rooms of users, or to that of the conversation; others are not")
    func published() async throws {
        let server = try RedisServer()
        let node = node(server)
        let peers = node.peers(of: "chat", names: names)
        let hub = AwaitedHub()
        peers.attach(hub)
        let (messages, continuation) = AsyncStream.makeStream(of: RedisReply.self)
        let worker = RedisWorker(
            RedisOptions(port: server.port, timeout: .seconds(60)), name: "adapter", logger: logger
        ) {
            connection, stop throws(RedisError) in
            try connection.append(RedisCommand("PSUBSCRIBE", "socket.io#/#*"))
            while !stop.isSet {
                if let message = try connection.message(within: .milliseconds(200)) { continuation.yield(message) }
                try connection.flush()
            }
        }
        var iterator = messages.makeAsyncIterator()
        _ = await iterator.next()
        let receipt = WriteReceipt {}
        peers.send(HubEvent("typing", [], to: ["u-bob"]), receipt: nil)
        peers.send(HubEvent("message", [["id": "m1"]], to: ["u-room-1"]), receipt: receipt)
        peers.send(HubEvent("new", [1], to: ["u-bob", "u-ann", "watchers"], outside: ["c-7"]), receipt: receipt)
        peers.send(HubEvent("new", [2], to: ["u-bob", "u-ann"], within: "c-7"), receipt: receipt)
        var received: [(String, RoomEmission?)] = []
        for _ in 0..<3 {
            let elements = try #require(await iterator.next()).elements
            let payload = try #require(elements.last?.bytesValue)
            received.append((elements[2].text ?? "", try NodeAdapterMessage.decode(payload, ignoring: "own")))
            #expect(try NodeAdapterMessage.decode(payload, ignoring: "darkroom:darkroom") == nil)
        }
        #expect(received.map(\.0) == ["socket.io#/#room-1#", "socket.io#/#", "socket.io#/#7#"])
        #expect(
            received.map(\.1) == [
                RoomEmission(event: "message", arguments: [["id": "m1"]], rooms: ["room-1"]),
                RoomEmission(event: "new", arguments: [1], rooms: ["ann", "bob"], except: ["7"]),
                RoomEmission(event: "new", arguments: [2], rooms: ["7"]),
            ])
        worker.stop()
    }

    @Test(
        "what the chat server emits to a user reaches their connections; to a conversation, those of its members that joined it"
    )
    func received() async throws {
        let server = try RedisServer()
        let node = node(server)
        let peers = node.peers(of: "chat", names: names)
        let hub = AwaitedHub()
        peers.attach(hub)
        peers.changed("1", to: PeerConnection(groups: ["u-bob", "c-room-1"]))
        let running = Task { await node.run() }
        let client = RedisClient(RedisOptions(port: server.port, timeout: .seconds(60)), logger: logger)
        func publish(_ emission: RoomEmission, from sender: String = "emitter") async throws -> Int {
            let channel = NodeAdapterMessage.channel("socket.io", rooms: emission.rooms)
            let payload = NodeAdapterMessage.encode(emission, from: sender)
            return try await client.run([RedisCommand("PUBLISH", channel, payload: payload)])[0].integerValue ?? 0
        }
        try await eventually("the node listens") {
            try await publish(RoomEmission(event: "own", arguments: [], rooms: []), from: "darkroom:darkroom") == 1
        }
        _ = try await publish(RoomEmission(event: "strangers", arguments: [], rooms: ["cid"]))
        _ = try await publish(RoomEmission(event: "one", arguments: [1], rooms: ["bob"], except: ["room-9"]))
        _ = try await publish(RoomEmission(event: "two", arguments: [2], rooms: ["room-1", "other"]))
        _ = try await publish(RoomEmission(event: "three", arguments: [3], rooms: []))
        var events: [HubEvent] = []
        for await event in hub.events {
            events.append(event)
            if events.count == 3 { break }
        }
        var all = HubEvent("three", [3], to: [])
        all.isForAll = true
        #expect(
            events == [
                HubEvent("one", [1], to: ["u-bob"], outside: ["u-room-9", "c-room-9"]),
                HubEvent("two", [2], to: ["u-bob"], within: "c-room-1"), all,
            ])
        running.cancel()
        await running.value
    }
}
