import ChatBridge
import JSON
import MediaModel

/// Renders messages as the dialect's reference describes them.
enum BananatalkMessage {
    /// The message as JSON.
    /// - Parameter isReplied: whether the message is embedded in its reply as `replyTo`. Only one level is embedded: an
    ///   embedded message has no `replyTo` itself.
    static func json(_ message: ChatMessage, _ context: RenderingContext, isReplied: Bool = false) -> JSONValue {
        let receipt = message.receipts.first { $0.user == message.receiver }
        var json: JSONObject = [
            "_id": .string(message.id), "sender": user(context.user(message.sender)),
            "message": .string(message.text), "messageType": .string(message.type.rawValue),
            "read": .bool(receipt != nil), "readAt": JSONValue(receipt.map { Timestamp.milliseconds($0.readAt) }),
            "createdAt": .string(Timestamp.milliseconds(message.createdAt)),
            "updatedAt": .string(Timestamp.milliseconds(message.updatedAt)),
            "isForwarded": .bool(message.forwardedFrom != nil), "isEdited": .bool(message.editedAt != nil),
            "isDeleted": .bool(message.deletedAt != nil), "pinned": .bool(message.pin != nil),
            "reactions": reactions(message), "corrections": isReplied ? [] : corrections(message, context),
            "translations": translations(message), "mentions": mentions(message),
        ]
        json["receiver"] = message.receiver.map { user(context.user($0)) }
        json["media"] = media(message, context)
        if message.replyTo != nil, !isReplied {
            json["replyTo"] = context.replied(by: message).map { self.json($0, context, isReplied: true) } ?? .null
        }
        json["selfDestruct"] = message.selfDestruct?.json
        if let embed = message.embed { json[embed.type.rawValue] = embed.content }
        json["poll"] = message.details["poll"].map { _ in .string(message.id) }
        json["editedAt"] = message.editedAt.map { .string(Timestamp.milliseconds($0)) }
        if let pin = message.pin {
            json["pinnedAt"] = .string(Timestamp.milliseconds(pin.pinnedAt))
            json["pinnedBy"] = .string(pin.user)
        }
        json["deletedAt"] = message.deletedAt.map { .string(Timestamp.milliseconds($0)) }
        json["forwardedFrom"] = message.forwardedFrom.map { origin in
            [
                "sender": .string(origin.sender), "messageId": .string(origin.messageID),
                "originalMessage": .string(origin.text),
            ]
        }
        return .object(json)
    }

    /// A user as messages and conversations name them.
    static func user(_ id: String, _ context: RenderingContext) -> JSONValue { user(context.user(id)) }

    private static func media(_ message: ChatMessage, _ context: RenderingContext) -> JSONValue? {
        guard let media = message.media else {
            return message.location.map { ["type": "location", "location": place($0)] }
        }
        let isVoice = message.type == .voice
        var json: JSONObject = [
            "url": .string(context.url(of: media.key)), "type": .string(isVoice ? "voice" : media.kind.rawValue),
            "mimeType": .string(media.mimeType), "fileSize": .integer(media.fileSize),
        ]
        if let key = media.thumbnailKey {
            json["thumbnail"] = .string(context.url(of: key))
        } else if [.video, .image].contains(media.kind) {
            json["thumbnail"] = .null
        }
        json["location"] = message.location.map(place)
        json["fileName"] = media.originalName.map(JSONValue.string)
        json["duration"] = media.duration.map { .number(($0 * 1000).rounded() / 1000) }
        json["dimensions"] = media.dimensions.map { ["width": .integer($0.width), "height": .integer($0.height)] }
        json["waveform"] = media.waveform.map { peaks in
            // Four decimal places exceed what a display resolves, and need a third of the bytes.
            .array(peaks.map { .number((Double($0) * 10_000).rounded() / 10_000) })
        }
        return .object(json)
    }

    private static func place(_ location: ChatLocation) -> JSONValue {
        var json: JSONObject = [
            "latitude": .number(location.latitude), "longitude": .number(location.longitude),
        ]
        json["address"] = location.address.map(JSONValue.string)
        json["placeName"] = location.placeName.map(JSONValue.string)
        return .object(json)
    }
}
