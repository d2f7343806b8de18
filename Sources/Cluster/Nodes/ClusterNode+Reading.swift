import Concurrency
import JSON
import Logging
import Realtime
import Redis
import Synchronization

/// Up to where a node has read the stream. Of the thread that reads.
final class StreamPosition: Sendable {
    struct Value {
        /// The ID of the last entry; `nil` before the first connection.
        var entry: String?
        /// The number of the last message of each node: a message that was sent again is not handled again.
        var numbers: [String: Int] = [:]
    }

    let value = Mutex(Value())
}

extension ClusterNode {
    /// Reads what the other nodes send, on a thread of its own.
    func read(_ connection: RedisConnection, from position: StreamPosition, until stop: StopSignal) throws(RedisError) {
        var entry = Self.start(after: position.value.withLock { $0.entry }, last: try lastEntry(connection))
        position.value.withLock { $0.entry = entry }
        try load(connection)
        while !stop.isSet {
            let reply = try connection.run(
                "XREAD", "COUNT", "256", "BLOCK", "1000", "STREAMS", keys.stream, entry)
            for item in reply.elements.first?.elements.last?.elements ?? [] {
                guard let id = item.elements.first?.text else { throw .unexpectedReply }
                entry = id
                position.value.withLock { $0.entry = id }
                try handle(item.elements.last ?? .null, position, connection)
            }
            if reply.elements.isEmpty, try isNewStream(after: entry, connection) {
                logger.warning("the stream of events was replaced", ["prefix": keys.prefix])
                entry = "0-0"
                position.value.withLock { $0.entry = entry }
                try load(connection)
            }
        }
    }

    /// Whether the stream has entries, all of them before the one up to which it was read: it was deleted and begun again.
    private func isNewStream(after entry: String, _ connection: RedisConnection) throws(RedisError) -> Bool {
        guard entry != "0-0", let last = try lastEntry(connection) else { return false }
        return Self.start(after: entry, last: last) == "0-0"
    }

    private func lastEntry(_ connection: RedisConnection) throws(RedisError) -> String? {
        try connection.run("XREVRANGE", keys.stream, "+", "-", "COUNT", "1").elements.first?.elements.first?.text
    }

    /// Where reading goes on. A stream whose last entry is before that of the last reading is a new one: Redis was restarted
    /// without what it had, and by a clock that is behind.
    static func start(after previous: String?, last: String?) -> String {
        guard let previous else { return last ?? "0-0" }
        func numbers(_ id: String) -> [UInt64] { id.split(separator: "-").map { UInt64($0) ?? 0 } }
        guard let last, !numbers(last).lexicographicallyPrecedes(numbers(previous)) else { return "0-0" }
        return previous
    }

    private func handle(
        _ fields: RedisReply, _ position: StreamPosition, _ connection: RedisConnection
    ) throws(RedisError) {
        var (node, number, message) = (String?.none, Int?.none, ClusterMessage?.none)
        for (name, value) in fields.pairs {
            switch name.text {
            case "node": node = value.text
            case "number": number = value.text.flatMap(Int.init)
            case "message": message = value.bytesValue.flatMap(ClusterMessage.init)
            default: break
            }
        }
        guard let node, let number, node != id else { return }
        let isNew = position.value.withLock { value in
            guard value.numbers[node] ?? 0 < number else { return false }
            value.numbers[node] = number
            return true
        }
        guard isNew, let message else { return }
        switch message {
        case .event(let hub, let event, let confirmations):
            let receipt = confirmations.contains(id) ? confirmingReceipt(number, of: node) : nil
            state.withLock { $0.hubs[hub]?.receiver }?.receive(event, receipt: receipt)
        case .confirmed(let numbers): confirmed(numbers, by: node)
        case .signal(let name): state.withLock { $0.signalHandler }?(name)
        case .connection(let hub, let id, let connection):
            failUnconfirmed { state in
                let joined = state.hubs[hub]?.changed(id, to: connection, of: node) ?? []
                return state.confirmations.joined(joined, of: hub, on: node)
            }
        case .status(let hub, let user, let status):
            state.withLock { state in
                let wasOwn = state.hubs[hub]?.own.statuses[user] != nil
                state.hubs[hub]?.setStatus(status, of: user, on: node)
                if wasOwn { client.enqueue(setField(.status(hub: hub, user: user), to: nil), isKept: false) }
            }
        case .announced: try load(node, connection)
        case .left:
            position.value.withLock { $0.numbers[node] = nil }
            forget(node, isAnnouncedHere: false)
        }
    }

    /// Reads the connections of all nodes. Those that are not listed stay known: after a restart of Redis they are about to be,
    /// and otherwise the next heartbeat forgets them.
    private func load(_ connection: RedisConnection) throws(RedisError) {
        for node in try connection.run("SMEMBERS", keys.nodes).elements.compactMap(\.text) where node != id {
            try load(node, connection)
        }
    }

    private func load(_ node: String, _ connection: RedisConnection) throws(RedisError) {
        let fields = try connection.run([RedisCommand("HGETALL", keys.node(node))])[0].pairs
        // The key of a node has at least one field. If it has expired, or is no hash and so was not written by a node, the connections
        // that are known stay known: the next heartbeat removes the node, and expects its connections to be opened again.
        guard !fields.isEmpty else { return }
        var nodes: [String: HubTable.Node] = [:]
        for (name, value) in fields {
            switch name.text.flatMap(ClusterKeys.Field.init) {
            case .connection(let hub, let id):
                // A connection that another release of the program has written in another form receives events all the same.
                guard let json = value.bytesValue.flatMap({ try? JSONValue(parsing: $0, limits: .clusterMessage) })
                else {
                    continue
                }
                nodes[hub, default: HubTable.Node()].connections[id] = PeerConnection(json)
            case .status(let hub, let user): nodes[hub, default: HubTable.Node()].statuses[user] = value.text
            case nil: break
            }
        }
        state.withLock { state in
            for hub in state.hubs.keys { state.hubs[hub]?.replace(node, by: nodes[hub] ?? HubTable.Node()) }
        }
    }
}
