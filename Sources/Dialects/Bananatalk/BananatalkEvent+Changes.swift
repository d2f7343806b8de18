import ChatBridge
import JSON

/// Events of changes of a message, for all devices of all who see it. The reference has none of these: without them a client would
/// learn of such a change only when it reads the message again.
extension BananatalkEvent {
    /// The event of an edited message.
    static func edited(_ message: ChatMessage) -> [OutboxDraft] {
        changed(message, "messageEdited", ["messageId": .string(message.id)])
    }

    /// The event of a message that was pinned or unpinned.
    static func pinned(_ message: ChatMessage, by user: String) -> [OutboxDraft] {
        changed(
            message, "messagePinned",
            ["messageId": .string(message.id), "pinned": .bool(message.pin != nil), "userId": .string(user)])
    }

    /// The event of a reaction that was added or removed.
    static func reaction(_ emoji: String, to message: ChatMessage, by user: String, isAdded: Bool) -> [OutboxDraft] {
        changed(
            message, "messageReaction",
            [
                "messageId": .string(message.id), "userId": .string(user), "emoji": .string(emoji),
                "action": isAdded ? "added" : "removed",
            ])
    }

    /// An event for all who see a message. To the two users of a direct one it shows the message as it is when the event is delivered.
    /// For the members of a group it names the message alone: some of them may have deleted it for themselves, and a message with
    /// its corrections and translations is large for so many.
    private static func changed(_ message: ChatMessage, _ event: String, _ payload: JSONObject) -> [OutboxDraft] {
        toViewers(message, event, payload, showsMessage: true)
    }

    /// An event for all who see a message: both users of a direct one, or the members of its group.
    /// - Parameter showsMessage: whether the event shows a direct message.
    static func toViewers(
        _ message: ChatMessage, _ event: String, _ payload: JSONObject, showsMessage: Bool = false
    ) -> [OutboxDraft] {
        guard let receiver = message.receiver else {
            return [
                OutboxDraft(
                    recipient: message.conversation, audience: .members, event: event, payload: .object(payload))
            ]
        }
        let shown = showsMessage ? message.id : nil
        return [receiver, message.sender].map { user in
            OutboxDraft(recipient: user, event: event, message: shown, payload: .object(payload))
        }
    }
}
