import ChatBridge
import JSON
import OpenAPI

extension SignalRMessage {
    /// What ``json(_:_:)`` returns.
    static let schema = Schema.object([
        .required("_id", .string), .required("conversationId", .string), .required("senderId", .string),
        .required("senderUsername", .string), .required("senderDisplayName", .string),
        .required("senderAvatarUrl", Schema.string.nullable), .required("content", .string),
        .required("messageType", .oneOf([text, media].map(\.rawValue))),
        .required("readBy", .array(of: .object(signature + [.required("readAt", .date)]))),
        .required("deliveredTo", .array(of: .object(signature + [.required("deliveredAt", .date)]))),
        .required("reactions", .array(of: reactionSchema)),
        .required("mentions", .array(of: .object(signature + [.required("displayName", .string)]))),
        .required("isEdited", .boolean), .required("isDeleted", .boolean), .required("createdAt", .date),
        .optional("editedAt", .date), .optional("deletedAt", .date), .optional("mediaUrls", .array(of: fileSchema)),
        .optional("replyTo", replySchema.nullable),
    ]).named("Message")

    private static let signature: [Schema.Property] = [.required("userId", .string), .required("username", .string)]

    private static let reactionSchema = Schema.object(
        signature + [.required("emoji", .string), .required("addedAt", .date)])

    private static let fileSchema = Schema.object([
        .required("type", .oneOf(["Image", "Video", "Audio", "Document"])), .required("url", .string),
        .required("size", .integer, "In bytes."), .optional("fileName", .string), .required("mimeType", .string),
        .optional("thumbnailUrl", .string), .optional("width", .integer, "In pixels."),
        .optional("height", .integer, "In pixels."), .optional("duration", .number, "In seconds."),
    ]).named("File")

    private static let replySchema = Schema.object([
        .required("messageId", .string), .required("content", .string), .required("senderId", .string),
        .required("senderUsername", .string),
    ])
}
