import Concurrency
import JSON
import Logging
import Realtime
import Redis
import Synchronization

extension ClusterNode {
    /// Extends the life of this node's key, and forgets the nodes whose keys have expired.
    /// - Parameter isReconnected: whether earlier messages to the other nodes may be lost.
    /// - Throws: `RedisError`.
    func beat(isReconnected: Bool) async throws(RedisError) {
        let key = keys.node(id)
        let replies = try await client.run([
            RedisCommand("HSET", key, "alive", "1"), RedisCommand("PEXPIRE", key, "\(expiry.wholeMilliseconds)"),
            RedisCommand("SADD", keys.nodes, id), RedisCommand("SMEMBERS", keys.nodes),
        ])
        for case .error(let message) in replies { throw .rejected(message) }
        if replies[2] == .integer(1) {
            // This node was forgotten, or Redis has restarted without what it knew.
            state.withLock { $0.graceEnd = .now + expiry }
        }
        if isReconnected || replies[2] == .integer(1) { announce() }
        // Redis may have lost events that no other node had read.
        if replies[2] == .integer(1) { failUnconfirmed { $0.confirmations.overdue(since: .now) } }
        failUnconfirmed { $0.confirmations.overdue(since: .now - Self.confirmationTimeout) }
        guard state.withLock({ $0.graceEnd < .now }) else { return }
        let listed = Set(replies[3].elements.compactMap(\.text)).subtracting([id])
        let known = state.withLock { $0.hubs.values.reduce(into: Set<String>()) { $0.formUnion($1.nodes) } }
        let all = Array(listed.union(known))
        let present = try await client.run(all.map { RedisCommand("HLEN", keys.node($0)) })
        // A key that is no hash was written by no node, and counts as absent.
        for (node, reply) in zip(all, present) where !(reply.integerValue.map { $0 > 0 } ?? false) {
            logger.warning("a node of the cluster is gone", ["node": node])
            forget(node, isAnnouncedHere: try await isFirst(toForget: node))
        }
    }

    /// Removes a node from the set of all nodes. Returns `true` on one node only, which is the one that announces it: also where it asks
    /// again, because the reply was lost.
    private func isFirst(toForget node: String) async throws(RedisError) -> Bool {
        let time = (expiry * 10).wholeMilliseconds
        return try await client.run([
            RedisCommand("SREM", keys.nodes, node),
            RedisCommand("SET", keys.gone(node), id, "NX", "PX", "\(time)"), RedisCommand("GET", keys.gone(node)),
        ])[2].text == id
    }

    /// Forgets the connections of another node.
    func forget(_ node: String, isAnnouncedHere: Bool) {
        let end = ContinuousClock.now + Self.reconnectionTime
        let losses = state.withLock { state in
            var losses: [(any HubReceiver, [PeerConnection])] = []
            for hub in state.hubs.keys {
                let connections = state.hubs[hub]?.replace(node, by: nil) ?? []
                state.hubs[hub]?.expect(connections, until: end)
                if let receiver = state.hubs[hub]?.receiver, !connections.isEmpty {
                    losses.append((receiver, connections))
                }
            }
            return losses
        }
        failUnconfirmed { $0.confirmations.lost(node) }
        guard isAnnouncedHere else { return }
        for (receiver, connections) in losses { receiver.lost(connections) }
    }

    /// Writes all of this node's connections again, and asks the other nodes to read them.
    func announce() {
        let key = keys.node(id)
        state.withLock { state in
            var fields: [(String, [UInt8])] = []
            for (hub, table) in state.hubs {
                for (id, connection) in table.own.connections {
                    fields.append((ClusterKeys.Field.connection(hub: hub, id: id).name, connection.json.encoded()))
                }
                for (user, status) in table.own.statuses {
                    fields.append((ClusterKeys.Field.status(hub: hub, user: user).name, Array(status.utf8)))
                }
            }
            // In one transaction: another node must not find the key missing in between.
            var commands = [
                RedisCommand("MULTI"), RedisCommand("DEL", key), RedisCommand("HSET", key, "alive", "1"),
                RedisCommand("PEXPIRE", key, "\(expiry.wholeMilliseconds)"),
            ]
            commands += fields.map { RedisCommand("HSET", key, $0.0, payload: $0.1) }
            commands.append(RedisCommand("EXEC"))
            publish(ClusterMessage.announced.encoded, &state, after: commands)
        }
    }
}
