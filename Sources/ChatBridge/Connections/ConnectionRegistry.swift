public import JSON

/// Whoever is connected to this node, as the outbox sees them.
public protocol ConnectionRegistry: Sendable {
    /// How many connections a user has.
    func connectionCount(of user: String) -> Int
    /// Whether a user has a connection that `entry` can be told to.
    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool
    /// Tells an event to the connections of `users`, but not to the entry's excepted one. Never waits: what is queued for a
    /// connection holds `receipt` until its bytes were written, or the connection has ended.
    func tell(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: OutboxReceipt?)
}

extension ConnectionRegistry {
    /// Every connection of a user can be told everything, unless a dialect says otherwise.
    public func isPresent(_ user: String, for entry: OutboxEntry) -> Bool { connectionCount(of: user) > 0 }
}

/// The room of a user's devices, in every dialect that has rooms.
public enum UserRoom {
    /// Its name.
    public static func name(_ user: String) -> String { "user_\(user)" }
}

extension SocketIOHub {
    /// The longest connected sockets of a user beyond `maximum`: those that make room for the newest.
    public func surplusSockets(of user: String, over maximum: Int) -> [SocketIOSocket] {
        let sockets = sockets(in: UserRoom.name(user))
        return Array(sockets.prefix(max(sockets.count - maximum, 0)))
    }
}

extension SocketIOHub: ConnectionRegistry {
    /// See ``ConnectionRegistry``.
    public func connectionCount(of user: String) -> Int { sockets(in: UserRoom.name(user)).count }

    /// See ``ConnectionRegistry``.
    public func tell(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: OutboxReceipt?) {
        emit(
            entry.draft.event, [payload], to: Set(users.map(UserRoom.name)), except: entry.draft.exceptSocket,
            receipt: receipt)
    }
}
