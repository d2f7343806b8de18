import ChatBridge
import JSON
import MediaModel

/// The dialect's events to clients that go through the outbox: what they say, and to whom.
package enum BananatalkEvent {
    /// What a new message tells: its receiver, and all of the sender's devices, that which sent it as well: it may have asked
    /// for no acknowledgement. A voice message is told twice to its receiver, as `newMessage` for whoever keeps a list of
    /// messages, and as `newVoiceMessage` for whoever waits for voice.
    static func sent(_ saved: SavedMessage) -> [OutboxDraft] {
        let message = saved.message
        guard let receiver = message.receiver else { return [] }
        let unread = { (user: String) in JSONValue.integer(saved.unreadCounts[user] ?? 0) }
        var drafts = [
            OutboxDraft(
                recipient: receiver, event: "newMessage", message: message.id,
                payload: ["unreadCount": unread(receiver), "senderId": .string(message.sender)])
        ]
        if message.type == .voice {
            drafts.append(
                OutboxDraft(
                    recipient: receiver, event: "newVoiceMessage", message: message.id,
                    payload: ["duration": JSONValue(message.media?.duration)]))
        }
        drafts.append(
            OutboxDraft(
                recipient: message.sender, event: "messageSent", message: message.id,
                payload: ["unreadCount": unread(message.sender), "receiverId": .string(receiver)]))
        return drafts
    }

    /// What deleting a message tells: both of its users, or the devices of the one who deleted it for themselves.
    static func deleted(_ message: ChatMessage, to users: [String]) -> [OutboxDraft] {
        users.map { user in
            OutboxDraft(
                recipient: user, event: "messageDeleted",
                payload: ["messageId": .string(message.id), "senderId": .string(message.sender)])
        }
    }

    /// What reading tells whoever wrote.
    static func read(_ messages: [String], by reader: String, to sender: String) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: sender, event: "messagesRead",
                payload: ["readBy": .string(reader), "count": .integer(messages.count)])
        ]
    }

    /// What hearing a voice message tells its sender.
    static func listened(_ message: ChatMessage, by listener: String) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.sender, event: "voiceMessageListened",
                payload: ["messageId": .string(message.id), "listenedBy": .string(listener)])
        ]
    }
}
