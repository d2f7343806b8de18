import JSON
import OpenAPI

/// The values of the dialect's API.
extension Schema {
    /// A response `{success: true, message?, …}`.
    /// - Parameter hasMessage: whether it says in Thai what was done.
    static func success(_ members: [Property], hasMessage: Bool = true) -> Schema {
        var properties: [Property] = [.required("success", .constant(true))]
        if hasMessage { properties.append(.required("message", .string, "What was done, in Thai.")) }
        return .object(properties + members)
    }

    /// An ID of a room or message.
    static let id = Schema.string(1...Int.max)

    /// A room.
    static let room = Schema.object([
        .required("_id", .string), .required("name", .string), .required("type", .roomType),
        .required("participants", .array(of: participant), "Those who have left are after the others."),
        .required("status", .string, "`active` or `inactive`, or what the chat server has set."),
        .required("lastMessage", message.nullable), .required("lastMessageTime", date.nullable),
        .required("activityId", string.nullable), .required("avatar", string.nullable),
        .required("description", string.nullable), .required("settings", roomSettings),
        .required("unreadCount", .integer), .required("messageCount", .integer), .required("createdAt", .date),
    ]).named("ChatRoom")

    /// The type of a room.
    static let roomType = Schema.oneOf(["private", "group"])

    private static let participant = Schema.object([
        .required("userId", .string), .required("joinedAt", .date), .required("lastReadMessage", string.nullable),
        .required("lastReadTimestamp", date.nullable), .required("role", .oneOf(["admin", "member"])),
        .required("isActive", .boolean, "Whether the user has not left."),
    ]).named("Participant")

    private static let roomSettings = Schema.object([
        .required("allowMediaUpload", .boolean), .required("allowStickers", .boolean),
        .required("allowReactions", .boolean), .required("maxParticipants", .integer),
    ]).named("RoomSettings")

    /// A message.
    static let message = Schema.object([
        .required("_id", .string), .required("chatRoom", .string),
        .required(
            "sender",
            .object([.required("_id", .string), .required("name", .string), .required("avatar", string.nullable)])),
        .required("type", .string, "`text`, `image`, `video`, `audio`, `file`, `sticker` or `system`."),
        .required("content", .content), .optional("mediaInfo", media), .optional("stickerInfo", stickerInfo),
        .required("status", .oneOf(["sent", "delivered", "read"])), .required("timestamp", .date),
        .required("reactions", .array(of: reaction)), .required("replyTo", string.nullable),
        .optional("forwardedFrom", origin), .required("isEdited", .boolean),
        .required(
            "editHistory",
            .array(of: .object([.required("content", .content), .required("editedAt", .date)]))),
        .required("isDeleted", .boolean), .optional("deletedFor", .constant("everyone")),
    ]).named("Message")

    /// What a message says.
    static let content = Schema.any(of: [.string, .anyObject, .array(of: .any)]).named("Content")

    private static let media = Schema.object([
        .required("originalName", string.nullable), .required("mimeType", .string),
        .required("size", .integer, "In bytes."), .required("duration", number.nullable, "In seconds."),
        .required("dimensions", dimensions.nullable), .required("thumbnail", url.nullable), .required("url", .url),
    ]).named("MediaInfo")

    private static let dimensions = Schema.object([
        .required("width", .integer, "In pixels."), .required("height", .integer, "In pixels."),
    ]).named("Dimensions")

    private static let stickerInfo = Schema.object([
        .required("setId", .string), .required("stickerId", .string), .required("type", .stickerType),
        .required("metadata", .anyObject),
    ]).named("StickerInfo")

    /// A reaction to a message.
    static let reaction = Schema.object([
        .required("userId", .string), .required("emoji", .string), .required("reactionType", string.nullable),
        .required("createdAt", .date),
    ]).named("Reaction")

    private static let origin = Schema.object([
        .required("originalMessageId", .string), .required("originalSender", .string),
        .required("forwardedAt", .date),
    ]).named("ForwardedFrom")

    /// A sticker.
    static let sticker = Schema.object([
        .required("setId", .string), .required("stickerId", .string), .required("type", .stickerType),
        .required("name", .string), .required("tags", .array(of: .string)), .required("mimeType", .string),
        .required("size", .integer, "In bytes."), .required("dimensions", dimensions.nullable),
        .required("url", .url),
    ]).named("Sticker")

    /// The type of a sticker.
    static let stickerType = Schema.oneOf(RoomsSticker.types.sorted())

    /// Which page it is, of how many.
    static let pagination = Schema.object([
        .required("currentPage", .integer), .required("totalPages", .integer),
    ]).named("Pagination")
}
