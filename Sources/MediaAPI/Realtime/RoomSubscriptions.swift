package import ChatBridge
package import Concurrency
package import JSON
package import Realtime
import Synchronization

/// The conversations that sockets have joined, in Socket.IO dialects whose clients join conversations. An event of a
/// conversation is sent to the sockets that have joined it and whose users are members at that time: a socket that has joined
/// receives nothing of a conversation that its user has left.
package final class RoomSubscriptions: Sendable {
    private let hub: SocketIOHub
    private let conversationKey: String
    private let maximumJoined: Int
    /// The conversations of each socket, by its ID.
    private let joined = Mutex([String: Set<String>]())

    /// Subscriptions of the sockets in `hub`, none yet.
    /// - Parameters:
    ///   - conversationKey: the member of an event's payload that has the ID of its conversation.
    ///   - maximumJoined: how many conversations a socket may have joined, within the limit of the hub.
    package init(hub: SocketIOHub, conversationKey: String, maximumJoined: Int = .max) {
        self.hub = hub
        self.conversationKey = conversationKey
        self.maximumJoined = maximumJoined
    }

    /// Adds a member's socket to a conversation. Returns whether it is the user's first there; `nil` when the socket may join no
    /// more conversations.
    package func join(_ conversation: String, _ socket: SocketIOSocket) -> Bool? {
        let isFirst = !isPresent(socket.caller?.id, in: conversation)
        let isAccepted = joined.withLock { joined in
            let current = joined[socket.id] ?? []
            guard current.contains(conversation) || current.count < maximumJoined,
                hub.join(Self.room(conversation), socket)
            else { return false }
            joined[socket.id, default: []].insert(conversation)
            return true
        }
        return isAccepted ? isFirst : nil
    }

    /// Removes a socket from a conversation. Returns whether it was the user's last there.
    package func leave(_ conversation: String, _ socket: SocketIOSocket) -> Bool {
        let wasJoined = joined.withLock { $0[socket.id]?.remove(conversation) } != nil
        hub.leave(Self.room(conversation), socket)
        return wasJoined && !isPresent(socket.caller?.id, in: conversation)
    }

    /// Removes a socket that has disconnected. Returns the conversations in which it was the user's last.
    @discardableResult
    package func disconnected(_ socket: SocketIOSocket) -> Set<String> {
        let conversations = joined.withLock { $0.removeValue(forKey: socket.id) } ?? []
        return conversations.filter { !isPresent(socket.caller?.id, in: $0) }
    }

    /// Whether a socket of `user` has joined a conversation.
    package func isPresent(_ user: String?, in conversation: String) -> Bool {
        user.map { hub.isAnySocket(of: UserRoom.name($0), in: Self.room(conversation)) } ?? false
    }

    /// Sends an event to the sockets of `users` that have joined a conversation, except the one with the ID `except`.
    package func send(
        _ event: String, _ payload: JSONValue, in conversation: String, to users: Set<String>, except: String? = nil,
        receipt: WriteReceipt? = nil
    ) {
        hub.emit(
            event, [payload], to: Set(users.map(UserRoom.name)), within: Self.room(conversation), except: except,
            receipt: receipt)
    }

    private static func room(_ conversation: String) -> String { "chat_\(conversation)" }
}

extension RoomSubscriptions: ConnectionRegistry {
    /// See ``ConnectionRegistry``.
    package func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }

    /// See ``ConnectionRegistry``. A user who is connected and has not joined the conversation cannot receive its events.
    package func isPresent(_ user: String, for entry: OutboxEntry) -> Bool {
        guard let conversation = entry.draft.joined else { return connectionCount(of: user) > 0 }
        return isPresent(user, in: conversation)
    }

    /// See ``ConnectionRegistry``. An event without a conversation is sent to all sockets of `users`.
    package func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        guard let conversation = payload[conversationKey]?.stringValue else {
            return hub.send(entry, payload, to: users, receipt: receipt)
        }
        send(
            entry.draft.event, payload, in: conversation, to: users, except: entry.draft.exceptSocket, receipt: receipt)
    }
}
