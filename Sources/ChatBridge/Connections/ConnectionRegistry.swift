public import JSON

/// The connected users of this process, as delivery needs them.
public protocol ConnectionRegistry: Sendable {
    /// How many connections a user has.
    func connectionCount(of user: String) -> Int
    /// Whether a user has a connection that can receive `entry`.
    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool
    /// Queues an event for the connections of `users`, except the one that the entry excludes. Never waits: what is queued for
    /// a connection holds `receipt` until its bytes were written, or the connection has ended.
    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: OutboxReceipt?)
}

extension ConnectionRegistry {
    /// By default every connection of a user can receive every event.
    public func isPresent(_ user: String, for entry: OutboxEntry) -> Bool { connectionCount(of: user) > 0 }
}

/// The Socket.IO room of a user's devices, in every dialect that uses Socket.IO.
public enum UserRoom {
    /// The room of a user.
    public static func name(_ user: String) -> String { "user_\(user)" }
}

extension SocketIOHub {
    /// The sockets of a user beyond `maximum`, the longest connected ones: those to close in favour of the newest.
    public func surplusSockets(of user: String, over maximum: Int) -> [SocketIOSocket] {
        let sockets = sockets(in: UserRoom.name(user))
        return Array(sockets.prefix(max(sockets.count - maximum, 0)))
    }
}

extension SocketIOHub: ConnectionRegistry {
    /// See ``ConnectionRegistry``.
    public func connectionCount(of user: String) -> Int { sockets(in: UserRoom.name(user)).count }

    /// See ``ConnectionRegistry``.
    public func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: OutboxReceipt?) {
        emit(
            entry.draft.event, [payload], to: Set(users.map(UserRoom.name)), except: entry.draft.exceptSocket,
            receipt: receipt)
    }
}
