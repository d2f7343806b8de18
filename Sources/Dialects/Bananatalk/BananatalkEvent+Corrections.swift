import ChatBridge
import JSON

/// Events of corrections, for all devices of both users.
extension BananatalkEvent {
    /// The event of a correction that was suggested.
    static func corrected(_ message: ChatMessage, _ correction: JSONValue, by user: String) -> [OutboxDraft] {
        both(
            message, "newCorrection",
            ["messageId": .string(message.id), "correction": correction, "correctorId": .string(user)])
    }

    /// The event of a correction that the sender of the message has accepted.
    static func correctionAccepted(_ correction: String, of message: ChatMessage, by user: String) -> [OutboxDraft] {
        both(
            message, "correctionAccepted",
            [
                "messageId": .string(message.id), "correctionId": .string(correction), "acceptedBy": .string(user),
            ])
    }

    private static func both(_ message: ChatMessage, _ event: String, _ payload: JSONObject) -> [OutboxDraft] {
        [message.receiver, message.sender].compactMap(\.self).map { user in
            OutboxDraft(recipient: user, event: event, payload: .object(payload))
        }
    }
}
