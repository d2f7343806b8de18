import ChatBridge
import JSON

/// Events of corrections, for all devices of all who see the message.
extension BananatalkEvent {
    /// The event of a correction that was suggested.
    static func corrected(_ message: ChatMessage, _ correction: JSONValue, by user: String) -> [OutboxDraft] {
        toViewers(
            message, "newCorrection",
            ["messageId": .string(message.id), "correction": correction, "correctorId": .string(user)])
    }

    /// The event of a correction that the sender of the message has accepted.
    static func correctionAccepted(_ correction: String, of message: ChatMessage, by user: String) -> [OutboxDraft] {
        toViewers(
            message, "correctionAccepted",
            [
                "messageId": .string(message.id), "correctionId": .string(correction), "acceptedBy": .string(user),
            ])
    }
}
