import ChatBridge

/// The dialect's rooms beside those of users.
enum BananatalkRoom {
    /// Who wants to know a user's status.
    static func watchers(of id: String) -> String { "status_\(id)" }
}
