public import Foundation
public import Logging

/// The dialect's Socket.IO application: who connects, their events, presence. It is also the outbox's way to the
/// sockets.
public struct BananatalkSockets: SocketIOApplication, Notifier {
    /// Names the caller of a token, and until when it holds; throws when it is none.
    public typealias Authenticate = @Sendable (_ token: String) async throws -> (caller: ChatCaller, expires: Date?)

    let service: BananatalkService
    let hub: SocketIOHub
    let presence: BananatalkPresence
    let logger: Logger
    private let authenticate: Authenticate
    private let start: Date
    /// How long the clients of a node that has just started are given to come back.
    private let grace: TimeInterval = 60

    /// The sockets of one node over a service.
    /// - Parameter authenticate: is given the token of `auth.token`, else the query's `token`, else the
    ///   `authorization` header's, without a `Bearer ` before it.
    public init(service: BananatalkService, hub: SocketIOHub, logger: Logger, authenticate: @escaping Authenticate) {
        self.service = service
        self.hub = hub
        self.logger = logger
        self.authenticate = authenticate
        presence = BananatalkPresence(hub: hub, now: service.now)
        start = service.now()
    }

    /// Judges the token.
    public func verdict(on request: SocketIOConnectRequest) async -> SocketIOVerdict {
        let handshake = request.handshake
        let sent = request.auth["token"]?.stringValue ?? handshake.query["token"] ?? handshake.headers["authorization"]
        guard var token = sent, !token.isEmpty else { return Self.refusal("Authentication token is required") }
        if token.prefix(7).lowercased() == "bearer " { token = String(token.dropFirst(7)) }
        do {
            let (caller, expires) = try await authenticate(token)
            return .accept(caller, until: expires, rooms: [BananatalkRoom.user(caller.id)])
        } catch {
            logger.debug("socket refused", ["error": "\(error)"])
            return Self.refusal("Authentication failed: the token is invalid or has expired")
        }
    }

    /// Makes room among the user's devices, and tells of their presence.
    public func connected(_ socket: SocketIOSocket) async {
        guard let caller = socket.caller else { return }
        let devices = hub.sockets(in: BananatalkRoom.user(caller.id))
        for oldest in devices.prefix(max(devices.count - service.limits.maximumDevices, 0)) {
            oldest.emit(
                "forceDisconnect",
                [
                    [
                        "reason": "max_connections",
                        "message": "Maximum number of connected devices (\(service.limits.maximumDevices)) reached",
                    ]
                ])
            oldest.disconnect()
        }
        let partners = await announce(caller.id)
        let online = partners.map(presence.status(of:)).filter { $0["status"] != "offline" }
        socket.emit("onlineUsers", [.array(online)])
    }

    /// Tells `authError`.
    public func expired(_ socket: SocketIOSocket) async {
        socket.emit("authError", [["message": "Authentication token has expired"]])
    }

    /// Tells of the user's absence.
    public func disconnected(_ socket: SocketIOSocket) async {
        guard let caller = socket.caller else { return }
        _ = presence.left(caller.id)
        await announce(caller.id)
    }

    /// Emits an outbox entry to the recipient's sockets. A recipient who is not there needs not be told: the message
    /// waits for them, unread. But the clients of a node that has just started are on their way back: what it had not
    /// told before waits for them a while.
    public func deliver(_ entry: OutboxEntry) async throws {
        let draft = entry.draft
        let room = BananatalkRoom.user(draft.recipient)
        guard !hub.sockets(in: room).isEmpty else {
            if entry.createdAt < start, service.now() < start + grace { throw RecipientAbsent() }
            return
        }
        var payload = draft.payload.objectValue ?? [:]
        if let id = draft.message {
            let message = try await service.store.message(id, in: .bananatalk, viewer: draft.recipient)
            guard let message else { return }
            payload["message"] = try await service.render(message, for: draft.recipient)
        }
        hub.emit(draft.event, [.object(payload)], to: [room], except: draft.exceptSocket)
    }

    /// Tells a user's status to whoever asked for it, to the user's partners and own devices. Returns the partners.
    @discardableResult
    func announce(_ user: String) async -> Set<String> {
        let limit = service.limits.maximumStatuses
        let partners = (try? await service.store.partners(of: user, in: .bananatalk, limit: limit)) ?? []
        let rooms = Set((partners.union([user])).map(BananatalkRoom.user)).union([BananatalkRoom.watchers(of: user)])
        hub.emit("userStatusUpdate", [presence.status(of: user)], to: rooms)
        return partners
    }

    private static func refusal(_ message: String) -> SocketIOVerdict {
        .refuse(message: message, data: ["code": "unauthorized"])
    }
}
