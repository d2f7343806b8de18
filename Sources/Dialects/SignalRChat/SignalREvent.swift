import ChatBridge
import Foundation
import JSON

/// The events of the dialect that are sent through the outbox: their payloads and recipients.
package enum SignalREvent {
    static let received = "MessageReceived"
    /// The maximum number of read messages in one outbox entry.
    private static let messagesInEntry = 100

    /// The event for a new message, sent to every member including the sender's devices.
    static func sent(_ saved: SavedMessage) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: saved.message.conversation, audience: .members, event: received,
                message: saved.message.id)
        ]
    }

    /// The events for messages that were read, sent to every member.
    static func read(_ messages: [String], in conversation: String, by user: ChatUser, at date: Date) -> [OutboxDraft] {
        var payload = SignalRUserView.signature(user)
        payload["conversationId"] = .string(conversation)
        payload["readAt"] = SignalRMessage.time(date)
        return stride(from: 0, to: messages.count, by: messagesInEntry).map { start in
            let some = messages[start..<min(start + messagesInEntry, messages.count)]
            payload["messageIds"] = .array(some.map(JSONValue.string))
            return OutboxDraft(
                recipient: conversation, audience: .members, event: "MessageRead", payload: .object(payload))
        }
    }

    /// The payloads that clients receive for an entry: where it lists `messageIds`, one for each of them.
    static func payloads(_ payload: JSONValue) -> [JSONValue] {
        guard var members = payload.objectValue, let messages = members.removeValue(forKey: "messageIds")?.arrayValue
        else { return [payload] }
        return messages.map { .object(members.merging(["messageId": $0]) { _, own in own }) }
    }
}
