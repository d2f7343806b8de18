import ChatBridge
import JSON

extension WebhookEndpoint {
    /// The endpoint as the API shows it, without its secrets.
    var json: JSONObject {
        [
            "id": .string(id), "url": .string(url), "description": .string(description),
            "kinds": .array((kinds ?? WebhookKind.standard).map { .string($0.rawValue) }),
            "dialects": dialects.map { .array($0.map(JSONValue.string)) } ?? .null,
            "state": .string(state.rawValue), "reason": JSONValue(reason),
            "failingSince": JSONValue(failingSince.map(Timestamp.milliseconds)),
            "secrets": .array(
                secrets.map { ["expiresAt": JSONValue($0.expiresAt.map(Timestamp.milliseconds))] }),
            "isFromSettings": .bool(id == Self.settingsID),
            "createdAt": .string(Timestamp.milliseconds(createdAt)),
            "updatedAt": .string(Timestamp.milliseconds(updatedAt)),
        ]
    }
}

extension WebhookDelivery {
    /// A dead letter as the API shows it: without the payload, which may contain what users have written.
    var json: JSONValue {
        [
            "id": .string(String(sequence)), "event": .string(event.id), "type": .string(event.kind.rawValue),
            "dialect": JSONValue(event.dialect?.rawValue), "subject": .string(event.subject),
            "attempts": .integer(attempts), "createdAt": .string(Timestamp.milliseconds(createdAt)),
            "failedAt": JSONValue(failedAt.map(Timestamp.milliseconds)), "reason": JSONValue(reason),
        ]
    }
}
