import ChatBridge

/// The dialect's Socket.IO rooms, in addition to those of users.
enum BananatalkRoom {
    /// The room of the sockets that subscribe to a user's status.
    static func watchers(of id: String) -> String { "status_\(id)" }
}
