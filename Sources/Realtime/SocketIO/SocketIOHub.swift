public import Concurrency
public import JSON
import Synchronization

/// The sockets of one path by room, and the means to send events to them.
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
    private let maximumRooms: Int

    /// An empty hub in which a socket may be in `maximumRooms` rooms at once.
    public init(maximumRooms: Int = 1_024) { self.maximumRooms = maximumRooms }

    /// Adds a socket to a room. Returns `false`, without adding it, if it has disconnected or is in too many rooms.
    @discardableResult
    public func join(_ room: String, _ socket: SocketIOSocket) -> Bool {
        rooms.withLock { rooms in
            guard let joined = rooms.joined[socket.id], joined.count < maximumRooms || joined.contains(room) else {
                return false
            }
            rooms.joined[socket.id]?.insert(room)
            rooms.sockets[room, default: [:]][socket.id] = socket
            return true
        }
    }

    /// Removes a socket from a room.
    public func leave(_ room: String, _ socket: SocketIOSocket) {
        rooms.withLock { rooms in
            rooms.joined[socket.id]?.remove(room)
            rooms.remove(socket.id, from: room)
        }
    }

    /// Sends an event to every socket that is in any of `rooms`, once each, except the socket with the ID `except` and
    /// those for which `isReceiver` returns `false`. Returns the number of receivers.
    /// - Parameters:
    ///   - room: a room that a receiver must be in as well; `nil` for no such condition.
    ///   - receipt: held until the event was written to each, or its connection has ended.
    @discardableResult
    public func emit(
        _ event: String, _ arguments: [JSONValue], to names: Set<String>, within room: String? = nil,
        except: String? = nil, receipt: WriteReceipt? = nil, where isReceiver: (SocketIOSocket) -> Bool = { _ in true }
    ) -> Int {
        // A session locks itself to send, and may call this hub with that lock held: so this lock must be released
        // first.
        let receivers = rooms.withLock { $0.sockets(in: names, within: room) }
        var messages: [String: [EngineIOMessage]] = [:]
        var count = 0
        for socket in receivers.values where socket.id != except && isReceiver(socket) {
            let encoded =
                messages[socket.namespace]
                ?? SocketIOPacket.event(event, arguments, namespace: socket.namespace).messages
            messages[socket.namespace] = encoded
            socket.send(encoded, receipt: receipt)
            count += 1
        }
        return count
    }

    /// The sockets in a room in the order in which they connected.
    public func sockets(in room: String) -> [SocketIOSocket] {
        rooms.withLock { rooms in
            (rooms.sockets[room] ?? [:]).values.sorted { rooms.order[$0.id] ?? 0 < rooms.order[$1.id] ?? 0 }
        }
    }

    /// Whether one of the sockets in the room `name` is in `room` as well.
    public func isAnySocket(of name: String, in room: String) -> Bool {
        rooms.withLock { rooms in
            rooms.sockets[name]?.keys.contains { rooms.joined[$0]?.contains(room) ?? false } ?? false
        }
    }

    func add(_ socket: SocketIOSocket, to names: Set<String>) {
        rooms.withLock { rooms in
            rooms.joined[socket.id] = names
            rooms.count += 1
            rooms.order[socket.id] = rooms.count
            for name in names { rooms.sockets[name, default: [:]][socket.id] = socket }
        }
    }

    func remove(_ socket: SocketIOSocket) {
        rooms.withLock { rooms in
            rooms.order[socket.id] = nil
            for name in rooms.joined.removeValue(forKey: socket.id) ?? [] { rooms.remove(socket.id, from: name) }
        }
    }
}

extension SocketIOHub.Rooms {
    /// The sockets that are in any of the rooms `names` and, if given, also in `room`, by socket ID.
    fileprivate func sockets(in names: Set<String>, within room: String?) -> [String: SocketIOSocket] {
        if let room {
            (sockets[room] ?? [:]).filter { id, _ in !(joined[id] ?? []).isDisjoint(with: names) }
        } else {
            names.reduce(into: [:]) { found, name in found.merge(sockets[name] ?? [:]) { first, _ in first } }
        }
    }

    fileprivate mutating func remove(_ id: String, from room: String) {
        sockets[room]?[id] = nil
        if sockets[room]?.isEmpty ?? false { sockets[room] = nil }
    }
}
