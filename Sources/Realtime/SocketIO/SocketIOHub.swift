public import Concurrency
public import JSON
import Synchronization

/// Who is in which room, and the way to tell them. One for a path.
public final class SocketIOHub: Sendable {
    fileprivate struct Rooms {
        var sockets: [String: [String: SocketIOSocket]] = [:]
        /// The rooms of each socket that is connected, by its id.
        var joined: [String: Set<String>] = [:]
        /// Which of all sockets it was, by its id.
        var order: [String: Int] = [:]
        var count = 0
    }

    private let rooms = Mutex(Rooms())
    private let maximumRooms: Int

    /// A hub with nobody in it, where a socket may be in `maximumRooms` at once.
    public init(maximumRooms: Int = 1_024) { self.maximumRooms = maximumRooms }

    /// Puts a socket into a room. One that has disconnected, or is in too many, stays out: `false`.
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

    /// Takes a socket out of a room.
    public func leave(_ room: String, _ socket: SocketIOSocket) {
        rooms.withLock { rooms in
            rooms.joined[socket.id]?.remove(room)
            rooms.remove(socket.id, from: room)
        }
    }

    /// Sends an event to every socket that is in any of `rooms`, once each, but not to `except` (a socket's id) nor to
    /// those of which `isReceiver` says that they are none. Returns how many were told.
    /// - Parameters:
    ///   - room: where a socket must be as well; `nil` for anywhere.
    ///   - receipt: held until the event was written to each, or its connection has ended.
    @discardableResult
    public func emit(
        _ event: String, _ arguments: [JSONValue], to names: Set<String>, within room: String? = nil,
        except: String? = nil, receipt: WriteReceipt? = nil, where isReceiver: (SocketIOSocket) -> Bool = { _ in true }
    ) -> Int {
        // A session takes its own lock to send, and may be joining rooms with it: so never with this lock held.
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

    /// The sockets in a room, the longest connected first.
    public func sockets(in room: String) -> [SocketIOSocket] {
        rooms.withLock { rooms in
            (rooms.sockets[room] ?? [:]).values.sorted { rooms.order[$0.id] ?? 0 < rooms.order[$1.id] ?? 0 }
        }
    }

    /// Whether one of the sockets in `name` is in `room`, too.
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
    /// The sockets that are in any of `names` and, where one is named, in `room`; by id.
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
