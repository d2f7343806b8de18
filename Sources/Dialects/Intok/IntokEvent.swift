import ChatBridge
import JSON

/// The dialect's events to clients that go through the outbox: what they say, and to whom. What of a message they tell is
/// what it says when they are told.
package enum IntokEvent {
    static let receive = "message:receive"
    static let reaction = "message:reaction"
    static let read = "message:read"
    static let deleted = "message:deleted"
    static let typing = "message:typing"
    /// How many messages one entry of the outbox tells to be read.
    private static let messagesInEntry = 100

    /// A new message, to every member in their own language, the sender's devices among them.
    static func sent(_ saved: SavedMessage) -> [OutboxDraft] {
        saved.unreadCounts.keys.sorted().map {
            OutboxDraft(recipient: $0, event: receive, message: saved.message.id)
        }
    }

    /// A reaction that came or went, to all members.
    static func reacted(to message: ChatMessage, by user: String, emoji: String) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.conversation, audience: .members, event: reaction, message: message.id,
                payload: ["userId": .string(user), "emoji": .string(emoji)])
        ]
    }

    /// Somebody has read a message, to whoever wrote it.
    static func read(_ message: ChatMessage, by reader: String) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.sender, event: read, message: message.id, payload: ["readBy": .string(reader)])
        ]
    }

    /// Somebody has read messages of a conversation, to whoever wrote each. Who that was is looked up when it is told.
    static func read(_ messages: [String], in conversation: String, by reader: String) -> [OutboxDraft] {
        stride(from: 0, to: messages.count, by: messagesInEntry).map { start in
            let some = messages[start..<min(start + messagesInEntry, messages.count)]
            return OutboxDraft(
                recipient: conversation, audience: .members, event: read,
                payload: ["readBy": .string(reader), "messageIds": .array(some.map(JSONValue.string))])
        }
    }

    /// A message is gone for everyone.
    static func deleted(_ message: ChatMessage) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: message.conversation, audience: .members, event: deleted, message: message.id,
                payload: ["deletedBy": .string(message.sender)])
        ]
    }

    /// What an entry of the outbox says of `message`, beside its own payload; `nil` when there is nothing to say any more.
    static func facts(_ event: String, payload: JSONValue, of message: ChatMessage) -> JSONObject? {
        var facts = payload.objectValue ?? [:]
        facts["conversationId"] = .string(message.conversation)
        facts["messageId"] = .string(message.id)
        switch event {
        case reaction:
            facts["messageTimestamp"] = .string(Timestamp.milliseconds(message.createdAt))
            facts["reactions"] = IntokMessage.reactions(message)
        case read:
            let reader = payload["readBy"]?.stringValue
            guard let receipt = message.receipts.first(where: { $0.user == reader }) else { return nil }
            facts["messageTimestamp"] = .string(Timestamp.milliseconds(message.createdAt))
            facts["readAt"] = .string(Timestamp.milliseconds(receipt.readAt))
        case deleted:
            guard let deletedAt = message.deletedAt else { return nil }
            facts["deletedAt"] = .string(Timestamp.milliseconds(deletedAt))
        default: break
        }
        return facts
    }
}
