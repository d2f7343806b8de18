import ChatBridge
import JSON
import MediaModel

/// Renders messages as the dialect's reference describes them.
enum IntokMessage {
    /// The message as JSON.
    /// - Parameters:
    ///   - viewer: the user whose language is used; `nil` for no particular user.
    ///   - previewLength: the maximum length of the original's preview in a reply, in characters.
    static func json(
        _ message: ChatMessage, _ context: RenderingContext, viewer: String?, previewLength: Int
    ) -> JSONValue {
        let sender = context.user(message.sender)
        let language = message.originalLanguage ?? IntokUser.language(of: sender)
        let target = viewer.map { IntokUser.language(of: context.user($0)) } ?? language
        let readers = message.receipts.map(\.user).sorted()
        let timestamp = JSONValue.string(Timestamp.milliseconds(message.createdAt))
        var json: JSONObject = [
            "id": .string(message.id), "conversationId": .string(message.conversation),
            "senderId": .string(message.sender), "sender": IntokUser.participant(sender),
            "type": .string(message.type.rawValue), "originalContent": .string(message.text),
            "originalLanguage": .string(language),
            // Without a translation the two contents are equal, by the reference.
            "translatedContent": .string(message.translation(into: target) ?? message.text),
            "targetLanguage": .string(target),
            "status": .string(message.intokStatus), "readBy": .array(readers.map(JSONValue.string)),
            "reactions": reactions(message), "attachment": attachment(message),
            "replyTo": reply(message, context, previewLength), "timestamp": timestamp, "createdAt": timestamp,
        ]
        if let deletedAt = message.deletedAt {
            json["deletedForEveryone"] = true
            json["deletedBy"] = .string(message.sender)
            json["deletedAt"] = .string(Timestamp.milliseconds(deletedAt))
        }
        return .object(json)
    }

    /// The IDs of the users who reacted, by emoji.
    static func reactions(_ message: ChatMessage) -> JSONValue {
        let users = Dictionary(grouping: message.reactions, by: \.emoji)
        return .object(JSONObject(users.mapValues { .array($0.map { .string($0.user) }) }))
    }

    /// `{id, key, fileName, contentType, fileSize, category, uploadedBy, createdAt}`, and the measured properties.
    private static func attachment(_ message: ChatMessage) -> JSONValue {
        guard let media = message.media, let id = media.id, let type = IntokMediaType(media.mimeType) else {
            return .null
        }
        let key = { (isThumbnail: Bool, fileExtension: String) in
            JSONValue.string(
                IntokKey.attachment(
                    conversation: message.conversation, id: id, isThumbnail: isThumbnail, fileExtension: fileExtension
                ).text)
        }
        var json: JSONObject = [
            "id": .string(id), "key": key(false, type.fileExtension),
            "fileName": .string(media.originalName ?? "\(id).\(type.fileExtension)"),
            "contentType": .string(media.mimeType), "fileSize": .integer(media.fileSize),
            "category": .string(type.category.rawValue), "uploadedBy": .string(message.sender),
            "createdAt": .string(Timestamp.milliseconds(message.createdAt)),
        ]
        if media.thumbnailKey != nil { json["thumbnailKey"] = key(true, "jpg") }
        json["duration"] = media.duration.map(JSONValue.number)
        json["dimensions"] = media.dimensions.map { ["width": .integer($0.width), "height": .integer($0.height)] }
        json["waveform"] = media.waveform.map { peaks in
            .array(peaks.map { .number((Double($0) * 10_000).rounded() / 10_000) })
        }
        return .object(json)
    }

    /// The preview of the message that `message` replies to. It is taken from the stored message, not from the client's
    /// request.
    private static func reply(_ message: ChatMessage, _ context: RenderingContext, _ previewLength: Int) -> JSONValue {
        guard let original = context.replied(by: message) else { return .null }
        return [
            "messageId": .string(original.id), "content": .string(String(original.text.prefix(previewLength))),
            "senderId": .string(original.sender), "senderName": .string(context.user(original.sender).displayName),
            "type": .string(original.type.rawValue),
        ]
    }
}
