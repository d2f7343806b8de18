public import ChatBridge
import JSON
public import Logging
public import MediaAPI
public import Realtime

/// The dialect's WebSocket: frames `{action, data}` in both directions.
public struct IntokSockets: UserSocketApplication {
    let service: IntokService
    let hub: ConnectionHub
    private let limits: RequestLimits
    private let logger: Logger

    /// Creates the socket application of one node.
    /// - Parameter limits: those of clients: a frame is a request.
    public init(service: IntokService, hub: ConnectionHub, limits: RequestLimits = .none, logger: Logger) {
        self.service = service
        self.limits = limits
        self.hub = hub
        self.logger = logger
    }

    /// See ``UserSocketApplication``. The reference sends nothing on connection.
    public func connected(_ connection: UserConnection) async {}

    /// See ``UserSocketApplication``.
    public func disconnected(_ connection: UserConnection) async {}

    /// Sends the error that the token has expired.
    public func expired(_ connection: UserConnection) async {
        sendFailure(
            IntokEnvelope.failure("Authentication token has expired", code: "UNAUTHORIZED"), of: nil, to: connection)
    }

    /// Handles a client's frame. A failure is reported by an `error` frame; a success by the event that all members
    /// receive.
    public func received(_ received: SocketFrame, from connection: UserConnection) async {
        var action: String?
        do {
            // Before it is parsed: frames that are not valid cost as much.
            try await limits.admit(user: connection.caller.id)
            guard let frame = try? JSONValue(parsing: received.text), frame.objectValue != nil else {
                throw ChatError(.invalidRequest, "A frame is a JSON object {action, data}")
            }
            action = frame["action"]?.stringValue
            guard let action, let data = frame["data"], data.objectValue != nil else {
                throw ChatError(.invalidRequest, "A frame has an action and an object as data")
            }
            try await perform(action, data, on: connection)
        } catch {
            let error = APIError(error, ofEvent: action ?? "", logger)
            sendFailure(IntokErrors.envelope(error), of: action, to: connection)
        }
    }

    private func perform(_ action: String, _ data: JSONValue, on connection: UserConnection) async throws {
        let caller = connection.caller
        switch action {
        case "message:send": try await service.send(data, by: caller)
        case IntokEvent.typing: try await typing(data, by: connection)
        case IntokEvent.reaction: try await service.toggleReaction(data, by: caller)
        case IntokEvent.read: try await service.markMessageRead(data, by: caller)
        case IntokEvent.deleted:
            // The REST route notifies all members already. A deletion that is sent over the socket has the same effect.
            _ = try await service.delete(
                try data.requiredText("messageId"), in: try data.requiredText("conversationId"), forEveryone: true,
                by: caller)
        default: throw ChatError(.invalidRequest, "There is no such action")
        }
    }

    private func typing(_ data: JSONValue, by connection: UserConnection) async throws {
        let caller = connection.caller
        guard let isTyping = data["isTyping"]?.boolValue else {
            throw ChatError(.invalidRequest, "isTyping is required: true or false")
        }
        let conversation = try await service.chat.conversation(try data.requiredText("conversationId"), for: caller)
        guard connection.admitsEphemeralEvent() else { return }
        hub.send(
            IntokEvent.typing,
            [
                "conversationId": .string(conversation.id), "userId": .string(caller.id), "isTyping": .bool(isTyping),
            ], to: conversation.members.subtracting([caller.id]))
    }

    private func sendFailure(_ failure: JSONValue, of action: String?, to connection: UserConnection) {
        var members = failure.objectValue ?? [:]
        if let action {
            var details = members["details"]?.objectValue ?? [:]
            details["action"] = .string(String(action.prefix(64)))
            members["details"] = .object(details)
        }
        connection.send(IntokEnvelope.frame("error", .object(members)))
    }

    /// Delivers the events of the outbox to the sockets.
    public var notifier: any Notifier {
        let service = service
        let deliveries = DeliveryRecorder(chat: service.chat, logger: logger)
        // Another node sends the event; the node that writes it to a connection records that.
        hub.whenWritten { message, user in deliveries.recordDelivery(message, reached: user, nil) }
        let audience = IntokAudience(hub: hub, deliveries: deliveries)
        return ConnectionNotifier(chat: service.chat, connections: audience) { entry, message, viewer in
            let draft = entry.draft
            guard let message else { return try await service.readMembers(draft.payload) }
            guard draft.event == IntokEvent.receive else {
                return IntokEvent.members(draft.event, payload: draft.payload, of: message).map(JSONValue.object)
            }
            guard message.deletedAt == nil, let viewer else { return nil }
            return ["message": try await service.render([message], for: viewer)[0]]
        }
    }
}
