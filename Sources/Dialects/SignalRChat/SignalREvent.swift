import ChatBridge
import Foundation
import JSON

/// The dialect's events that go through the outbox: what they say, and to whom.
package enum SignalREvent {
    static let received = "MessageReceived"
    /// How many messages one entry of the outbox tells to be read.
    private static let messagesInEntry = 100

    /// What a new message tells every member, its sender's devices included.
    static func sent(_ saved: SavedMessage) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: saved.message.conversation, audience: .members, event: received,
                message: saved.message.id)
        ]
    }

    /// What reading tells every member of each message that was read.
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

    /// What clients are told of an entry's payload: where that lists `messageIds`, the rest of it with each of them.
    static func payloads(_ payload: JSONValue) -> [JSONValue] {
        guard var members = payload.objectValue, let messages = members.removeValue(forKey: "messageIds")?.arrayValue
        else { return [payload] }
        return messages.map { .object(members.merging(["messageId": $0]) { _, own in own }) }
    }
}
