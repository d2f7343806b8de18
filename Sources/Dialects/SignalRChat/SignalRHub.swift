public import ChatBridge
public import JSON
public import Logging
public import MediaAPI
public import Realtime

/// The SignalR hub of the dialect: presence, typing notifications, and delivery of outbox entries.
public struct SignalRHub: HubApplication {
    let service: SignalRService
    let hub: ConnectionHub
    let limits: RequestLimits
    let logger: Logger

    /// A hub of the service's users.
    /// - Parameter limits: those of clients: a call is a request.
    public init(service: SignalRService, hub: ConnectionHub, limits: RequestLimits = .none, logger: Logger) {
        self.limits = limits
        self.service = service
        self.hub = hub
        self.logger = logger
    }

    /// Notifies the users who share a conversation with a user that they are online, on their first connection.
    public func connected(_ connection: UserConnection) async {
        let isFirst = service.presence.connected(connection.caller.id)
        await service.presence.storeLastSeen(of: connection.caller.id)
        guard isFirst else { return }
        await announce("UserOnline", connection.caller, isOnline: true) { [] }
    }

    /// Notifies the same users when the last connection of a user has closed.
    public func disconnected(_ connection: UserConnection) async {
        guard service.presence.disconnected(connection.caller.id) else { return }
        await service.presence.storeLastSeen(of: connection.caller.id)
        await announceAbsence(of: connection.caller)
    }

    /// Notifies the same users of those who had connections to a node that is gone, and have none left.
    func lost(_ connections: [PeerConnection]) async {
        for user in Set(connections.flatMap(\.groups)) where service.presence.lost(user) {
            await service.presence.storeLastSeen(of: user)
            await announceAbsence(of: ChatCaller(id: user))
        }
    }

    private func announceAbsence(of caller: ChatCaller) async {
        await announce("UserOffline", caller, isOnline: false) {
            [SignalRMessage.time(service.presence.status(of: caller.id).lastSeen ?? service.chat.timestamp)]
        }
    }

    /// Handles `StartTyping(conversationId)` and `StopTyping(conversationId)`.
    /// - Throws: `HubError` for an unknown method or wrong arguments, when the caller has no access to the
    ///   conversation, or when the store fails.
    public func invoke(
        _ invocation: HubInvocation, by connection: UserConnection
    ) async throws(HubError) -> JSONValue {
        do {
            try await limits.admit(user: connection.caller.id)
        } catch {
            throw .rejected(error.message)
        }
        let isTyping: Bool
        switch invocation.target {
        case "StartTyping": isTyping = true
        case "StopTyping": isTyping = false
        default: throw .unknownMethod
        }
        guard invocation.arguments.count == 1, let id = invocation.arguments[0].stringValue else {
            throw .wrongArguments
        }
        do {
            let conversation = try await service.chat.conversation(id, for: connection.caller)
            guard connection.admitsEphemeralEvent() else { return .null }
            let user = try await service.user(connection.caller)
            hub.send(
                "UserTyping", [.string(id), .string(user.id), .string(user.username), .bool(isTyping)],
                to: conversation.members.subtracting([user.id]))
            return .null
        } catch {
            let error = APIError(error, ofEvent: invocation.target, logger)
            throw error.isServerError ? .failed : .rejected(error.message)
        }
    }

    /// Delivers outbox entries to the connections.
    public var notifier: any Notifier {
        let service = service
        let deliveries = DeliveryRecorder(chat: service.chat, logger: logger)
        // Another node sends the event; the node that writes it to a connection records that.
        hub.whenWritten { message, user in deliveries.recordDelivery(message, reached: user, nil) }
        let audience = SignalRAudience(hub: hub, deliveries: deliveries)
        return ConnectionNotifier(chat: service.chat, connections: audience) { entry, message, viewer in
            guard let message else { return entry.draft.payload }
            return try await service.render([message], for: viewer)[0]
        }
    }

    private func announce(
        _ event: String, _ caller: ChatCaller, isOnline: Bool, _ more: () -> [JSONValue]
    ) async {
        do {
            let contacts = try await service.chat.contacts(of: caller.id, limit: service.limits.maximumContacts)
            let user = try await service.user(caller)
            service.presence.announce(caller.id, whileOnline: isOnline) {
                hub.send(event, .array([.string(user.id), .string(user.username)] + more()), to: contacts)
            }
        } catch {
            logger.warning("contacts not notified of presence", ["event": event, "error": "\(error)"])
        }
    }
}
