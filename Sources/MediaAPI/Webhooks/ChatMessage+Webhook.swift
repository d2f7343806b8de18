import ChatBridge
import JSON

extension ChatMessage {
    /// The message in the form of webhooks, which is the same for all dialects, without its attachments.
    var webhookJSON: JSONObject {
        [
            "id": .string(id), "conversation": .string(conversation), "sender": .string(sender),
            "receiver": JSONValue(receiver), "type": .string(type.rawValue), "text": .string(text),
            "location": location.map(Self.json) ?? .null, "replyTo": JSONValue(replyTo),
            "forwardedFrom": forwardedFrom.map(Self.json) ?? .null, "details": details,
            "createdAt": .string(Timestamp.milliseconds(createdAt)),
            "editedAt": JSONValue(editedAt.map(Timestamp.milliseconds)),
            "deletedAt": JSONValue(deletedAt.map(Timestamp.milliseconds)),
        ]
    }

    private static func json(_ location: ChatLocation) -> JSONValue {
        [
            "latitude": .number(location.latitude), "longitude": .number(location.longitude),
            "address": JSONValue(location.address), "placeName": JSONValue(location.placeName),
        ]
    }

    private static func json(_ origin: ForwardOrigin) -> JSONValue {
        ["sender": .string(origin.sender), "message": .string(origin.messageID), "text": .string(origin.text)]
    }
}
