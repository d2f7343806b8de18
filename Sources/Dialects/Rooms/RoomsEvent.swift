import ChatBridge
import JSON

/// The events of the dialect that are sent through the outbox: their payloads, and the room they are sent to.
package enum RoomsEvent {
    /// The name of the event whose payload carries the reactions of a message instead of the message.
    static let reactionUpdated = "reaction_updated"

    /// The name of the event for a new message.
    static let newMessage = "new_message"

    /// A new message.
    static func sent(_ message: ChatMessage) -> [OutboxDraft] {
        [draft(newMessage, in: message.conversation, message: message.id)]
    }

    /// The reactions to a message have changed.
    static func reacted(_ message: ChatMessage, by user: String, emoji: String?, name: String?) -> [OutboxDraft] {
        [
            draft(
                reactionUpdated, in: message.conversation, message: message.id,
                [
                    "messageId": .string(message.id), "userId": .string(user), "emoji": JSONValue(emoji),
                    "reactionType": JSONValue(name), "action": emoji == nil ? "remove" : "add",
                ])
        ]
    }

    /// A message was edited.
    static func edited(_ message: ChatMessage) -> [OutboxDraft] {
        [
            draft(
                "message_edited", in: message.conversation, message: message.id,
                ["messageId": .string(message.id), "newContent": RoomsContent.json(message.text)])
        ]
    }

    /// A message was deleted for everyone, or, sent to its sender's devices alone, for its sender.
    static func deleted(_ message: ChatMessage, forAll: Bool) -> [OutboxDraft] {
        var draft = draft(
            "message_deleted", in: message.conversation,
            [
                "messageId": .string(message.id), "deleteFor": forAll ? "everyone" : "sender",
                "userId": .string(message.sender),
            ])
        if !forAll { (draft.recipient, draft.audience) = (message.sender, .user) }
        return [draft]
    }

    /// A user has read all messages of a room.
    static func read(_ room: String, by user: String) -> [OutboxDraft] {
        [draft("message_read", in: room, ["userId": .string(user)])]
    }

    /// A user has joined a room.
    static func joined(_ room: String, by user: String) -> [OutboxDraft] {
        [draft("user_joined_chat", in: room, ["userId": .string(user)])]
    }

    /// A user has left a room.
    static func left(_ room: String, by user: String) -> [OutboxDraft] {
        [draft("user_left_chat", in: room, ["userId": .string(user)])]
    }

    private static func draft(
        _ event: String, in room: String, message: String? = nil, _ payload: JSONObject = [:]
    ) -> OutboxDraft {
        var payload = payload
        payload["chatRoomId"] = .string(room)
        return OutboxDraft(
            recipient: room, audience: .members, event: event, message: message, payload: .object(payload),
            joined: room)
    }
}
