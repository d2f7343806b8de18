public import ChatBridge
import Foundation
import JSON
public import Logging
public import MediaAPI
public import Realtime

/// The dialect's Socket.IO application: sockets that say after connecting who they are, their events, presence.
public struct RoomsSockets: SocketIOApplication {
    let service: RoomsService
    let hub: SocketIOHub
    let subscriptions: RoomSubscriptions
    let presence: Presence
    let logger: Logger
    private let authenticate: TokenAuthentication

    /// The sockets of one node over a service.
    public init(
        service: RoomsService, hub: SocketIOHub, logger: Logger, authenticate: @escaping TokenAuthentication
    ) {
        self.service = service
        self.hub = hub
        self.logger = logger
        self.authenticate = authenticate
        subscriptions = RoomSubscriptions(hub: hub, conversationKey: "chatRoomId")
        presence = Presence(connections: hub, now: service.chat.now)
    }

    /// Lets anybody in, to say who they are; whoever does not is put out.
    public func verdict(on request: SocketIOConnectRequest) async -> ConnectDecision {
        .accept(nil, until: service.chat.now() + service.limits.authenticationTime, rooms: [])
    }

    /// Waits for `authenticate`.
    public func connected(_ socket: SocketIOSocket) async {}

    /// Tells `auth_error`.
    public func expired(_ socket: SocketIOSocket) async {
        refuse(
            socket, socket.caller == nil ? RoomsRefusalMessages.authenticationLate : RoomsRefusalMessages.tokenExpired)
    }

    /// Tells of the user's absence.
    public func disconnected(_ socket: SocketIOSocket) async {
        subscriptions.disconnected(socket)
        guard let caller = socket.caller else { return }
        let wasVisible = presence.selectedStatus(of: caller.id) != RoomsStatus.invisible
        if presence.disconnected(caller.id), wasVisible { await notifyContacts(of: caller.id, "user_offline") }
    }

    /// The outbox's way to the sockets.
    public var notifier: any Notifier {
        let service = service
        return ConnectionNotifier(chat: service.chat, connections: subscriptions) { entry, message, viewer in
            var payload = entry.draft.payload.objectValue ?? [:]
            // Kept for somebody who was not there: they may have left the room meanwhile.
            if let viewer, let room = payload["chatRoomId"]?.stringValue {
                guard try await service.chat.members(of: room).contains(viewer) else { return nil }
            }
            if let message, entry.draft.event == RoomsEvent.reactionUpdated {
                payload["reactions"] = RoomsMessage.reactions(message)
            } else if let message {
                payload["message"] = try await service.render([message], for: viewer)[0]
            }
            return .object(payload)
        }
    }

    /// Acts on `authenticate {token, userId}`. Said again, it prolongs the connection by the new token.
    func identify(_ socket: SocketIOSocket, by data: JSONValue) async -> SocketIOReply {
        do {
            let (caller, expires) = try await authenticate(try service.requiredText(data, "token"))
            guard data["userId"]?.identifier == caller.id else {
                throw ChatError(.notAllowed, RoomsRefusalMessages.wrongUser)
            }
            let isFirst = hub.connectionCount(of: caller.id) == 0
            guard socket.identify(as: caller, until: expires) else {
                throw ChatError(.notAllowed, RoomsRefusalMessages.wrongUser)
            }
            let answer = RoomsEnvelope.success(RoomsRefusalMessages.authenticated, ["userId": .string(caller.id)])
            socket.emit("authenticated", [answer])
            hub.join(UserRoom.name(caller.id), socket)
            for oldest in hub.surplusSockets(of: caller.id, over: service.limits.maximumDevices) {
                refuse(oldest, RoomsRefusalMessages.tooManyDevices)
                oldest.disconnect()
            }
            if isFirst { await notifyContacts(of: caller.id, "user_online") }
            return .acknowledge([answer])
        } catch {
            logger.debug("socket not authenticated", ["error": "\(error)"])
            let sentence = error is ChatError ? RoomsEnvelope.message(of: error) : RoomsRefusalMessages.tokenRefused
            return .acknowledge([refuse(socket, sentence)])
        }
    }

    @discardableResult
    private func refuse(_ socket: SocketIOSocket, _ sentence: String) -> JSONValue {
        let error: JSONValue = ["success": false, "message": .string(sentence)]
        socket.emit("auth_error", [error])
        return error
    }
}

extension JSONValue {
    /// An id as clients write it: a text or a whole number.
    fileprivate var identifier: String? { stringValue ?? integerValue.map(String.init) }
}
