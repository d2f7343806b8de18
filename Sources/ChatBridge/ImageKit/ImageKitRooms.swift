import JSON
import Synchronization

/// Who has joined which chat, and the way of the chats' events to them. What is told to a chat reaches the sockets that
/// have joined it and whose users are members of it at that moment.
final class ImageKitRooms: ConnectionRegistry {
    private let hub: SocketIOHub
    private let maximumJoined: Int
    /// The chats of each socket, by its id.
    private let joined = Mutex([String: Set<String>]())

    init(hub: SocketIOHub, maximumJoined: Int) {
        self.hub = hub
        self.maximumJoined = maximumJoined
    }

    /// Lets a socket of a member in. Whether its user was not there before.
    func join(_ chat: String, _ socket: SocketIOSocket) throws(ChatError) -> Bool {
        let isTaken = joined.withLock { joined in
            guard joined[socket.id]?.contains(chat) ?? false || joined[socket.id]?.count ?? 0 < maximumJoined else {
                return false
            }
            joined[socket.id, default: []].insert(chat)
            return true
        }
        guard isTaken else { throw ChatError(.limitReached, "A socket can join \(maximumJoined) chats: leave some") }
        let isNew = !isPresent(socket.caller?.id, in: chat)
        hub.join(Self.room(chat), socket)
        return isNew
    }

    /// Lets a socket go. Whether its user has gone with it.
    func leave(_ chat: String, _ socket: SocketIOSocket) -> Bool {
        let wasThere = joined.withLock { $0[socket.id]?.remove(chat) } != nil
        hub.leave(Self.room(chat), socket)
        return wasThere && !isPresent(socket.caller?.id, in: chat)
    }

    /// A socket has disconnected. The chats from which its user has gone with it.
    func left(_ socket: SocketIOSocket) -> Set<String> {
        let chats = joined.withLock { $0.removeValue(forKey: socket.id) } ?? []
        return chats.filter { !isPresent(socket.caller?.id, in: $0) }
    }

    /// Tells an event to those of `members` who have joined `chat`, but not to the socket `except`.
    func send(
        _ event: String, _ payload: JSONValue, in chat: String, to members: Set<String>, except: String? = nil,
        receipt: OutboxReceipt? = nil
    ) {
        hub.emit(event, [payload], to: [Self.room(chat)], except: except, receipt: receipt) { socket in
            socket.caller.map { members.contains($0.id) } ?? false
        }
    }

    /// See ``ConnectionRegistry``.
    func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }

    /// See ``ConnectionRegistry``. Somebody who has connected and not joined the chat yet cannot be told what is told there.
    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool {
        guard let chat = entry.draft.joined else { return connectionCount(of: user) > 0 }
        return isPresent(user, in: chat)
    }

    /// See ``ConnectionRegistry``. `unread_message` goes to the devices of the members who have not joined the chat, to each
    /// with their own count.
    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: OutboxReceipt?) {
        guard let chat = payload["chatId"]?.stringValue else { return }
        guard entry.draft.event == ImageKitEvent.unreadMessage else {
            return send(
                entry.draft.event, payload, in: chat, to: users, except: entry.draft.exceptSocket, receipt: receipt)
        }
        var members = payload.objectValue ?? [:]
        let counts = members.removeValue(forKey: "unreadCounts")
        for user in users where user != payload["senderId"]?.stringValue && !isPresent(user, in: chat) {
            members["unreadCount"] = counts?[user] ?? 0
            hub.emit(entry.draft.event, [.object(members)], to: [UserRoom.name(user)], receipt: receipt)
        }
    }

    private func isPresent(_ user: String?, in chat: String) -> Bool {
        hub.sockets(in: Self.room(chat)).contains { $0.caller?.id == user }
    }

    private static func room(_ chat: String) -> String { "chat_\(chat)" }
}
