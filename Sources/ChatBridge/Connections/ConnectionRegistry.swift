public import Concurrency
public import JSON

/// The connected users, as delivery needs them: those of this process, and of others where events are fanned out to them.
public protocol ConnectionRegistry: Sendable {
    /// How events reach the connections of other processes; `nil` where there are none.
    var fanOut: (any EventFanOut)? { get }
    /// How many connections a user has.
    func connectionCount(of user: String) -> Int
    /// How many of them are of this process.
    func ownConnectionCount(of user: String) -> Int
    /// How many of them are of other processes.
    func otherConnectionCount(of user: String) -> Int
    /// Whether a user has a connection that can receive `entry`.
    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool
    /// Queues an event for the connections of `users`, except the one that the entry excludes. Never waits: what is queued for
    /// a connection holds `receipt` until its bytes were written, or the connection has ended.
    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?)
}

extension ConnectionRegistry {
    /// By default this process has all connections.
    public var fanOut: (any EventFanOut)? { nil }
    /// By default this process has all connections.
    public func ownConnectionCount(of user: String) -> Int { connectionCount(of: user) }
    /// By default other processes have none.
    public func otherConnectionCount(of user: String) -> Int { 0 }
    /// By default every connection of a user can receive every event.
    public func isPresent(_ user: String, for entry: OutboxEntry) -> Bool { connectionCount(of: user) > 0 }
}
