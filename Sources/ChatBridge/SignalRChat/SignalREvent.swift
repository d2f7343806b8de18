import Foundation

/// The dialect's events that go through the outbox: what they say, and to whom.
enum SignalREvent {
    /// What a new message tells every member, its sender's devices included.
    static func sent(_ saved: SavedMessage) -> [OutboxDraft] {
        [
            OutboxDraft(
                recipient: saved.message.conversation, audience: .members, event: "MessageReceived",
                message: saved.message.id)
        ]
    }

    /// What reading up to a message tells every member.
    static func read(_ message: String, in conversation: String, by user: ChatUser, at date: Date) -> [OutboxDraft] {
        var payload = SignalRPerson.signature(user)
        payload["messageId"] = .string(message)
        payload["conversationId"] = .string(conversation)
        payload["readAt"] = SignalRMessage.time(date)
        return [
            OutboxDraft(
                recipient: conversation, audience: .members, event: "MessageRead", payload: .object(payload))
        ]
    }
}
