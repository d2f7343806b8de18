import ChatBridge
import Foundation
import JSON
import MediaModel

/// The dialect's message, as its reference describes it.
package enum SignalRMessage {
    /// A message of text alone.
    static let text = MessageType(rawValue: "Text")
    /// A message with files.
    static let media = MessageType(rawValue: "Media")

    /// The message as JSON.
    static func json(_ message: ChatMessage, _ context: RenderingContext) -> JSONValue {
        let sender = context.user(message.sender)
        var json: JSONObject = [
            "_id": .string(message.id), "conversationId": .string(message.conversation),
            "senderId": .string(sender.id), "senderUsername": .string(sender.username),
            "senderDisplayName": .string(sender.displayName), "senderAvatarUrl": JSONValue(sender.images.first),
            "content": .string(message.text), "messageType": .string(message.type.rawValue),
            "readBy": .array(readers(message, context)), "deliveredTo": .array(receivers(message, context)),
            "reactions": .array(message.reactions.map { reaction($0, context.user($0.user)) }),
            "mentions": .array(mentioned(message).map { .object(SignalRUserView.name(context.user($0))) }),
            "isEdited": .bool(message.editedAt != nil), "isDeleted": .bool(message.deletedAt != nil),
            "createdAt": sent(message),
        ]
        json["editedAt"] = message.editedAt.map(time)
        json["deletedAt"] = message.deletedAt.map(time)
        if message.type == media { json["mediaUrls"] = .array(message.attachments.map { file($0, context.url) }) }
        if message.replyTo != nil {
            json["replyTo"] = context.replied(by: message).map { replied($0, context) } ?? .null
        }
        return .object(json)
    }

    /// A reaction as JSON: `{emoji, userId, username, addedAt}`.
    static func reaction(_ reaction: Reaction, _ user: ChatUser) -> JSONValue {
        var json = SignalRUserView.signature(user)
        json["emoji"] = .string(reaction.emoji)
        json["addedAt"] = time(reaction.createdAt)
        return .object(json)
    }

    /// One element of `mediaUrls`, with the measured attributes instead of those that the client sent.
    static func file(_ media: MediaRecord, _ url: (String) -> String) -> JSONValue {
        var json = previews(media, url)
        json["type"] = .string(type(media))
        json["url"] = .string(url(media.key))
        json["size"] = .integer(media.fileSize)
        json["fileName"] = media.originalName.map(JSONValue.string)
        json["mimeType"] = .string(media.mimeType)
        return .object(json)
    }

    /// The type of a file: `Image`, `Video`, `Audio` or `Document`.
    static func type(_ media: MediaRecord) -> String { media.kind.rawValue.capitalized }

    /// The preview attributes of a file: `{thumbnailUrl?, width?, height?, duration?}`.
    static func previews(_ media: MediaRecord, _ url: (String) -> String) -> JSONObject {
        var json: JSONObject = [:]
        json["thumbnailUrl"] = media.thumbnailKey.map { .string(url($0)) }
        json["width"] = media.dimensions.map { .integer($0.width) }
        json["height"] = media.dimensions.map { .integer($0.height) }
        json["duration"] = media.duration.map(JSONValue.number)
        return json
    }

    /// The IDs of the users that a message mentions.
    static func mentioned(_ message: ChatMessage) -> [String] {
        message.details["mentions"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// A time as the reference writes it: in whole seconds.
    static func time(_ date: Date) -> JSONValue { .string(Timestamp.seconds(date)) }

    /// The time at which a message was sent, in milliseconds because clients use it as a page boundary (`before`,
    /// `after`). With whole seconds they would miss other messages of that second.
    static func sent(_ message: ChatMessage) -> JSONValue { .string(Timestamp.milliseconds(message.createdAt)) }

    /// The users who have read it; the sender counts from the time of sending.
    private static func readers(_ message: ChatMessage, _ context: RenderingContext) -> [JSONValue] {
        ([(message.sender, message.createdAt)] + message.receipts.map { ($0.user, $0.readAt) }).map { user, date in
            .object(SignalRUserView.signature(context.user(user)).merging(["readAt": time(date)]) { own, _ in own })
        }
    }

    /// The users who have received it, ordered by time. A user who has read it counts as having received it.
    private static func receivers(_ message: ChatMessage, _ context: RenderingContext) -> [JSONValue] {
        var deliveryTimes = Dictionary(message.deliveries.map { ($0.user, $0.deliveredAt) }, uniquingKeysWith: min)
        for receipt in message.receipts {
            deliveryTimes[receipt.user] = min(deliveryTimes[receipt.user] ?? receipt.readAt, receipt.readAt)
        }
        return deliveryTimes.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map { user, date in
            .object(
                SignalRUserView.signature(context.user(user)).merging(["deliveredAt": time(date)]) { own, _ in own })
        }
    }

    private static func replied(_ message: ChatMessage, _ context: RenderingContext) -> JSONValue {
        [
            "messageId": .string(message.id), "content": .string(message.text), "senderId": .string(message.sender),
            "senderUsername": .string(context.user(message.sender).username),
        ]
    }
}
