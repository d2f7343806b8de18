public import ChatBridge
package import Concurrency
package import JSON
package import Realtime

/// The room of a user's devices, in every dialect that has rooms.
package enum UserRoom {
    /// The name of the room of `user`.
    package static func name(_ user: String) -> String { "user_\(user)" }
}

extension SocketIOHub {
    /// The longest connected sockets of a user beyond `maximum`, which are disconnected in favour of newer ones.
    package func surplusSockets(of user: String, over maximum: Int) -> [SocketIOSocket] {
        let sockets = sockets(in: UserRoom.name(user))
        return Array(sockets.prefix(max(sockets.count - maximum, 0)))
    }
}

extension SocketIOHub: ConnectionRegistry {
    /// See ``ConnectionRegistry``.
    package func connectionCount(of user: String) -> Int { sockets(in: UserRoom.name(user)).count }

    /// See ``ConnectionRegistry``.
    package func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        emit(
            entry.draft.event, [payload], to: Set(users.map(UserRoom.name)), except: entry.draft.exceptSocket,
            receipt: receipt)
    }
}
