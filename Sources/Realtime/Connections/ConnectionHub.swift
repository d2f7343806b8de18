public import Concurrency
public import JSON
import Synchronization

/// The open connections of this process, by user, in dialects that do not use Socket.IO.
public final class ConnectionHub: Sendable {
    /// Encodes an event as the dialect's text frame.
    public typealias Encode = @Sendable (_ event: String, _ payload: JSONValue) -> String

    private let connections = Mutex([String: [String: UserConnection]]())
    private let encode: Encode

    /// A hub without connections.
    public init(encode: @escaping Encode) { self.encode = encode }

    /// Adds a connection. Returns how many its user has now.
    @discardableResult
    public func add(_ connection: UserConnection) -> Int {
        connections.withLock { connections in
            connections[connection.user.id, default: [:]][connection.id] = connection
            return connections[connection.user.id]?.count ?? 0
        }
    }

    /// Removes a connection. Returns how many its user still has.
    @discardableResult
    public func remove(_ connection: UserConnection) -> Int {
        connections.withLock { connections in
            let user = connection.user.id
            connections[user]?[connection.id] = nil
            if connections[user]?.isEmpty ?? false { connections[user] = nil }
            return connections[user]?.count ?? 0
        }
    }

    /// How many connections there are.
    public var count: Int { connections.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    /// All connections.
    public var all: [UserConnection] { connections.withLock { $0.values.flatMap(\.values) } }

    /// The connections of a user.
    public func connections(of user: String) -> [UserConnection] {
        connections.withLock { $0[user].map { Array($0.values) } ?? [] }
    }

    /// How many connections a user has.
    public func connectionCount(of user: String) -> Int { connections.withLock { $0[user]?.count ?? 0 } }

    /// Queues an event for every connection of `users`, except the one with the ID `except`.
    /// - Parameters:
    ///   - receipt: held until the event was written, or the connection has ended.
    ///   - written: called with the user for each connection for which the kernel has accepted the event.
    public func send(
        _ event: String, _ payload: JSONValue, to users: Set<String>, except: String? = nil,
        receipt: WriteReceipt? = nil, written: (@Sendable (_ user: String) -> Void)? = nil
    ) {
        let receivers = users.flatMap { connections(of: $0) }.filter { $0.id != except }
        guard !receivers.isEmpty else { return }
        let text = encode(event, payload)
        for receiver in receivers { receiver.send(text, receipt: receipt, written: written) }
    }
}
