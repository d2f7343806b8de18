public import Foundation
import Synchronization

/// One client connected to a namespace.
public final class SocketIOSocket: Sendable {
    /// The Socket.IO `sid`.
    public let id: String
    /// What it is connected to.
    public let namespace: String
    /// As whom it was accepted.
    public let caller: ChatCaller?
    /// Until when.
    public let expires: Date?
    /// When it connected.
    public let connectedAt: Date
    private let session: SocketIOSession
    private let isExpired = Mutex(false)

    init(
        id: String, namespace: String, caller: ChatCaller?, expires: Date?, connectedAt: Date, session: SocketIOSession
    ) {
        self.id = id
        self.namespace = namespace
        self.caller = caller
        self.expires = expires
        self.connectedAt = connectedAt
        self.session = session
    }

    /// What opened its session.
    public var handshake: SocketIOHandshake { session.handshake }

    /// Sends an event to this client alone.
    public func emit(_ event: String, _ arguments: [JSONValue]) {
        send(SocketIOPacket.event(event, arguments, namespace: namespace).messages)
    }

    /// Sends DISCONNECT; with `closing` ends the session as well. What was sent before still leaves.
    public func disconnect(closing: Bool = true) { session.disconnect(namespace, closing: closing) }

    func send(_ messages: [EngineIOMessage]) { session.send(messages) }

    /// Whether this is the first to see that it has expired.
    func claimExpiry() -> Bool {
        isExpired.withLock { isExpired in
            defer { isExpired = true }
            return !isExpired
        }
    }
}
