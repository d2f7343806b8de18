import ChatBridge
import JSON
import MediaModel

/// The dialect's events that are delivered through the outbox: their payloads and recipients.
package enum BananatalkEvent {
    /// The events of a new message. They are sent to the receiver and to all devices of the sender, including the one
    /// that sent it, because it may not have requested an acknowledgement. For a voice message the receiver gets two
    /// events: `newMessage` for clients that show message lists, and `newVoiceMessage` for clients that handle voice
    /// messages; in the same way `newDisappearingMessage` comes beside `newMessage`.
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
        if let selfDestruct = message.selfDestruct {
            drafts.append(DisappearingMessageEvent.sent(message, selfDestruct, to: receiver))
        }
        drafts.append(
            OutboxDraft(
                recipient: message.sender, event: "messageSent", message: message.id,
                payload: ["unreadCount": unread(message.sender), "receiverId": .string(receiver)]))
        return drafts
    }

    /// The events of a deletion for everyone.
    static func deleted(_ message: ChatMessage) -> [OutboxDraft] {
        toViewers(message, messageDeleted, deletion(of: message))
    }

    /// The event of a deletion, for the devices of the user who deleted it for themselves.
    static func hidden(_ message: ChatMessage, from user: String) -> [OutboxDraft] {
        [OutboxDraft(recipient: user, event: messageDeleted, payload: .object(deletion(of: message)))]
    }

    private static let messageDeleted = "messageDeleted"

    private static func deletion(of message: ChatMessage) -> JSONObject {
        ["messageId": .string(message.id), "senderId": .string(message.sender)]
    }

    /// The events that notify the senders of messages that these were read, each of the number of theirs.
    /// - Parameter members: who may be notified.
    static func read(_ messages: [MarkedMessage], by reader: String, to members: Set<String>) -> [OutboxDraft] {
        let counts = Dictionary(messages.map { ($0.sender, 1) }, uniquingKeysWith: +)
        return counts.filter { members.contains($0.key) }.sorted { $0.key < $1.key }.map { sender, count in
            OutboxDraft(
                recipient: sender, event: "messagesRead",
                payload: ["readBy": .string(reader), "count": .integer(count)])
        }
    }

    /// The event that notifies the sender that their voice message was listened to.
    static func listened(_ message: ChatMessage, by listener: String) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.sender, event: "voiceMessageListened",
                payload: ["messageId": .string(message.id), "listenedBy": .string(listener)])
        ]
    }
}
