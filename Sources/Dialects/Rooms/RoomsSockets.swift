public import ChatBridge
import Foundation
import JSON
public import Logging
public import MediaAPI
public import Realtime

/// The Socket.IO application of the dialect: sockets that authenticate after connecting, their events, and presence.
public struct RoomsSockets: SocketIOApplication {
    let service: RoomsService
    let hub: SocketIOHub
    let subscriptions: RoomSubscriptions
    let presence: Presence
    let limits: RequestLimits
    let logger: Logger
    private let authenticate: TokenAuthentication

    /// The sockets of one node.
    /// - Parameters:
    ///   - limits: those of clients: an event is a request, of its user or, before the socket has authenticated, of its address.
    ///   - authenticate: returns the caller of a token.
    public init(
        service: RoomsService, hub: SocketIOHub, limits: RequestLimits = .none, logger: Logger,
        authenticate: @escaping TokenAuthentication
    ) {
        self.service = service
        self.limits = limits
        self.hub = hub
        self.logger = logger
        self.authenticate = authenticate
        subscriptions = RoomSubscriptions(hub: hub, conversationKey: "chatRoomId")
        presence = Presence(connections: hub, now: service.chat.now)
    }

    /// Accepts every connection; it is closed when it does not authenticate in time.
    public func decision(on request: SocketIOConnectRequest) async -> ConnectDecision {
        .accept(nil, until: service.chat.now() + service.limits.authenticationTime, rooms: [])
    }

    /// Does nothing: the client sends `authenticate` next.
    public func connected(_ socket: SocketIOSocket) async {}

    /// Sends `auth_error` to a socket that has not authenticated in time or whose token has expired.
    public func expired(_ socket: SocketIOSocket) async {
        sendAuthenticationError(
            socket, socket.caller == nil ? RoomsTexts.authenticationLate : RoomsTexts.tokenExpired)
    }

    /// Notifies the user's contacts when their last socket has disconnected.
    public func disconnected(_ socket: SocketIOSocket) async {
        subscriptions.disconnected(socket)
        guard let caller = socket.caller else { return }
        let wasVisible = presence.selectedStatus(of: caller.id) != RoomsStatus.invisible
        guard presence.disconnected(caller.id), wasVisible else { return }
        await notifyContacts(of: caller.id, "user_offline", whileOnline: false)
    }

    /// Notifies the contacts of the users who had sockets on a node that is gone, and have none left.
    func lost(_ sockets: [PeerConnection]) async {
        for user in SocketIOHub.users(of: sockets) where presence.lost(user) {
            await notifyContacts(of: user, "user_offline", whileOnline: false)
        }
    }

    /// Delivers outbox entries to the sockets.
    public var notifier: any Notifier {
        let service = service
        let deliveries = DeliveryRecorder(chat: service.chat, recordsFirstOnly: true, logger: logger)
        // Another node sends the event; the node that writes it to a socket records that.
        hub.whenWritten { message, user in deliveries.recordDelivery(message, reached: user, nil) }
        let audience = RoomsConnections(subscriptions: subscriptions, deliveries: deliveries)
        return ConnectionNotifier(chat: service.chat, connections: audience) { entry, message, viewer in
            var payload = entry.draft.payload.objectValue ?? [:]
            if let message, entry.draft.event == RoomsEvent.reactionUpdated {
                payload["reactions"] = RoomsMessage.reactions(message)
            } else if let message {
                payload["message"] = try await service.render([message], for: viewer)[0]
            }
            return .object(payload)
        }
    }

    /// Handles `authenticate {token, userId}`. Repeating it with a new token extends the connection.
    func identify(_ socket: SocketIOSocket, by data: JSONValue) async -> SocketIOReply {
        do {
            let origin = socket.handshake.origin
            let former = socket.caller
            if let former { try await limits.admit(user: former.id) }
            let (caller, expires) = try await self.caller(data, isKnown: former != nil, from: origin)
            if former == nil { try await limits.admit(user: caller.id) }
            guard data["userId"]?.identifier == caller.id else {
                throw ChatError(.notAllowed, RoomsTexts.wrongUser)
            }
            guard socket.identify(as: caller, until: expires) else {
                throw ChatError(.notAllowed, RoomsTexts.wrongUser)
            }
            let response = RoomsEnvelope.success(RoomsTexts.authenticated, ["userId": .string(caller.id)])
            socket.emit("authenticated", [response])
            hub.join(UserRoom.name(caller.id), socket)
            let isFirst = presence.connected(caller.id)
            for oldest in hub.surplusSockets(of: caller.id, over: service.limits.maximumDevices) {
                sendAuthenticationError(oldest, RoomsTexts.tooManyDevices)
                oldest.disconnect()
            }
            if isFirst { await notifyContacts(of: caller.id, "user_online", whileOnline: true) }
            return .acknowledge([response])
        } catch {
            let error = APIError(error, ofEvent: "authenticate", logger)
            let isTokenError = error.chatCode == nil && error.code != .rateLimited
            let text = isTokenError ? RoomsTexts.tokenRejected : RoomsErrors.message(error)
            return .acknowledge([sendAuthenticationError(socket, text)])
        }
    }

    /// The caller of the token in an event. Without a valid one the event counts for its address, as a request does.
    private func caller(
        _ data: JSONValue, isKnown: Bool, from origin: ClientOrigin
    ) async throws -> (ChatCaller, expires: Date?) {
        do {
            return try await authenticate(try service.requiredText(data, "token"))
        } catch {
            if !isKnown { try await limits.admit(origin: origin) }
            throw error
        }
    }

    @discardableResult
    private func sendAuthenticationError(_ socket: SocketIOSocket, _ text: String) -> JSONValue {
        let error: JSONValue = ["success": false, "message": .string(text)]
        socket.emit("auth_error", [error])
        return error
    }
}

extension JSONValue {
    /// An ID as clients send it: a string or an integer.
    fileprivate var identifier: String? { stringValue ?? integerValue.map(String.init) }
}
