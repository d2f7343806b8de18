import ChatBridge
import JSON
import Logging
import MediaAPI
public import Realtime

extension ImageKitSockets {
    /// Handles a client's event. Success is reported by the event that the reference names, and failure by `error`, to
    /// this socket only; an acknowledgement, if requested, has the same content.
    public func received(_ event: SocketIOEvent, from socket: SocketIOSocket) async -> SocketIOReply {
        guard let caller = socket.caller else { return .none }
        do {
            try await limits.admit(user: caller.id)
            guard let (name, response) = try await perform(on: event, by: caller, socket) else {
                return .acknowledge([])
            }
            socket.emit(name, [response])
            return .acknowledge([response])
        } catch {
            let message = JSONValue.string(APIError(error, ofEvent: event.name, logger).eventMessage)
            socket.emit("error", [["message": message]])
            return .acknowledge([["error": message]])
        }
    }

    /// Performs an event. Returns the name and payload of the event that reports success; `nil` when none is sent.
    private func perform(
        on event: SocketIOEvent, by caller: ChatCaller, _ socket: SocketIOSocket
    ) async throws -> (String, JSONValue)? {
        let data = event.arguments.first ?? .null
        switch event.name {
        case "join_chat": return ("join_chat_success", try await join(data, by: caller, socket))
        case "leave_chat": return ("leave_chat_success", try await leave(data, by: caller, socket))
        case "send_message": return ("send_message_success", try await service.sendMessage(data, from: caller))
        case "send_media": return ("send_media_success", try await service.sendMedia(data, from: caller))
        case "mark_as_read": return ("read_success", try await service.markAsRead(data, by: caller))
        case "edit_message": return ("edit_success", try await service.edit(data, by: caller))
        case "delete_message": return ("delete_success", try await delete(data, by: caller, socket))
        case "add_reaction": return ("reaction_success", try await service.addReaction(data, by: caller))
        case "remove_reaction": return ("reaction_removed_success", try await service.removeReaction(data, by: caller))
        case "typing": try await typing("user_typing", data, by: caller, socket)
        case "stop_typing": try await typing("user_stop_typing", data, by: caller, socket)
        default: throw ChatError(.invalidRequest, "There is no event \(event.name.prefix(64))")
        }
        return nil
    }

    private func join(_ data: JSONValue, by caller: ChatCaller, _ socket: SocketIOSocket) async throws -> JSONValue {
        let chat = try await service.chat.conversation(try data.requiredText("chatId"), for: caller)
        guard let isFirst = subscriptions.join(chat.id, socket) else {
            throw ChatError(
                .limitReached, "A socket can join \(service.limits.maximumJoined) chats: leave some")
        }
        if isFirst, socket.admitsEphemeralEvent() {
            sendPresence("user_online", of: caller.id, in: chat, except: socket.id)
        }
        return ["chatId": .string(chat.id), "message": "Joined the chat"]
    }

    /// Leaves a chat. A user who is no longer a member may still leave; then no one is notified.
    private func leave(_ data: JSONValue, by caller: ChatCaller, _ socket: SocketIOSocket) async throws -> JSONValue {
        let chat = try data.requiredText("chatId")
        if subscriptions.leave(chat, socket), socket.admitsEphemeralEvent() {
            sendPresence("user_offline", of: caller.id, in: try await service.chat.conversationForDelivery(chat))
        }
        return ["chatId": .string(chat)]
    }

    /// Deletes a message. A deletion for the caller only is reported to this socket only.
    private func delete(_ data: JSONValue, by caller: ChatCaller, _ socket: SocketIOSocket) async throws -> JSONValue {
        let (response, isForAll) = try await service.delete(data, by: caller)
        if !isForAll {
            socket.emit(
                "message_deleted",
                [
                    [
                        "messageId": response["messageId"] ?? .null, "chatId": data["chatId"] ?? .null,
                        "deletedBy": .string(caller.id),
                    ]
                ])
        }
        return response
    }

    private func typing(
        _ event: String, _ data: JSONValue, by caller: ChatCaller, _ socket: SocketIOSocket
    ) async throws {
        let chat = try await service.openChat(try data.requiredText("chatId"), for: caller)
        guard socket.admitsEphemeralEvent() else { return }
        sendUserEvent(event, of: caller.id, in: chat.id, to: chat.members, except: socket.id)
    }
}
