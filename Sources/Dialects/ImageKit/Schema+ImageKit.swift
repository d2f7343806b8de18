import JSON
import OpenAPI

/// The values of the dialect's API.
extension Schema {
    /// A response `{status, message, data?, …}`.
    /// - Parameters:
    ///   - data: what it has as `data`; `nil` for none.
    ///   - status: its `status`, which is the one of HTTP.
    ///   - others: further members.
    static func success(_ data: Schema?, status: Int = 200, _ others: [Property] = []) -> Schema {
        var properties: [Property] = [.required("status", .constant(.integer(status))), .required("message", .string)]
        if let data { properties.append(.required("data", data)) }
        return .object(properties + others)
    }

    /// A chat.
    static let chat = Schema.object([
        .required("_id", .string), .required("participants", .array(of: .string)), .required("status", chatStatus),
        .required("requestedBy", string.nullable), .required("acceptedAt", date.nullable),
        .required("lastMessage", string.nullable, "Its text, or its type."),
        .required("lastMessageAt", date.nullable), .required("lastMessageType", string.nullable),
        .required("lastSenderId", string.nullable),
        .required("unreadCount", .dictionary(of: .integer), "By participant."), .required("isArchived", .boolean),
        .required("blockedBy", string.nullable), .required("createdAt", .date), .required("updatedAt", .date),
        .optional("messageCount", .integer),
    ]).named("Chat")

    /// What a response about a chat's messages says of the chat.
    static let chatInfo = Schema.object([
        .required("chatId", .string), .required("status", chatStatus), .required("participants", .array(of: .string)),
    ]).named("ChatInfo")

    private static let chatStatus = Schema.oneOf(ChatRequestState.Status.allCases.map(\.rawValue))

    /// A message.
    static let message = Schema.object([
        .required("_id", .string), .required("chatId", .string), .required("senderId", .string),
        .required("receiverId", string.nullable), .required("content", .string),
        .required("messageType", .string, "`text`, `image`, `video` or `file`."),
        .required("media", Schema.object(media).named("Media").nullable), .required("isEdited", .boolean),
        .required("editedAt", date.nullable),
        .required(
            "readBy", .array(of: .object([.required("userId", .string), .required("readAt", .date)]))),
        .required("isDeleted", .boolean), .required("deletedBy", .array(of: .string)),
        .required("replyTo", string.nullable), .required("reactions", .array(of: reaction)),
        .required("createdAt", .date), .required("updatedAt", .date),
    ]).named("Message")

    private static let reaction = Schema.object([
        .required("userId", .string), .required("emoji", .string), .required("createdAt", .date),
    ]).named("Reaction")

    private static let media: [Property] = [
        .required("url", .url), .required("fileId", string.nullable), .required("fileName", .string),
        .required("fileSize", .integer, "In bytes."), .required("mimeType", .string),
        .optional("duration", .number, "In seconds."), .optional("width", .integer, "In pixels."),
        .optional("height", .integer, "In pixels."), .optional("thumbnailUrl", .url),
    ]

    /// A file that was uploaded for a chat.
    static let uploadedMedia = Schema.object(
        media + [
            .required("messageType", .oneOf(ImageKitFile.messageTypes.sorted())), .required("uploadedAt", .date),
        ]
    ).named("UploadedMedia")

    /// A page of a list.
    static let pagination = Schema.object([
        .required("total", .integer), .required("page", .integer), .required("limit", .integer),
    ]).named("Pagination")
}
