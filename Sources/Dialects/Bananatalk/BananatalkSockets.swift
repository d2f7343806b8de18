public import ChatBridge
import JSON
public import Logging
public import MediaAPI
public import Realtime

/// The dialect's Socket.IO application: authentication, client events and presence.
public struct BananatalkSockets: SocketIOApplication {
    let service: BananatalkService
    let hub: SocketIOHub
    let presence: Presence
    let limits: RequestLimits
    let logger: Logger
    private let authenticate: TokenAuthentication

    /// Creates the socket application of one node.
    /// - Parameter limits: those of clients: a connection is a request, and so is an event.
    public init(
        service: BananatalkService, hub: SocketIOHub, limits: RequestLimits = .none, logger: Logger,
        authenticate: @escaping TokenAuthentication
    ) {
        self.service = service
        self.limits = limits
        self.hub = hub
        self.logger = logger
        self.authenticate = authenticate
        presence = service.chat.presence(among: hub, logger: logger)
    }

    /// Validates the token.
    public func decision(on request: SocketIOConnectRequest) async -> ConnectDecision {
        guard let token = request.token else { return Self.refusal("Authentication token is required") }
        do {
            let (caller, expires) = try await authenticate(token)
            try await limits.admit(user: caller.id)
            return .accept(caller, until: expires, rooms: [UserRoom.name(caller.id)])
        } catch let error as APIError {
            return Self.refusal(error.eventMessage)
        } catch {
            logger.debug("socket rejected", ["error": "\(error)"])
            return Self.refusal("Authentication failed: the token is invalid or has expired")
        }
    }

    /// Disconnects the oldest sockets beyond the limits of devices and of sockets per device, and announces the user's
    /// presence.
    public func connected(_ socket: SocketIOSocket) async {
        guard let caller = socket.caller else { return }
        for oldest in surplusSockets(of: caller.id) {
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
        presence.connected(caller.id)
        await presence.storeLastSeen(of: caller.id)
        let contacts = await announce(caller.id)
        let present = contacts.filter { hub.connectionCount(of: $0) > 0 }
        let online = await statuses(of: present).values.filter { $0["status"] != "offline" }
        socket.emit("onlineUsers", [.array(online)])
    }

    /// Emits `authError`.
    public func expired(_ socket: SocketIOSocket) async {
        socket.emit("authError", [["message": "Authentication token has expired"]])
    }

    /// Announces the user's absence.
    public func disconnected(_ socket: SocketIOSocket) async {
        guard let caller = socket.caller else { return }
        presence.disconnected(caller.id)
        await presence.storeLastSeen(of: caller.id)
        await announce(caller.id)
    }

    /// Announces the status of the users who had sockets on a node that is gone.
    func lost(_ sockets: [PeerConnection]) async {
        for user in SocketIOHub.users(of: sockets) {
            presence.lost(user)
            await presence.storeLastSeen(of: user)
            await announce(user)
        }
    }

    /// Delivers the events of the outbox to the sockets.
    public var notifier: any Notifier {
        let service = service
        return ConnectionNotifier(chat: service.chat, connections: hub) { entry, message, viewer in
            try await service.complete(
                entry.draft.payload.objectValue ?? [:], of: entry.draft.event, about: message, for: viewer)
        }
    }

    /// Sends a user's status to the sockets that subscribe to it, to the user's contacts and to the user's own devices.
    /// Returns the contacts.
    @discardableResult
    func announce(_ user: String) async -> Set<String> {
        var contacts: Set<String> = []
        do {
            contacts = try await service.chat.contacts(of: user, limit: service.limits.maximumContacts)
        } catch {
            logger.warning("contacts not notified of presence", ["error": "\(error)"])
        }
        let rooms = Set((contacts.union([user])).map(UserRoom.name)).union([BananatalkRoom.watchers(of: user)])
        guard let status = await presence.statuses(of: [user])[user] else { return contacts }
        presence.announce(user, whileOnline: status.isOnline) {
            hub.emit("userStatusUpdate", [json(user, status)], to: rooms)
        }
        return contacts
    }

    /// Rejects a connection. The reference's clients expect `authError`, which only a connected client can receive.
    /// `connect_error` cannot be sent in addition, as it is for clients that were never connected. The disconnect that
    /// follows keeps the client from reconnecting.
    private static func refusal(_ message: String) -> ConnectDecision {
        .sendAndDisconnect([("authError", ["message": .string(message)])])
    }
}
