import ChatBridge
import JSON

/// The dialect's events that are delivered through the outbox. All are addressed to a chat: `unread_message` to the
/// members who have not joined it, the others to the sockets that have joined it.
enum ImageKitEvent {
    static let messageReceived = "message_received"
    static let mediaReceived = "media_received"
    static let unreadMessage = "unread_message"

    /// The events of a new message.
    static func sent(_ saved: SavedMessage) -> [OutboxDraft] {
        let message = saved.message
        let counts = saved.unreadCounts.filter { $0.key != message.sender }
        return [
            draft(
                unreadMessage, in: message.conversation, about: message.id,
                [
                    "unreadCounts": .object(JSONObject(counts.mapValues(JSONValue.integer))),
                    "lastMessage": .string(ImageKitMessage.preview(message)), "senderId": .string(message.sender),
                ]),
            draft(message.media == nil ? messageReceived : mediaReceived, in: message.conversation, about: message.id),
        ]
    }

    /// The event of messages that were read.
    static func read(_ messages: [String], by reader: String, in chat: String, at timestamp: JSONValue) -> [OutboxDraft]
    {
        [
            draft(
                "messages_read", in: chat,
                [
                    "messageIds": .array(messages.map(JSONValue.string)), "readBy": .string(reader),
                    "timestamp": timestamp,
                ])
        ]
    }

    /// The event of an edited message.
    static func edited(_ message: ChatMessage) -> [OutboxDraft] {
        [
            draft(
                "message_edited", in: message.conversation,
                [
                    "messageId": .string(message.id), "newContent": .string(message.text),
                    "editedAt": JSONValue(message.editedAt.map(Timestamp.milliseconds)),
                    "editedBy": .string(message.sender),
                ])
        ]
    }

    /// The event of a message that was deleted for everyone.
    static func deleted(_ message: ChatMessage, by user: String) -> [OutboxDraft] {
        [
            draft(
                "message_deleted", in: message.conversation,
                ["messageId": .string(message.id), "deletedBy": .string(user)])
        ]
    }

    /// The event of a reaction that was added or removed.
    static func reaction(
        _ event: String, to message: ChatMessage, _ emoji: String, by user: String, at timestamp: JSONValue
    ) -> [OutboxDraft] {
        [
            draft(
                event, in: message.conversation,
                [
                    "messageId": .string(message.id), "userId": .string(user), "emoji": .string(emoji),
                    "timestamp": timestamp,
                ])
        ]
    }

    private static func draft(
        _ event: String, in chat: String, about message: String? = nil, _ payload: JSONObject = [:]
    ) -> OutboxDraft {
        let payload = payload.merging(["chatId": .string(chat)]) { own, _ in own }
        let joined = event == unreadMessage ? nil : chat
        return OutboxDraft(
            recipient: chat, audience: .members, event: event, message: message, payload: .object(payload),
            joined: joined)
    }
}
