import Realtime

/// The connections of one hub: those of this node, and those of the others as far as they are known.
struct HubTable {
    /// What a node has.
    struct Node {
        var connections: [String: PeerConnection] = [:]
        var statuses: [String: String] = [:]
    }

    private struct Key: Hashable {
        let node: String
        let id: String
    }

    /// The hub itself.
    weak var receiver: (any HubReceiver)?
    /// What this node has.
    private(set) var own = Node()
    /// The number of connections of this node by group.
    private var ownGroups: [String: Int] = [:]
    private var others: [String: Node] = [:]
    /// The groups of connections that were lost with their nodes, and until when they are expected to be opened again.
    private var expected: [String: ContinuousClock.Instant] = [:]
    /// The connections of other nodes by group.
    private var groups: [String: [Key: PeerConnection]] = [:]

    /// Changes a connection of this node. Returns the groups that it has joined; `nil` where nothing changes for the others.
    mutating func changed(_ id: String, to state: PeerConnection?) -> Set<String>? {
        // A connection that is in no group receives nothing.
        let state = state.flatMap { $0.groups.isEmpty ? nil : $0 }
        guard own.connections[id] != state else { return nil }
        let joined = state?.groups.subtracting(own.connections[id]?.groups ?? []) ?? []
        for group in own.connections[id]?.groups ?? [] {
            let count = (ownGroups[group] ?? 1) - 1
            ownGroups[group] = count > 0 ? count : nil
        }
        own.connections[id] = state
        for group in state?.groups ?? [] { ownGroups[group, default: 0] += 1 }
        return joined
    }

    /// Changes a connection of another node. Returns the groups that it has joined.
    @discardableResult
    mutating func changed(_ id: String, to state: PeerConnection?, of node: String) -> Set<String> {
        let key = Key(node: node, id: id)
        let joined = state?.groups.subtracting(others[node]?.connections[id]?.groups ?? []) ?? []
        for group in others[node]?.connections[id]?.groups ?? [] { remove(key, from: group) }
        others[node, default: Node()].connections[id] = state
        if let state { for group in state.groups { groups[group, default: [:]][key] = state } }
        return joined
    }

    /// Sets a status on a node; `nil` for this one. The last one counts, wherever it was set.
    mutating func setStatus(_ status: String?, of user: String, on node: String?) {
        for other in others.keys { others[other]?.statuses[user] = nil }
        own.statuses[user] = nil
        if let node { others[node, default: Node()].statuses[user] = status } else { own.statuses[user] = status }
    }

    /// The status of a user that was set last.
    func status(of user: String) -> String? {
        own.statuses[user] ?? others.values.lazy.compactMap { $0.statuses[user] }.first
    }

    /// The other nodes of which something is known.
    var nodes: Set<String> { Set(others.keys) }

    /// The connections of other nodes in a group.
    func connections(in group: String) -> [PeerConnection] { groups[group].map { Array($0.values) } ?? [] }

    /// Whether a connection of another node is in both groups.
    func isAnyConnection(of group: String, in other: String) -> Bool {
        groups[group]?.values.contains { $0.groups.contains(other) } ?? false
    }

    /// The other nodes that have a receiver of an event.
    func nodes(receiving event: HubEvent) -> Set<String> {
        var nodes: Set<String> = []
        for group in event.groups {
            for (key, connection) in groups[group] ?? [:] where !nodes.contains(key.node) {
                if let within = event.within, !connection.groups.contains(within) { continue }
                nodes.insert(key.node)
            }
        }
        return nodes
    }

    /// Whether a connection of this node is in a group.
    func isAnyOwnConnection(in group: String) -> Bool { ownGroups[group] != nil }

    /// Replaces all that is known of another node; `nil` forgets it. Returns the connections that were known.
    @discardableResult
    mutating func replace(_ node: String, by state: Node?) -> [PeerConnection] {
        let former = others[node].map { Array($0.connections.values) } ?? []
        for id in others[node]?.connections.keys.map({ $0 }) ?? [] { changed(id, to: nil, of: node) }
        others[node] = nil
        if let state {
            others[node] = Node(statuses: state.statuses)
            for (id, connection) in state.connections { changed(id, to: connection, of: node) }
        }
        return former
    }

    /// Expects connections that were lost with their node to be opened again until `end`.
    mutating func expect(_ connections: [PeerConnection], until end: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        expected = expected.filter { $0.value > now }
        for group in connections.lazy.flatMap(\.groups) { expected[group] = end }
    }

    /// Whether a connection that is expected to be opened again was in a group.
    func isExpected(_ group: String) -> Bool { expected[group].map { $0 > .now } ?? false }

    private mutating func remove(_ key: Key, from group: String) {
        groups[group]?[key] = nil
        if groups[group]?.isEmpty ?? false { groups[group] = nil }
    }
}
