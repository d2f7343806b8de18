import Concurrency
import Crypto
package import Logging
package import Realtime
package import Redis
import Synchronization

/// This process as a node of a cluster. Nodes send each other their events and connections in a stream of Redis, which each of
/// them reads from where it has stopped: a node that cannot reach Redis for a while misses nothing that is still there.
package final class ClusterNode: HubCluster {
    struct State {
        var hubs: [String: HubTable] = [:]
        var chatServers: [ChatServerSockets] = []
        var confirmations = Confirmations()
        /// What is called with the signals of other nodes.
        var signalHandler: (@Sendable (String) -> Void)?
        /// The number of this node's last message.
        var sequence = 0
        /// Until then no node is forgotten: Redis has lost what it knew, and the nodes are writing it again.
        var graceEnd = ContinuousClock.now
    }

    /// The ID of this node, which no other process has.
    package let id: String
    let keys: ClusterKeys
    let client: RedisClient
    let state = Mutex(State())
    /// The time after which a node that is not heard of is forgotten.
    let expiry: Duration
    let options: RedisOptions
    let logger: Logger
    private let chatServers: [String: ChatServerOptions]
    /// When to send a heartbeat: `true` after a connection was opened, before which messages may have been lost.
    private let (wakes, wake) = AsyncStream.makeStream(of: Bool.self)

    /// The messages that the stream keeps; about as many can be missed by a node that cannot reach Redis, and read later.
    static let streamLength = 20_000
    /// After what time an event that was not confirmed is sent again: longer than a node waits for a client that reads nothing.
    static let confirmationTimeout = Duration.seconds(90)
    /// How long the users of a node that has ended are expected to connect again.
    static let reconnectionTime = Duration.seconds(60)
    /// The size of events that may wait for Redis, in bytes.
    static let maximumWaiting = 64 << 20

    /// A node. It does nothing before ``run()``.
    /// - Parameters:
    ///   - expiry: the time after which a node that is not heard of is forgotten.
    ///   - chatServers: the chat servers that have sockets of their own, by hub.
    package init(
        _ options: RedisOptions, expiry: Duration = .seconds(15), chatServers: [String: ChatServerOptions] = [:],
        logger: Logger
    ) {
        id = base64URLEncode(SecureRandom.bytes(9))
        keys = ClusterKeys(prefix: options.prefix)
        self.expiry = expiry
        self.options = options
        self.chatServers = chatServers
        self.logger = logger
        client = RedisClient(options, name: "redis-commands", logger: logger) { [wake] in wake.yield(true) }
    }

    /// See `HubCluster`.
    package func peers(of hub: String, names: GroupNames) -> any HubPeers {
        let chatServer = chatServers[hub].map {
            ChatServerSockets($0, names: names, client: client, cluster: keys.prefix)
        }
        state.withLock { state in
            state.hubs[hub] = HubTable()
            if let chatServer { state.chatServers.append(chatServer) }
        }
        return HubChannel(hub: hub, names: names, node: self, chatServer: chatServer)
    }

    /// See `HubCluster`.
    package func check() async throws { try await client.check() }

    /// See `HubCluster`.
    package func signal(_ name: String) {
        let message = ClusterMessage.signal(name).encoded
        state.withLock { publish(message, &$0) }
    }

    /// See `HubCluster`.
    package func onSignal(_ handler: @escaping @Sendable (_ name: String) -> Void) {
        state.withLock { $0.signalHandler = handler }
    }

    /// See `HubCluster`. At the end the other nodes are notified that this one is gone.
    package func run() async {
        let position = StreamPosition()
        let reader = RedisWorker(options, name: "redis-events", logger: logger) {
            [weak self] connection, stop throws(RedisError) in
            try self?.read(connection, from: position, until: stop)
        }
        let chatServers = state.withLock { $0.chatServers }
        await withTaskGroup(of: Void.self) { group in
            for chatServer in chatServers {
                group.addTask { [options, logger] in await chatServer.listen(options, logger: logger) }
            }
            group.addTask { await self.runHeartbeats() }
        }
        reader.stop()
        await leave()
        client.close()
    }

    private func runHeartbeats() async {
        var wakes = wakes.makeAsyncIterator()
        var isReconnected = true
        while !Task.isCancelled {
            do throws(RedisError) {
                try await beat(isReconnected: isReconnected)
            } catch {
                logger.debug("heartbeat failed", ["error": "\(error)"])
            }
            let timer = Task { [wake, expiry] in
                try await Task.sleep(for: expiry / 3)
                wake.yield(false)
            }
            isReconnected = await wakes.next(isolation: #isolation) ?? false
            timer.cancel()
        }
    }

    private func leave() async {
        // The node is forgotten anyway when its key expires.
        _ = try? await client.run([
            RedisCommand("SREM", keys.nodes, id), RedisCommand("DEL", keys.node(id)),
            command(ClusterMessage.left.encoded, number: state.withLock { $0.sequence + 1 }),
        ])
    }
}

extension ClusterNode {
    /// Publishes a message to the other nodes. Called with the state locked, so that messages are in order.
    /// - Parameters:
    ///   - commands: what is performed before.
    ///   - receipt: held until Redis has the message; a message without one is dropped when Redis cannot be reached.
    func publish(
        _ message: ClusterMessage.Encoded, _ state: inout State, after commands: [RedisCommand] = [],
        receipt: WriteReceipt? = nil
    ) {
        state.sequence += 1
        let all = commands + [command(message, number: state.sequence)]
        client.enqueue(all, isKept: receipt != nil) { withExtendedLifetime(receipt) {} }
    }

    private func command(_ message: ClusterMessage.Encoded, number: Int) -> RedisCommand {
        RedisCommand(
            "XADD", keys.stream, "MAXLEN", "~", "\(Self.streamLength)", "*", "node", id, "number", "\(number)",
            "message",
            payload: message.bytes)
    }

    /// Changes this node's hash in Redis, which expires unless it is extended.
    func setField(_ field: ClusterKeys.Field, to value: [UInt8]?) -> [RedisCommand] {
        let key = keys.node(id)
        let change =
            value.map { RedisCommand("HSET", key, field.name, payload: $0) } ?? RedisCommand("HDEL", key, field.name)
        return [change, RedisCommand("PEXPIRE", key, "\(expiry.wholeMilliseconds)")]
    }
}
