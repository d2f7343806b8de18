import JSON
import OpenAPI

extension BananatalkMessage {
    /// What ``json(_:_:isReplied:)`` returns.
    static let schema = Schema.object(
        properties + [.optional("replyTo", Schema.object(properties).named("RepliedMessage").nullable)]
    ).named("Message")

    /// What ``user(_:)`` returns.
    static let userSchema = Schema.object([
        .required("_id", .string), .required("name", .string), .required("images", .array(of: .string)),
    ]).named("User")

    /// What ``correction(_:by:)`` returns.
    static let correctionSchema = Schema.object([
        .required("_id", .string), .required("corrector", userSchema), .required("originalText", .string),
        .required("correctedText", .string), .required("explanation", .string), .required("createdAt", .date),
        .required("isAccepted", .boolean),
    ]).named("Correction")

    /// The members of a message that are there of one that is shown in its reply, too.
    private static let properties: [Schema.Property] = [
        .required("_id", .string), .required("sender", userSchema), .optional("receiver", userSchema),
        .required("message", .string, "The text or caption."), .required("messageType", .string),
        .required("read", .boolean), .required("readAt", Schema.date.nullable), .required("createdAt", .date),
        .required("updatedAt", .date), .required("isForwarded", .boolean), .required("isEdited", .boolean),
        .required("isDeleted", .boolean), .required("pinned", .boolean),
        .required(
            "reactions", .array(of: .object([.required("user", .string), .required("emoji", .string)]))),
        .required("corrections", .array(of: correctionSchema)), .required("translations", .array(of: translation)),
        .required("mentions", .array(of: mention)), .optional("media", .any(of: [file, place])),
        .optional("selfDestruct", selfDestruct), .optional("contact", .anyObject), .optional("sticker", .anyObject),
        .optional("poll", .string, "The ID of the poll."), .optional("editedAt", .date),
        .optional("pinnedAt", .date), .optional("pinnedBy", .string), .optional("deletedAt", .date),
        .optional("forwardedFrom", origin),
    ]

    private static let translation = Schema.object([
        .required("language", .string), .required("translatedText", .string), .required("translatedAt", .date),
        .required("provider", Schema.string.nullable),
    ])

    private static let mention = Schema.object([
        .required("user", .string), .required("username", .string), .required("startIndex", .integer),
        .required("endIndex", .integer),
    ])

    private static let origin = Schema.object([
        .required("sender", .string), .required("messageId", .string), .required("originalMessage", .string),
    ])

    private static let selfDestruct = Schema.object([
        .required("enabled", .constant(true)), .required("destructAfterRead", .boolean),
        .required("destructTimer", .integer, "In seconds."), .optional("expiresAt", .date),
        .optional("destructAt", .date),
    ])

    private static let location = Schema.object([
        .required("latitude", .number(-90...90)), .required("longitude", .number(-180...180)),
        .optional("address", .string), .optional("placeName", .string),
    ]).named("Location")

    private static let place = Schema.object([
        .required("type", .constant("location")), .required("location", location),
    ])

    private static let file = Schema.object([
        .required("url", .string), .required("type", .oneOf(["voice", "video", "audio", "image", "document"])),
        .required("mimeType", .string), .required("fileSize", .integer, "In bytes."),
        .optional("thumbnail", Schema.string.nullable), .optional("location", location),
        .optional("fileName", .string), .optional("duration", .number, "In seconds."),
        .optional(
            "dimensions", .object([.required("width", .integer), .required("height", .integer)]), "In pixels."),
        .optional("waveform", .array(of: .number(0...1)), "Peaks."),
    ]).named("Media")
}
