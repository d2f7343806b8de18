import ChatBridge
import JSON

/// The dialect's events that are delivered through the outbox: their payloads and recipients. The parts that describe a
/// message are read from the message at the time of delivery.
package enum IntokEvent {
    static let receive = "message:receive"
    static let reaction = "message:reaction"
    static let read = "message:read"
    static let deleted = "message:deleted"
    static let typing = "message:typing"
    /// The maximum number of read messages in one outbox entry.
    private static let messagesInEntry = 100

    /// The events of a new message: one per member, in that member's language; this includes the sender's devices.
    static func sent(_ saved: SavedMessage) -> [OutboxDraft] {
        saved.unreadCounts.keys.sorted().map {
            OutboxDraft(recipient: $0, event: receive, message: saved.message.id)
        }
    }

    /// The event of a reaction that was added or removed, for all members.
    static func reacted(to message: ChatMessage, by user: String, emoji: String) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.conversation, audience: .members, event: reaction, message: message.id,
                payload: ["userId": .string(user), "emoji": .string(emoji)])
        ]
    }

    /// The event of a message that a user has read, for its sender.
    static func read(_ message: ChatMessage, by reader: String) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.sender, event: read, message: message.id, payload: ["readBy": .string(reader)])
        ]
    }

    /// The events of messages of a conversation that a user has read, for the sender of each. The senders are looked up
    /// at the time of delivery.
    static func read(_ messages: [String], in conversation: String, by reader: String) -> [OutboxDraft] {
        stride(from: 0, to: messages.count, by: messagesInEntry).map { start in
            let some = messages[start..<min(start + messagesInEntry, messages.count)]
            return OutboxDraft(
                recipient: conversation, audience: .members, event: read,
                payload: ["readBy": .string(reader), "messageIds": .array(some.map(JSONValue.string))])
        }
    }

    /// The event of a message that was deleted for everyone, for all members.
    static func deleted(_ message: ChatMessage) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.conversation, audience: .members, event: deleted, message: message.id,
                payload: ["deletedBy": .string(message.sender)])
        ]
    }

    /// The payload of an outbox entry about `message`: the stored payload and the message's current data. `nil` when
    /// the event no longer applies.
    static func members(_ event: String, payload: JSONValue, of message: ChatMessage) -> JSONObject? {
        var members = payload.objectValue ?? [:]
        members["conversationId"] = .string(message.conversation)
        members["messageId"] = .string(message.id)
        switch event {
        case reaction:
            members["messageTimestamp"] = .string(Timestamp.milliseconds(message.createdAt))
            members["reactions"] = IntokMessage.reactions(message)
        case read:
            let reader = payload["readBy"]?.stringValue
            guard let receipt = message.receipts.first(where: { $0.user == reader }) else { return nil }
            members["messageTimestamp"] = .string(Timestamp.milliseconds(message.createdAt))
            members["readAt"] = .string(Timestamp.milliseconds(receipt.readAt))
        case deleted:
            guard let deletedAt = message.deletedAt else { return nil }
            members["deletedAt"] = .string(Timestamp.milliseconds(deletedAt))
        default: break
        }
        return members
    }
}
