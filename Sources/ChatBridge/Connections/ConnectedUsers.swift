/// Whoever is connected to this node, as the outbox sees them.
public protocol ConnectedUsers: Sendable {
    /// How many connections a user has.
    func connectionCount(of user: String) -> Int
    /// Tells an event to the connections of `users`, but not to the entry's excepted one.
    func tell(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>)
}

/// The room of a user's devices, in every dialect that has rooms.
public enum UserRoom {
    /// Its name.
    public static func name(_ user: String) -> String { "user_\(user)" }
}

extension SocketIOHub: ConnectedUsers {
    /// See ``ConnectedUsers``.
    public func connectionCount(of user: String) -> Int { sockets(in: UserRoom.name(user)).count }

    /// See ``ConnectedUsers``.
    public func tell(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>) {
        emit(entry.draft.event, [payload], to: Set(users.map(UserRoom.name)), except: entry.draft.exceptSocket)
    }
}
