public import ChatBridge
import JSON
public import Logging
public import MediaAPI
public import Realtime

/// The dialect's Socket.IO application: authentication, joining of chats, and client events.
public struct ImageKitSockets: SocketIOApplication {
    let service: ImageKitService
    let subscriptions: RoomSubscriptions
    let limits: RequestLimits
    let logger: Logger
    private let hub: SocketIOHub
    private let authenticate: TokenAuthentication

    /// Creates the socket application of one node.
    /// - Parameter limits: those of clients: a connection is a request, and so is an event.
    public init(
        service: ImageKitService, hub: SocketIOHub, limits: RequestLimits = .none, logger: Logger,
        authenticate: @escaping TokenAuthentication
    ) {
        self.service = service
        self.limits = limits
        self.logger = logger
        self.authenticate = authenticate
        self.hub = hub
        subscriptions = RoomSubscriptions(
            hub: hub, conversationKey: "chatId", maximumJoined: service.limits.maximumJoined)
    }

    /// Validates the token.
    public func decision(on request: SocketIOConnectRequest) async -> ConnectDecision {
        guard let token = request.token else {
            return .reject(message: "Authentication token is required", data: nil)
        }
        do {
            let (caller, expires) = try await authenticate(token)
            try await limits.admit(user: caller.id)
            return .accept(caller, until: expires, rooms: [UserRoom.name(caller.id)])
        } catch let error as APIError {
            return .reject(message: error.eventMessage, data: nil)
        } catch {
            logger.debug("socket rejected", ["error": "\(error)"])
            return .reject(message: "Authentication failed: the token is invalid or has expired", data: nil)
        }
    }

    /// Sends nothing: events are sent only after a chat is joined.
    public func connected(_ socket: SocketIOSocket) async {}

    /// Emits `error`.
    public func expired(_ socket: SocketIOSocket) async {
        socket.emit("error", [["message": "Authentication token has expired"]])
    }

    /// Sends `user_offline` to the chats in which the user has no other socket.
    public func disconnected(_ socket: SocketIOSocket) async {
        guard let caller = socket.caller else { return }
        for chat in subscriptions.disconnected(socket) {
            do {
                sendPresence("user_offline", of: caller.id, in: try await service.chat.conversationForDelivery(chat))
            } catch {
                logger.warning("members not notified of presence", ["chat": chat, "error": "\(error)"])
            }
        }
    }

    /// Sends `user_offline` to the chats in which users had sockets on a node that is gone, and have none left.
    func lost(_ sockets: [PeerConnection]) async {
        for (chat, users) in subscriptions.absentUsers(of: sockets) {
            guard let conversation = try? await service.chat.conversationForDelivery(chat) else { continue }
            for user in users { sendPresence("user_offline", of: user, in: conversation) }
        }
    }

    /// Delivers the events of the outbox to the sockets.
    public var notifier: any Notifier {
        let service = service
        let audience = ImageKitAudience(hub: hub, subscriptions: subscriptions)
        return ConnectionNotifier(chat: service.chat, connections: audience) { entry, message, viewer in
            guard let message else { return entry.draft.payload }
            guard message.deletedAt == nil,
                let chat = try await service.chat.conversation(of: message)
            else { return nil }
            guard entry.draft.event != ImageKitEvent.unreadMessage else { return entry.draft.payload }
            return ImageKitMessage.arrival(
                message, in: chat, try await service.chat.context(for: [message], viewer: viewer))
        }
    }

    /// Notifies the members of a chat that one of them has come or gone; not while the chat is blocked or its request was rejected.
    func sendPresence(_ event: String, of user: String, in chat: Conversation?, except: String? = nil) {
        guard let chat, chat.members.contains(user), ChatRequestState(chat.settings).isOpen else { return }
        sendUserEvent(event, of: user, in: chat.id, to: chat.members, except: except)
    }

    /// Sends `{userId, chatId, timestamp}` to those of `members` who have joined `chat`.
    /// - Parameter except: the ID of a socket that is skipped.
    func sendUserEvent(
        _ event: String, of user: String, in chat: String, to members: Set<String>, except: String? = nil
    ) {
        let payload: JSONValue = [
            "userId": .string(user), "chatId": .string(chat), "timestamp": service.timestamp,
        ]
        subscriptions.announce(user, in: chat, whilePresent: Self.presence[event]) {
            subscriptions.send(event, payload, in: chat, to: members, except: except)
        }
    }

    /// What the events of presence say: whether the user has a socket in the chat.
    private static let presence = ["user_online": true, "user_offline": false]
}
