public import Concurrency
public import JSON
import Synchronization

/// The open connections of this node, by user, in dialects that do not use Socket.IO, and the means to send events to the
/// connections of all nodes.
public final class ConnectionHub: Sendable {
    /// Encodes an event as the dialect's text frame.
    public typealias Encode = @Sendable (_ event: String, _ payload: JSONValue) -> String
    /// Encodes an event as the binary frame of connections whose protocol has these.
    public typealias EncodeBinary = @Sendable (_ event: String, _ payload: JSONValue) -> [UInt8]

    private let connections = Mutex([String: [String: UserConnection]]())
    private let encode: Encode
    private let encodeBinary: EncodeBinary?
    /// The hubs of other nodes; `nil` where there is one node.
    public let peers: (any HubPeers)?
    private let handlers = Mutex(Handlers())

    private struct Handlers {
        var written: (@Sendable (_ tag: String, _ user: String) -> Void)?
        var lost: (@Sendable ([PeerConnection]) -> Void)?
    }

    /// A hub without connections.
    /// - Parameter peers: the hubs of other nodes; `nil` where there is one node.
    public init(peers: (any HubPeers)? = nil, encodeBinary: EncodeBinary? = nil, encode: @escaping Encode) {
        self.encode = encode
        self.encodeBinary = encodeBinary
        self.peers = peers
        peers?.attach(self)
    }

    /// Sets what is called when an event of another node that has a tag was written to a connection of this one.
    public func whenWritten(_ handler: @escaping @Sendable (_ tag: String, _ user: String) -> Void) {
        handlers.withLock { $0.written = handler }
    }

    /// Sets what is called when another node was forgotten: with its connections. One of the nodes calls it.
    public func whenLost(_ handler: @escaping @Sendable (_ connections: [PeerConnection]) -> Void) {
        handlers.withLock { $0.lost = handler }
    }

    /// Adds a connection. Returns how many its user has now on this node.
    @discardableResult
    public func add(_ connection: UserConnection) -> Int {
        connections.withLock { connections in
            connections[connection.user.id, default: [:]][connection.id] = connection
            peers?.changed(connection.id, to: PeerConnection(groups: [connection.user.id]))
            return connections[connection.user.id]?.count ?? 0
        }
    }

    /// Removes a connection. Returns how many its user still has on this node.
    @discardableResult
    public func remove(_ connection: UserConnection) -> Int {
        connections.withLock { connections in
            let user = connection.user.id
            connections[user]?[connection.id] = nil
            peers?.changed(connection.id, to: nil)
            if connections[user]?.isEmpty ?? false { connections[user] = nil }
            return connections[user]?.count ?? 0
        }
    }

    /// How many connections this node has.
    public var count: Int { connections.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// All connections of this node.
    public var all: [UserConnection] { connections.withLock { $0.values.flatMap(\.values) } }

    /// The connections of a user to this node.
    public func connections(of user: String) -> [UserConnection] {
        connections.withLock { $0[user].map { Array($0.values) } ?? [] }
    }

    /// How many connections a user has on all nodes.
    public func connectionCount(of user: String) -> Int {
        connections.withLock { $0[user]?.count ?? 0 } + (peers?.connections(in: user).count ?? 0)
    }

    /// Queues an event for every connection of `users`, except the one with the ID `except`.
    /// - Parameters:
    ///   - receipt: held until the event was written, or the connection has ended, and was sent to the other nodes. An event with
    ///     neither this nor `written` is ephemeral: see ``HubEvent/isEphemeral``.
    ///   - tag: what the other nodes call their handler of written events with.
    ///   - written: called with the user for each connection of this node for which the kernel has accepted the event.
    public func send(
        _ event: String, _ payload: JSONValue, to users: Set<String>, except: String? = nil,
        receipt: WriteReceipt? = nil, tag: String? = nil, written: (@Sendable (_ user: String) -> Void)? = nil
    ) {
        var event = HubEvent(event, [payload], to: users, except: except, tag: tag)
        event.isEphemeral = receipt == nil && written == nil
        peers?.send(event, receipt: receipt)
        send(event, receipt: receipt, written: written)
    }

    /// Sends an event to the connections of this node.
    private func send(
        _ event: HubEvent, receipt: WriteReceipt? = nil, written: (@Sendable (_ user: String) -> Void)? = nil
    ) {
        let candidates = event.isForAll ? all : event.groups.flatMap { connections(of: $0) }
        let receivers = candidates.filter { connection in
            connection.id != event.except && !event.outside.contains(connection.user.id)
                && !(event.isEphemeral && connection.queueIsLong)
        }
        guard !receivers.isEmpty else { return }
        // Each encoding is made once, however many connections have it.
        let payload = event.arguments.first ?? .null
        let binary = receivers.filter { encodeBinary != nil && $0.usesBinary }
        if let encodeBinary, !binary.isEmpty {
            let bytes = encodeBinary(event.name, payload)
            for receiver in binary { receiver.send(.binary(bytes), receipt: receipt, written: written) }
        }
        guard binary.count < receivers.count else { return }
        let text = encode(event.name, payload)
        for receiver in receivers where encodeBinary == nil || !receiver.usesBinary {
            receiver.send(text, receipt: receipt, written: written)
        }
    }
}

extension ConnectionHub: HubReceiver {
    /// See ``HubReceiver``.
    public func receive(_ event: HubEvent, receipt: WriteReceipt?) {
        let handler = handlers.withLock { $0.written }
        let written = event.tag.flatMap { tag in handler.map { handler in { @Sendable user in handler(tag, user) } } }
        send(event, receipt: receipt, written: written)
    }

    /// See ``HubReceiver``.
    public func lost(_ connections: [PeerConnection]) { handlers.withLock { $0.lost }?(connections) }
}
