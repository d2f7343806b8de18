public import ChatBridge
package import Concurrency
package import JSON
package import Realtime

/// The room of a user's devices, in every dialect that has rooms.
package enum UserRoom {
    /// The name of the room of `user`.
    package static func name(_ user: String) -> String { prefix + user }

    /// The user whose devices are in `room`; `nil` for another room.
    package static func user(_ room: String) -> String? {
        room.hasPrefix(prefix) ? String(room.dropFirst(prefix.count)) : nil
    }

    private static let prefix = "user_"
}

/// The room of the sockets that have joined a conversation.
package enum ConversationRoom {
    /// The name of the room of `conversation`.
    package static func name(_ conversation: String) -> String { prefix + conversation }

    /// The conversation that the sockets in `room` have joined; `nil` for another room.
    static func conversation(_ room: String) -> String? {
        room.hasPrefix(prefix) ? String(room.dropFirst(prefix.count)) : nil
    }

    private static let prefix = "chat_"
}

extension SocketIOHub {
    /// The users of sockets that were lost with their node.
    package static func users(of lost: [PeerConnection]) -> Set<String> {
        Set(lost.flatMap(\.groups).compactMap(UserRoom.user))
    }

    /// The longest connected sockets of a user on this node beyond `maximum`, which are disconnected in favour of newer ones.
    package func surplusSockets(of user: String, over maximum: Int) -> [SocketIOSocket] {
        let sockets = sockets(in: UserRoom.name(user))
        return Array(sockets.prefix(max(sockets.count - maximum, 0)))
    }
}

extension SocketIOHub: ConnectionRegistry {
    /// See ``ConnectionRegistry``.
    package var fanOut: (any EventFanOut)? { peers.map(HubFanOut.init) }

    /// See ``ConnectionRegistry``.
    package func connectionCount(of user: String) -> Int { socketCount(in: UserRoom.name(user)) }

    /// See ``ConnectionRegistry``.
    package func ownConnectionCount(of user: String) -> Int { sockets(in: UserRoom.name(user)).count }

    /// See ``ConnectionRegistry``.
    package func otherConnectionCount(of user: String) -> Int {
        peers?.connections(in: UserRoom.name(user)).count ?? 0
    }

    /// See ``ConnectionRegistry``.
    package func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        emit(
            entry.draft.event, [payload], to: Set(users.map(UserRoom.name)), except: entry.draft.exceptSocket,
            receipt: receipt)
    }
}
