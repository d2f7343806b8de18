import JSON
import OpenAPI

extension IntokMessage {
    /// What ``json(_:_:viewer:previewLength:)`` returns.
    static let schema = Schema.object([
        .required("id", .string), .required("conversationId", .string), .required("senderId", .string),
        .required("sender", .participant), .required("type", .string), .required("originalContent", .string),
        .required("originalLanguage", .string),
        .required("translatedContent", .string, "The same text where it has not been translated."),
        .required("targetLanguage", .string), .required("status", .oneOf(["sent", "delivered", "read"])),
        .required("readBy", .array(of: .string)), .required("reactions", reactionsSchema),
        .required("attachment", attachmentSchema.nullable), .required("replyTo", reply.nullable),
        .required("timestamp", .date), .required("createdAt", .date), .optional("deletedForEveryone", .constant(true)),
        .optional("deletedBy", .string), .optional("deletedAt", .date),
    ]).named("Message")

    /// What ``reactions(_:)`` returns.
    static let reactionsSchema = Schema.dictionary(of: .array(of: .string)).described("Users, by emoji.")

    private static let attachmentSchema = Schema.object([
        .required("id", .string), .required("key", .string), .required("fileName", .string),
        .required("contentType", .string), .required("fileSize", .integer, "In bytes."),
        .required("category", .string), .required("uploadedBy", .string), .required("createdAt", .date),
        .optional("thumbnailKey", .string), .optional("duration", .number, "In seconds."),
        .optional(
            "dimensions", .object([.required("width", .integer), .required("height", .integer)]), "In pixels."),
        .optional("waveform", .array(of: .number(0...1)), "Peaks."),
    ]).named("Attachment")

    private static let reply = Schema.object([
        .required("messageId", .string), .required("content", .string, "The beginning of the text."),
        .required("senderId", .string), .required("senderName", .string), .required("type", .string),
    ])
}
