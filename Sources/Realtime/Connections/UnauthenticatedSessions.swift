import Synchronization

/// The origin of a session.
public struct ClientOrigin: Sendable, Hashable {
    /// The network that the client's address is counted under, as text.
    public var network: String
    /// The number of the connection that opened it.
    public var connection: Int
    /// Whether the address may be that of a proxy, and so of many clients.
    public var mayBeProxy: Bool

    /// An origin.
    public init(network: String = "", connection: Int = 0, mayBeProxy: Bool = false) {
        self.network = network
        self.connection = connection
        self.mayBeProxy = mayBeProxy
    }
}

/// The sessions of all chat systems whose clients have not authenticated yet, and anything else that uses resources
/// before its sender is known. A new session is always accepted: when there are too many, one from the network with the
/// most sessions is ended. A flood therefore ends only its own sessions; other networks keep theirs, and so do other
/// connections of the same network.
public final class UnauthenticatedSessions: Sendable {
    /// The limits.
    public let limits: UnauthenticatedLimits
    private let table: Mutex<Table>

    /// No sessions yet.
    public init(limits: UnauthenticatedLimits = UnauthenticatedLimits()) {
        self.limits = limits
        table = Mutex(Table())
    }

    /// How many there are.
    public var count: Int { table.withLock { $0.members.count } }

    /// Adds a session. `end` is called when the session must be ended in favour of a later one: at most once, and never
    /// after the session was removed.
    public func enter(_ id: String, from origin: ClientOrigin, end: @escaping @Sendable () -> Void) {
        let callbacks = table.withLock { table -> [@Sendable () -> Void] in
            var callbacks: [@Sendable () -> Void] = []
            if table.count(of: origin.network) >= limits.maximumPerAddress {
                callbacks += table.removeOldest(of: origin.network)
            } else if table.members.count >= limits.maximumSessions, let network = table.busiestNetwork {
                callbacks += table.removeOldest(of: network)
            }
            table.add(id, origin, end)
            return callbacks
        }
        callbacks.forEach { $0() }
    }

    /// Removes a session whose client has authenticated, or that has ended.
    public func leave(_ id: String) { table.withLock { _ = $0.remove(id) } }
}

extension UnauthenticatedSessions {
    private struct Member {
        let origin: ClientOrigin
        let number: Int
        let end: @Sendable () -> Void
    }

    private struct Table {
        var members: [String: Member] = [:]
        /// The sessions of each connection of each network, in the order of their increasing numbers.
        private var networks: [String: [Int: [(number: Int, id: String)]]] = [:]
        private var counts: [String: Int] = [:]
        private var next = 0

        func count(of network: String) -> Int { counts[network, default: 0] }

        var busiestNetwork: String? { counts.max { $0.value < $1.value }?.key }

        mutating func add(_ id: String, _ origin: ClientOrigin, _ end: @escaping @Sendable () -> Void) {
            next += 1
            members[id] = Member(origin: origin, number: next, end: end)
            networks[origin.network, default: [:]][origin.connection, default: []].append((next, id))
            counts[origin.network, default: 0] += 1
        }

        /// Removes the oldest session of the connection that has the most sessions in the network. If several
        /// connections have equally many, removes the oldest session among them.
        mutating func removeOldest(of network: String) -> [@Sendable () -> Void] {
            let busiestConnection = networks[network]?.values.max { first, second in
                (first.count, -first[0].number) < (second.count, -second[0].number)
            }
            guard let id = busiestConnection?.first?.id, let member = remove(id) else { return [] }
            return [member.end]
        }

        mutating func remove(_ id: String) -> Member? {
            guard let member = members.removeValue(forKey: id) else { return nil }
            let (network, connection) = (member.origin.network, member.origin.connection)
            networks[network]?[connection]?.removeAll { $0.number == member.number }
            if networks[network]?[connection]?.isEmpty ?? false { networks[network]?[connection] = nil }
            let left = count(of: network) - 1
            counts[network] = left > 0 ? left : nil
            if left <= 0 { networks[network] = nil }
            return member
        }
    }
}
