import Concurrency
public import Foundation
public import JSON
import Synchronization

/// What a socket needs of its session.
protocol SocketIOSocketSession: Sendable {
    /// The request that opened it.
    var handshake: SocketIOHandshake { get }
    /// The uptime at which a token expires; `nil` for one without an end.
    func end(of expires: Date?) -> Duration?
    /// Records that one of the session's sockets belongs to a user.
    func authenticated(as user: String)
    /// Sends DISCONNECT for a namespace; with `closing` ends the session as well.
    func disconnect(_ namespace: String, closing: Bool)
    /// Queues messages, which hold `receipt` until they are written. Ephemeral ones are dropped when much is queued already.
    func send(_ messages: [EngineIOMessage], receipt: WriteReceipt?, isEphemeral: Bool)
}

/// One client connected to a namespace.
public final class SocketIOSocket: Sendable {
    /// The Socket.IO `sid`.
    public let id: String
    /// The namespace that it is connected to.
    public let namespace: String
    /// When it connected.
    public let connectedAt: Date
    private let session: any SocketIOSocketSession
    private let identity: Mutex<Identity>
    private let ephemeralBudget = Mutex(EphemeralBudget())

    private struct Identity {
        var user: (any ConnectionIdentity)?
        /// The uptime at which it expires; not a date, because the clock may be set while it is connected.
        var end: Duration?
        var isExpired = false
        var isRevoked = false
    }

    init(
        id: String, namespace: String, user: (any ConnectionIdentity)?, expires: Date?, connectedAt: Date,
        session: any SocketIOSocketSession
    ) {
        self.id = id
        self.namespace = namespace
        self.connectedAt = connectedAt
        self.session = session
        identity = Mutex(Identity(user: user, end: session.end(of: expires)))
    }

    /// The user that it was accepted as or has been identified as since; `nil` before.
    public var user: (any ConnectionIdentity)? { identity.withLock { $0.user } }

    /// Sets the user and the expiry date. Returns `false`, without a change, if the socket belongs to another user or
    /// has expired.
    public func identify(as user: any ConnectionIdentity, until expires: Date?) -> Bool {
        let end = session.end(of: expires)
        let isIdentified = identity.withLock { identity in
            guard !identity.isExpired, identity.user.map({ $0.id == user.id }) ?? true else { return false }
            (identity.user, identity.end) = (user, end)
            return true
        }
        if isIdentified { session.authenticated(as: user.id) }
        return isIdentified
    }

    /// The request that opened its session.
    public var handshake: SocketIOHandshake { session.handshake }

    /// Sends an event to this client alone.
    public func emit(_ event: String, _ arguments: [JSONValue]) {
        send(SocketIOPacket.event(event, arguments, namespace: namespace).messages)
    }

    /// Sends DISCONNECT; with `closing` ends the session as well. Packets sent before are still delivered.
    public func disconnect(closing: Bool = true) { session.disconnect(namespace, closing: closing) }

    func send(_ messages: [EngineIOMessage], receipt: WriteReceipt? = nil, isEphemeral: Bool = false) {
        session.send(messages, receipt: receipt, isEphemeral: isEphemeral)
    }

    /// Counts an ephemeral event that this client causes for others. Returns whether it is sent: see ``EphemeralBudget``.
    public func admitsEphemeralEvent(at now: ContinuousClock.Instant = .now) -> Bool {
        ephemeralBudget.withLock { $0.take(at: now) }
    }

    /// Whether its user may not use it any more.
    var isRevoked: Bool { identity.withLock { $0.isRevoked } }

    /// Marks the socket as one that its user may not use any more. Returns `true` only the first time, and not for one that has
    /// expired before.
    func revoke() -> Bool {
        identity.withLock { identity in
            identity.isRevoked = true
            defer { identity.isExpired = true }
            return !identity.isExpired
        }
    }

    /// Marks the socket as expired if it is at `uptime`. Returns `true` only the first time.
    func claimExpiry(at uptime: Duration) -> Bool {
        identity.withLock { identity in
            guard let end = identity.end, end <= uptime, !identity.isExpired else { return false }
            identity.isExpired = true
            return true
        }
    }
}
