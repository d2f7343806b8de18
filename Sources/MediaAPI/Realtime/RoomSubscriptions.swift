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
    private let joined = Mutex(Joined())
    private let announcing = Mutex(())

    /// Which sockets have joined what. The hub's rooms change within its lock, so that of concurrent sockets of a user exactly
    /// one is the first in a conversation, and one the last.
    private struct Joined {
        /// The conversations of each socket, by its ID.
        var conversations: [String: Set<String>] = [:]
        /// How many sockets of each user have joined a conversation.
        var counts: [Presence: Int] = [:]

        struct Presence: Hashable {
            var user: String?
            var conversation: String
        }

        /// Adds a socket. Returns whether it is the user's first.
        mutating func insert(_ socket: SocketIOSocket, _ conversation: String) -> Bool {
            guard conversations[socket.id, default: []].insert(conversation).inserted else { return false }
            let presence = Presence(user: socket.caller?.id, conversation: conversation)
            counts[presence, default: 0] += 1
            return counts[presence] == 1
        }

        /// Removes a socket. Returns whether it was the user's last; `false` for one that had not joined.
        mutating func remove(_ socket: SocketIOSocket, _ conversation: String) -> Bool {
            guard conversations[socket.id]?.remove(conversation) != nil else { return false }
            let presence = Presence(user: socket.caller?.id, conversation: conversation)
            counts[presence, default: 1] -= 1
            guard counts[presence] == 0 else { return false }
            counts[presence] = nil
            return true
        }
    }

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
        joined.withLock { joined in
            let current = joined.conversations[socket.id] ?? []
            guard current.contains(conversation) || current.count < maximumJoined,
                hub.join(ConversationRoom.name(conversation), socket)
            else { return nil }
            return joined.insert(socket, conversation) && !isElsewhere(socket.caller?.id, in: conversation)
        }
    }

    /// Removes a socket from a conversation. Returns whether it was the user's last there.
    package func leave(_ conversation: String, _ socket: SocketIOSocket) -> Bool {
        joined.withLock { joined in
            hub.leave(ConversationRoom.name(conversation), socket)
            return joined.remove(socket, conversation) && !isElsewhere(socket.caller?.id, in: conversation)
        }
    }

    /// Removes a socket that has disconnected. Returns the conversations in which it was the user's last.
    @discardableResult
    package func disconnected(_ socket: SocketIOSocket) -> Set<String> {
        joined.withLock { joined in
            let conversations = joined.conversations[socket.id] ?? []
            let left = conversations.filter { joined.remove(socket, $0) }
            joined.conversations[socket.id] = nil
            return left.filter { !isElsewhere(socket.caller?.id, in: $0) }
        }
    }

    /// The users of sockets that were lost with their node, by the conversations in which none of theirs is left.
    package func absentUsers(of lost: [PeerConnection]) -> [String: Set<String>] {
        var absent: [String: Set<String>] = [:]
        for socket in lost {
            for user in socket.groups.compactMap(UserRoom.user) {
                for conversation in socket.groups.compactMap(ConversationRoom.conversation)
                where !isPresent(user, in: conversation) {
                    absent[conversation, default: []].insert(user)
                }
            }
        }
        return absent
    }

    /// Whether a socket of `user` on another node has joined a conversation.
    private func isElsewhere(_ user: String?, in conversation: String) -> Bool {
        guard let user, let peers = hub.peers else { return false }
        return peers.isAnyConnection(of: UserRoom.name(user), in: ConversationRoom.name(conversation))
    }

    /// Whether a socket of `user` has joined a conversation.
    package func isPresent(_ user: String?, in conversation: String) -> Bool {
        user.map { hub.isAnySocket(of: UserRoom.name($0), in: ConversationRoom.name(conversation)) } ?? false
    }

    /// Sends an event about the presence of a user in a conversation, unless that has changed since it was decided: the change is
    /// announced by itself.
    /// - Parameters:
    ///   - isPresent: what the event says, or `nil` for one that is sent in any case.
    ///   - send: queues the event; must not wait. Called at most once, before this returns, and for one event at a time.
    package func announce(
        _ user: String, in conversation: String, whilePresent isPresent: Bool?, _ send: () -> Void
    ) {
        announcing.withLock { _ in
            if let isPresent, self.isPresent(user, in: conversation) != isPresent { return }
            send()
        }
    }

    /// Sends an event to the sockets of `users` that have joined a conversation, except the one with the ID `except`. For `receipt`,
    /// `tag` and `written` see ``SocketIOHub``.
    package func send(
        _ event: String, _ payload: JSONValue, in conversation: String, to users: Set<String>, except: String? = nil,
        receipt: WriteReceipt? = nil, tag: String? = nil, written: (@Sendable (_ user: String) -> Void)? = nil
    ) {
        hub.emit(
            event, [payload], to: Set(users.map(UserRoom.name)), within: ConversationRoom.name(conversation),
            except: except, receipt: receipt, tag: tag, written: written)
    }
}

extension RoomSubscriptions: ConnectionRegistry {
    /// See ``ConnectionRegistry``.
    package var fanOut: (any EventFanOut)? { hub.fanOut }

    /// See ``ConnectionRegistry``.
    package func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }

    /// See ``ConnectionRegistry``.
    package func ownConnectionCount(of user: String) -> Int { hub.ownConnectionCount(of: user) }

    /// See ``ConnectionRegistry``.
    package func otherConnectionCount(of user: String) -> Int { hub.otherConnectionCount(of: user) }

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
