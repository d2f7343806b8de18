public import Foundation

/// One client connected to a namespace.
public final class SocketIOSocket: Sendable {
    /// The Socket.IO `sid`.
    public let id: String
    /// As whom it was accepted.
    public let user: String?
    /// When it connected.
    public let connectedAt: Date
    /// What opened its session.
    public let handshake: SocketIOHandshake

    init(id: String, user: String?, connectedAt: Date, handshake: SocketIOHandshake) {
        self.id = id
        self.user = user
        self.connectedAt = connectedAt
        self.handshake = handshake
    }

    /// Sends an event to this client alone.
    public func emit(_ event: String, _ arguments: [JSONValue]) {}
    /// Sends DISCONNECT; with `closing` ends the session as well.
    public func disconnect(closing: Bool = true) {}
}

/// Who is in which room, and the way to tell them. One for a path.
public final class SocketIOHub: Sendable {
    /// A hub with nobody in it.
    public init() {}
    /// Puts a socket into a room.
    public func join(_ room: String, _ socket: SocketIOSocket) {}
    /// Takes a socket out of a room.
    public func leave(_ room: String, _ socket: SocketIOSocket) {}
    /// Sends an event to every socket that is in any of `rooms`, once each, but not to `except` (a socket's id).
    /// Returns how many were told.
    @discardableResult
    public func emit(_ event: String, _ arguments: [JSONValue], to rooms: Set<String>, except: String? = nil) -> Int { 0 }
    /// The sockets in a room, the longest connected first.
    public func sockets(in room: String) -> [SocketIOSocket] { [] }
}
