import ChatBridge
import JSON
import Logging
import MediaAPI
public import Realtime

extension RoomsSockets {
    /// Handles a client's event. Errors are sent as an `error` event and in the acknowledgement, `{success: false,
    /// message}`. A socket that is not authenticated may only authenticate.
    public func received(_ event: SocketIOEvent, from socket: SocketIOSocket) async -> SocketIOReply {
        let data = event.arguments.first ?? .null
        if event.name == "authenticate" { return await identify(socket, by: data) }
        do {
            guard let caller = socket.caller else {
                try await limits.admit(origin: socket.handshake.origin)
                throw ChatError(.notAllowed, RoomsTexts.authenticateFirst)
            }
            try await limits.admit(user: caller.id)
            guard let response = try await perform(on: event.name, data, of: caller, socket) else { return .none }
            return .acknowledge([response])
        } catch {
            let message = JSONValue.string(RoomsErrors.message(APIError(error, ofEvent: event.name, logger)))
            socket.emit("error", [["message": message, "event": .string(event.name)]])
            return .acknowledge([["success": false, "message": message]])
        }
    }

    /// The acknowledgement of an event; `nil` for an unknown event.
    private func perform(
        on event: String, _ data: JSONValue, of caller: ChatCaller, _ socket: SocketIOSocket
    ) async throws -> JSONValue? {
        switch event {
        case "update_status": return try await updateStatus(data, on: socket, of: caller)
        case "get_online_users": return try await onlineUsers(for: caller, socket)
        case "join_chat": return try await join(try roomID(data), caller, socket)
        case "leave_chat": return try await leave(try roomID(data), caller, socket)
        case "typing_start": return try await typing("user_typing", in: try roomID(data), caller, socket)
        case "typing_stop": return try await typing("user_stop_typing", in: try roomID(data), caller, socket)
        case "mark_as_read": return try await service.markRead(try roomID(data), by: caller)
        case "send_message":
            let message = try await service.announced(try messageID(data), in: try roomID(data), by: caller)
            return try await service.response(nil, message, for: caller)
        case "add_reaction":
            return try await service.react(to: try messageID(data), in: try roomID(data), data, by: caller)
        case "edit_message":
            return try await service.edit(
                try messageID(data), in: try roomID(data), content: try service.newContent(data),
                by: caller)
        case "delete_message":
            return try await service.delete(try messageID(data), in: try roomID(data), data, by: caller)
        default: return nil
        }
    }

    private func join(_ id: String, _ caller: ChatCaller, _ socket: SocketIOSocket) async throws -> JSONValue {
        let members = try await service.room(id, for: caller).conversation.members
        guard let isFirst = subscriptions.join(id, socket) else {
            throw ChatError(.limitReached, RoomsTexts.tooManyRooms)
        }
        let response = RoomsEnvelope.success(
            RoomsTexts.joined, ["chatRoomId": .string(id), "userId": .string(caller.id)])
        socket.emit("joined_chat", [response])
        if isFirst {
            subscriptions.announce(caller.id, in: id, whilePresent: true) {
                notify("user_joined_chat", in: id, of: caller, to: members, except: socket)
            }
        }
        return response
    }

    private func leave(_ id: String, _ caller: ChatCaller, _ socket: SocketIOSocket) async throws -> JSONValue {
        let isLast = subscriptions.leave(id, socket)
        // A user who is no longer a member may still leave; then no one is notified.
        let members = try await service.chat.members(of: id)
        if isLast, members.contains(caller.id) {
            subscriptions.announce(caller.id, in: id, whilePresent: false) {
                notify("user_left_chat", in: id, of: caller, to: members, except: socket)
            }
        }
        return RoomsEnvelope.success(RoomsTexts.left, ["chatRoomId": .string(id)])
    }

    private func typing(
        _ event: String, in id: String, _ caller: ChatCaller, _ socket: SocketIOSocket
    ) async throws -> JSONValue {
        let members = try await service.room(id, for: caller).conversation.members
        notify(event, in: id, of: caller, to: members, except: socket)
        return RoomsEnvelope.success()
    }

    /// Sends `{userId, chatRoomId}` to a room immediately and without the outbox: clients that are not connected do not need
    /// it later.
    private func notify(
        _ event: String, in id: String, of caller: ChatCaller, to members: Set<String>, except socket: SocketIOSocket
    ) {
        guard socket.admitsEphemeralEvent() else { return }
        subscriptions.send(
            event, ["userId": .string(caller.id), "chatRoomId": .string(id)], in: id, to: members, except: socket.id)
    }

    private func roomID(_ data: JSONValue) throws -> String { try service.requiredText(data, "chatRoomId") }

    private func messageID(_ data: JSONValue) throws -> String { try service.requiredText(data, "messageId") }
}
