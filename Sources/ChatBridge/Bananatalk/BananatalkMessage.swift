/// The dialect's message, as its reference describes it.
enum BananatalkMessage {
    /// The message as JSON.
    /// - Parameters:
    ///   - people: the records there are; of others the id is the name.
    ///   - replied: the message it answers, rendered.
    ///   - urls: makes the address of an object.
    static func json(
        _ message: ChatMessage, people: [String: ChatUser], replied: JSONValue?,
        urls: @Sendable (String) async throws -> String
    ) async throws -> JSONValue {
        let receipt = message.receipts.first { $0.user == message.receiver }
        var json: [String: JSONValue] = [
            "_id": .string(message.id), "sender": user(message.sender, people),
            "message": .string(message.text), "messageType": .string(message.type.rawValue),
            "read": .bool(receipt != nil), "readAt": JSONValue(receipt.map { Timestamp.milliseconds($0.readAt) }),
            "createdAt": .string(Timestamp.milliseconds(message.createdAt)),
            "updatedAt": .string(Timestamp.milliseconds(message.updatedAt)),
            "isForwarded": .bool(message.forwardedFrom != nil), "isEdited": false,
            "isDeleted": .bool(message.deletedAt != nil), "pinned": false,
            "reactions": [], "corrections": [], "translations": [], "mentions": [],
        ]
        json["receiver"] = message.receiver.map { user($0, people) }
        json["media"] = try await media(message, urls)
        json["replyTo"] = replied
        json["deletedAt"] = message.deletedAt.map { .string(Timestamp.milliseconds($0)) }
        json["forwardedFrom"] = message.forwardedFrom.map { origin in
            [
                "sender": .string(origin.sender), "messageId": .string(origin.messageID),
                "originalMessage": .string(origin.text),
            ]
        }
        return .object(json)
    }

    private static func user(_ id: String, _ people: [String: ChatUser]) -> JSONValue {
        let user = people[id] ?? ChatUser(id: id)
        return [
            "_id": .string(user.id), "name": .string(user.name), "images": .array(user.images.map(JSONValue.string)),
        ]
    }

    private static func media(
        _ message: ChatMessage, _ urls: @Sendable (String) async throws -> String
    ) async throws -> JSONValue? {
        if let location = message.location { return ["type": "location", "location": place(location)] }
        guard let media = message.media else { return nil }
        let isVoice = message.type == .voice
        var json: [String: JSONValue] = [
            "url": .string(try await urls(media.key)), "type": .string(isVoice ? "voice" : media.kind),
            "mimeType": .string(media.mimeType), "fileSize": .integer(media.fileSize),
        ]
        if let key = media.thumbnailKey {
            json["thumbnail"] = .string(try await urls(key))
        } else if ["video", "image"].contains(media.kind) {
            json["thumbnail"] = .null
        }
        json["fileName"] = media.originalName.map(JSONValue.string)
        json["duration"] = media.duration.map { .number(($0 * 1000).rounded() / 1000) }
        json["dimensions"] = media.dimensions.map { ["width": .integer($0.width), "height": .integer($0.height)] }
        json["waveform"] = media.waveform.map { peaks in
            // Four digits: more than a screen shows, and a third of the bytes.
            .array(peaks.map { .number((Double($0) * 10_000).rounded() / 10_000) })
        }
        return .object(json)
    }

    private static func place(_ location: ChatLocation) -> JSONValue {
        var json: [String: JSONValue] = [
            "latitude": .number(location.latitude), "longitude": .number(location.longitude),
        ]
        json["address"] = location.address.map(JSONValue.string)
        json["placeName"] = location.placeName.map(JSONValue.string)
        return .object(json)
    }
}
