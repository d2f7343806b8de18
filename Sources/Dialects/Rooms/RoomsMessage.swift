import ChatBridge
import JSON
import MediaModel

/// The dialect's message, as its reference describes it.
enum RoomsMessage {
    /// The message types that carry a file; `file` is a file of any kind.
    static let mediaTypes: Set<String> = ["image", "video", "audio", "file"]

    /// The message as JSON.
    static func json(_ message: ChatMessage, _ context: RenderingContext) -> JSONValue {
        var json: JSONObject = [
            "_id": .string(message.id), "chatRoom": .string(message.conversation),
            "sender": user(message.sender, context), "type": .string(message.type.rawValue),
            "content": RoomsContent.json(message.text),
            "status": .string(status(message)),
            "timestamp": .string(Timestamp.milliseconds(message.createdAt)), "reactions": reactions(message),
            "isDeleted": .bool(message.deletedAt != nil),
            "isEdited": .bool(message.editedAt != nil),
            "editHistory": .array(message.editHistory.map(former)), "replyTo": JSONValue(message.replyTo),
        ]
        if message.deletedAt != nil { json["deletedFor"] = "everyone" }
        json["mediaInfo"] = message.media.map { media($0, context) }
        json["stickerInfo"] = message.sticker?.json
        json["forwardedFrom"] = message.forwardedFrom.map { origin in
            [
                "originalMessageId": .string(origin.messageID), "originalSender": .string(origin.sender),
                "forwardedAt": .string(Timestamp.milliseconds(message.createdAt)),
            ]
        }
        return .object(json)
    }

    /// `read` when another participant has read it, `delivered` when it was written to a socket of one, otherwise `sent`; but
    /// never less than what the chat server has written.
    static func status(_ message: ChatMessage) -> String {
        let written = message.writtenStatus
        if written == "read" || message.receipts.contains(where: { $0.user != message.sender }) { return "read" }
        return written == "delivered" || !message.deliveries.isEmpty ? "delivered" : "sent"
    }

    /// The reactions to a message: `[{userId, emoji, reactionType, createdAt}]`.
    static func reactions(_ message: ChatMessage) -> JSONValue {
        .array(
            message.reactions.map { reaction in
                [
                    "userId": .string(reaction.user), "emoji": .string(reaction.emoji),
                    "reactionType": JSONValue(reaction.name),
                    "createdAt": .string(Timestamp.milliseconds(reaction.createdAt)),
                ]
            })
    }

    private static func user(_ id: String, _ context: RenderingContext) -> JSONValue {
        let user = context.user(id)
        return ["_id": .string(user.id), "name": .string(user.displayName), "avatar": JSONValue(user.images.first)]
    }

    private static func former(_ text: PreviousVersion) -> JSONValue {
        ["content": RoomsContent.json(text.text), "editedAt": .string(Timestamp.milliseconds(text.editedAt))]
    }

    private static func media(_ media: MediaRecord, _ context: RenderingContext) -> JSONValue {
        [
            "originalName": JSONValue(media.originalName), "mimeType": .string(media.mimeType),
            "size": .integer(media.fileSize), "duration": JSONValue(media.duration),
            "dimensions": media.dimensions.map { ["width": .integer($0.width), "height": .integer($0.height)] }
                ?? .null,
            "thumbnail": JSONValue(media.thumbnailKey.map(context.url(of:))),
            "url": .string(context.url(of: media.key)),
        ]
    }
}

extension ChatMessage {
    /// What the chat server has written as the status of its own message, where nothing else says that; `nil` for others.
    var writtenStatus: String? {
        get { details["status"]?.stringValue }
        set { self[detail: "status"] = newValue.map(JSONValue.string) }
    }
}
