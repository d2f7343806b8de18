public import Concurrency
public import JSON

/// The connected users of this process, as delivery needs them.
public protocol ConnectionRegistry: Sendable {
    /// How many connections a user has.
    func connectionCount(of user: String) -> Int
    /// Whether a user has a connection that can receive `entry`.
    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool
    /// Queues an event for the connections of `users`, except the one that the entry excludes. Never waits: what is queued for
    /// a connection holds `receipt` until its bytes were written, or the connection has ended.
    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?)
}

extension ConnectionRegistry {
    /// By default every connection of a user can receive every event.
    public func isPresent(_ user: String, for entry: OutboxEntry) -> Bool { connectionCount(of: user) > 0 }
}
