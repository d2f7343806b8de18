public import Concurrency
public import JSON
import Synchronization

/// The sockets of one path by room, and the means to send events to them, on every node of a cluster.
public final class SocketIOHub: Sendable {
    fileprivate struct Rooms {
        var sockets: [String: [String: SocketIOSocket]] = [:]
        /// The rooms of each connected socket, by socket ID.
        var joined: [String: Set<String>] = [:]
        /// The order in which the sockets connected, by socket ID.
        var order: [String: Int] = [:]
        var count = 0
    }

    private let rooms = Mutex(Rooms())
    /// In how many rooms a socket may be at once.
    public let maximumRooms: Int
    /// The hubs of other nodes; `nil` where there is one node.
    public let peers: (any HubPeers)?
    private let device: @Sendable (SocketIOSocket) -> String?
    private let lossHandler = Mutex<(@Sendable ([PeerConnection]) -> Void)?>(nil)
    private let writtenHandler = Mutex<(@Sendable (_ tag: String, _ user: String) -> Void)?>(nil)

    /// An empty hub.
    /// - Parameters:
    ///   - maximumRooms: in how many rooms a socket may be at once.
    ///   - peers: the hubs of other nodes; `nil` where there is one node.
    ///   - device: the device of a socket, for the other nodes.
    public init(
        maximumRooms: Int = 1_024, peers: (any HubPeers)? = nil,
        device: @escaping @Sendable (SocketIOSocket) -> String? = { _ in nil }
    ) {
        self.maximumRooms = maximumRooms
        self.peers = peers
        self.device = device
        peers?.attach(self)
    }

    /// Sets what is called when another node was forgotten: with its sockets. One of the nodes calls it.
    public func whenLost(_ handler: @escaping @Sendable (_ sockets: [PeerConnection]) -> Void) {
        lossHandler.withLock { $0 = handler }
    }

    /// Sets what is called when an event of another node that has a tag was written to a socket of this one.
    public func whenWritten(_ handler: @escaping @Sendable (_ tag: String, _ user: String) -> Void) {
        writtenHandler.withLock { $0 = handler }
    }

    /// Adds a socket to a room. Returns `false`, without adding it, if it has disconnected or is in too many rooms.
    @discardableResult
    public func join(_ room: String, _ socket: SocketIOSocket) -> Bool {
        rooms.withLock { rooms in
            guard let joined = rooms.joined[socket.id], joined.count < maximumRooms || joined.contains(room) else {
                return false
            }
            rooms.joined[socket.id]?.insert(room)
            rooms.sockets[room, default: [:]][socket.id] = socket
            share(socket, in: rooms.joined[socket.id])
            return true
        }
    }

    /// Removes a socket from a room.
    public func leave(_ room: String, _ socket: SocketIOSocket) {
        rooms.withLock { rooms in
            rooms.joined[socket.id]?.remove(room)
            rooms.remove(socket.id, from: room)
            share(socket, in: rooms.joined[socket.id])
        }
    }

    /// Sends an event to every socket that is in any of `rooms`, once each, except the socket with the ID `except`. Returns
    /// the number of receivers on this node.
    /// - Parameters:
    ///   - room: a room that a receiver must be in as well; `nil` for no such condition.
    ///   - outside: rooms whose sockets do not receive it.
    ///   - receipt: held until the event was written to each, or its connection has ended, and was sent to the other nodes. An event
    ///     with neither this nor `written` is ephemeral: see ``HubEvent/isEphemeral``.
    ///   - tag: what the other nodes call their handler of written events with.
    ///   - written: called with the user of each socket of this node for which the kernel has accepted the event. Must return
    ///     quickly.
    @discardableResult
    public func emit(
        _ event: String, _ arguments: [JSONValue], to names: Set<String>, within room: String? = nil,
        outside: Set<String> = [], except: String? = nil, receipt: WriteReceipt? = nil, tag: String? = nil,
        written: (@Sendable (_ user: String) -> Void)? = nil
    ) -> Int {
        var event = HubEvent(event, arguments, to: names, within: room, outside: outside, except: except, tag: tag)
        event.isEphemeral = receipt == nil && written == nil
        peers?.send(event, receipt: receipt)
        return send(event, receipt: receipt, written: written)
    }

    /// Sends an event to the sockets of this node.
    fileprivate func send(
        _ event: HubEvent, receipt: WriteReceipt? = nil, written: (@Sendable (_ user: String) -> Void)? = nil
    ) -> Int {
        // A session locks itself to send, and may call this hub with that lock held: so this lock must be released
        // first.
        let receivers = rooms.withLock { $0.receivers(of: event) }
        var messages: [String: [EngineIOMessage]] = [:]
        var count = 0
        for socket in receivers.values where socket.id != event.except {
            let encoded =
                messages[socket.namespace]
                ?? SocketIOPacket.event(event.name, event.arguments, namespace: socket.namespace).messages
            messages[socket.namespace] = encoded
            let receipt = Self.receipt(receipt, confirming: written, to: socket)
            socket.send(encoded, receipt: receipt, isEphemeral: event.isEphemeral)
            count += 1
        }
        return count
    }

    /// The receipt of what is sent to one socket: it holds `receipt`, and calls `written` for the socket's user.
    private static func receipt(
        _ receipt: WriteReceipt?, confirming written: (@Sendable (_ user: String) -> Void)?, to socket: SocketIOSocket
    ) -> WriteReceipt? {
        guard let written, let user = socket.user?.id else { return receipt }
        return WriteReceipt(written: { written(user) }, delivered: { withExtendedLifetime(receipt) {} })
    }

    /// Sends an ephemeral event to every socket of this node that is in a room.
    public func emitToOwnSockets(_ event: String, _ arguments: [JSONValue]) {
        var event = HubEvent(event, arguments, to: [])
        event.isForAll = true
        event.isEphemeral = true
        _ = send(event)
    }

    /// The sockets of this node in a room, in the order in which they connected.
    public func sockets(in room: String) -> [SocketIOSocket] {
        rooms.withLock { rooms in
            (rooms.sockets[room] ?? [:]).values.sorted { rooms.order[$0.id] ?? 0 < rooms.order[$1.id] ?? 0 }
        }
    }

    /// Whether one of the sockets in the room `name`, on any node, is in `room` as well.
    public func isAnySocket(of name: String, in room: String) -> Bool {
        let isHere = rooms.withLock { rooms in
            rooms.sockets[name]?.keys.contains { rooms.joined[$0]?.contains(room) ?? false } ?? false
        }
        return isHere || peers?.isAnyConnection(of: name, in: room) ?? false
    }

    /// How many sockets are in a room, on all nodes.
    public func socketCount(in room: String) -> Int {
        rooms.withLock { $0.sockets[room]?.count ?? 0 } + (peers?.connections(in: room).count ?? 0)
    }

    func add(_ socket: SocketIOSocket, to names: Set<String>) {
        rooms.withLock { rooms in
            rooms.joined[socket.id] = names
            rooms.count += 1
            rooms.order[socket.id] = rooms.count
            for name in names { rooms.sockets[name, default: [:]][socket.id] = socket }
            share(socket, in: rooms.joined[socket.id])
        }
    }

    func remove(_ socket: SocketIOSocket) {
        rooms.withLock { rooms in
            rooms.order[socket.id] = nil
            for name in rooms.joined.removeValue(forKey: socket.id) ?? [] { rooms.remove(socket.id, from: name) }
            share(socket, in: rooms.joined[socket.id])
        }
    }

    /// Sends the other nodes the rooms of a socket. Called with the rooms locked, so that changes are sent in order.
    private func share(_ socket: SocketIOSocket, in joined: Set<String>?) {
        peers?.changed(socket.id, to: joined.map { PeerConnection(groups: $0, device: device(socket)) })
    }
}

extension SocketIOHub: HubReceiver {
    /// See ``HubReceiver``. What is no event for an application, by its name, is dropped.
    public func receive(_ event: HubEvent, receipt: WriteReceipt?) {
        guard !SocketIOPacket.reservedEvents.contains(event.name) else { return }
        let handler = writtenHandler.withLock { $0 }
        let written = event.tag.flatMap { tag in handler.map { handler in { @Sendable user in handler(tag, user) } } }
        _ = send(event, receipt: receipt, written: written)
    }

    /// See ``HubReceiver``.
    public func lost(_ connections: [PeerConnection]) { lossHandler.withLock { $0 }?(connections) }
}

extension SocketIOHub.Rooms {
    /// The sockets that an event is for, by socket ID.
    fileprivate func receivers(of event: HubEvent) -> [String: SocketIOSocket] {
        let names = event.isForAll ? Set(sockets.keys) : event.groups
        var found: [String: SocketIOSocket] = [:]
        if let room = event.within {
            found = (sockets[room] ?? [:]).filter { id, _ in !(joined[id] ?? []).isDisjoint(with: names) }
        } else {
            for name in names { found.merge(sockets[name] ?? [:]) { first, _ in first } }
        }
        guard !event.outside.isEmpty else { return found }
        return found.filter { id, _ in (joined[id] ?? []).isDisjoint(with: event.outside) }
    }

    fileprivate mutating func remove(_ id: String, from room: String) {
        sockets[room]?[id] = nil
        if sockets[room]?.isEmpty ?? false { sockets[room] = nil }
    }
}
