import ChatBridge
import JSON
import Logging
import MediaAPI
public import Realtime

extension BananatalkSockets {
    /// Handles a client's event. Acknowledgements are `{status: 'success', …}` or `{status: 'error', error}`; when the
    /// event fails, the event `messageError` is emitted as well.
    public func received(_ event: SocketIOEvent, from socket: SocketIOSocket) async -> SocketIOReply {
        guard let caller = socket.caller else { return .none }
        let data = event.arguments.first ?? .null
        do {
            try await limits.admit(user: caller.id)
            switch event.name {
            case "sendMessage":
                let message = try await service.send(data, from: caller)
                return success(["message": message])
            case "markAsRead":
                let count = try await service.markAsRead(from: try data.text("senderId") ?? "", by: caller)
                return success(["markedCount": .integer(count)])
            case "deleteMessage": return success(try await delete(data, by: caller))
            case "voiceMessageListened":
                return success(
                    try await service.markVoiceListened(try data.text("messageId") ?? "", by: caller).objectValue ?? [:]
                )
            case "typing": return try await typing(data, on: socket, by: caller, event: "userTyping", isTyping: true)
            case "stopTyping":
                return try await typing(data, on: socket, by: caller, event: "userStoppedTyping", isTyping: false)
            case "updateStatus": return try await updateStatus(data, on: socket, of: caller)
            case "getUserStatus":
                let user = try user(data.text("userId"), named: "userId")
                try watch(user, socket)
                return success(["data": await status(of: user)])
            case "requestStatusUpdates": return try await bulkStatus(data, to: socket)
            case "logout": return .acknowledgeAndDisconnect([["status": "success"]])
            default: return .none
            }
        } catch {
            return failure(APIError(error, ofEvent: event.name, logger), to: socket)
        }
    }

    private func success(_ members: JSONObject) -> SocketIOReply {
        .acknowledge([.object(members.merging(["status": "success"]) { own, _ in own })])
    }

    private func failure(_ error: APIError, to socket: SocketIOSocket) -> SocketIOReply {
        var reply: JSONObject = ["error": .string(error.eventMessage)]
        socket.emit("messageError", [.object(reply)])
        reply["status"] = "error"
        return .acknowledge([.object(reply)])
    }

    /// Deletes a message. When `forAll` is missing, the caller's own message is deleted for everyone (the event is
    /// `messageDeleted`), and another user's message for the caller only.
    private func delete(_ data: JSONValue, by caller: ChatCaller) async throws -> JSONObject {
        let id = try data.text("messageId") ?? ""
        let isSender = try await service.chat.message(id, for: caller).sender == caller.id
        let forAll = data["forAll"]?.boolValue ?? isSender
        return try await service.delete(id, forAll: forAll, by: caller).objectValue ?? [:]
    }

    /// Notifies a user with whom the caller has a conversation. For another user it does nothing, and does not say so.
    private func typing(
        _ data: JSONValue, on socket: SocketIOSocket, by caller: ChatCaller, event: String, isTyping: Bool
    ) async throws -> SocketIOReply {
        let receiver = try data.text("receiver") ?? ""
        try service.check(receiver: receiver, of: caller)
        guard socket.admitsEphemeralEvent(),
            try await service.chat.directConversation(with: receiver, for: caller) != nil
        else { return success([:]) }
        hub.emit(
            event, [["userId": .string(caller.id), "isTyping": .bool(isTyping)]], to: [UserRoom.name(receiver)])
        return success([:])
    }

    private func updateStatus(
        _ data: JSONValue, on socket: SocketIOSocket, of caller: ChatCaller
    ) async throws -> SocketIOReply {
        guard let status = try data.text("status"), BananatalkStatus.all.contains(status) else {
            throw ChatError(.invalidRequest, "Status must be online, away, busy or offline")
        }
        presence.setStatus(status, for: caller.id)
        if socket.admitsEphemeralEvent() { await announce(caller.id) }
        return success(["data": await self.status(of: caller.id)])
    }

    private func bulkStatus(_ data: JSONValue, to socket: SocketIOSocket) async throws -> SocketIOReply {
        guard let listed = data["userIds"]?.arrayValue, listed.count <= service.limits.maximumStatuses else {
            throw ChatError(
                .invalidRequest, "`userIds` must be an array of at most \(service.limits.maximumStatuses) user IDs")
        }
        var users: Set<String> = []
        for entry in listed {
            let user = try user(entry.stringValue, named: "userIds")
            try watch(user, socket)
            users.insert(user)
        }
        let statuses = await statuses(of: users)
        socket.emit("bulkStatusUpdate", [.object(statuses)])
        return success(["data": .object(statuses)])
    }

    /// Subscribes a socket to the status of a user; that ends with the connection.
    private func watch(_ user: String, _ socket: SocketIOSocket) throws(ChatError) {
        guard hub.join(BananatalkRoom.watchers(of: user), socket) else {
            throw ChatError(
                .limitReached, "A connection can watch the status of \(hub.maximumRooms - 1) users: reconnect")
        }
    }

    private func user(_ id: String?, named name: String) throws -> String {
        guard let id, ChatIdentifier.isValid(id) else {
            throw ChatError(.invalidRequest, "`\(name)` is not a valid user ID")
        }
        return id
    }
}
