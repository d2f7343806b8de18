import JSON
import OpenAPI

/// The messages of the dialect's API.
extension Schema {
    /// A response `{success: true, data}`.
    static func success(_ data: Schema) -> Schema {
        .object([.required("success", .constant(true)), .required("data", data)])
    }

    /// A response with a page of a list: `{success: true, data, pagination}`.
    static func page(of elements: Schema) -> Schema {
        .object([
            .required("success", .constant(true)), .required("data", .array(of: elements)),
            .required("pagination", pagination),
        ])
    }

    private static let pagination = Schema.object([
        .required("page", .integer), .required("limit", .integer), .required("total", .integer),
        .required("pages", .integer), .required("hasMore", .boolean),
    ]).named("Pagination")

    /// An ID in a path.
    static let id = Schema.string(1...Int.max)

    /// A user as messages name them.
    static let user = Schema.object([
        .required("_id", .string), .required("name", .string), .required("images", .array(of: .string)),
    ]).named("User")

    /// A message.
    static let message = Schema.object(messageProperties).named("Message")

    private static let messageProperties: [Property] = [
        .required("_id", .string), .required("sender", user), .optional("receiver", user),
        .required("message", .string),
        .required("messageType", .string, "`text`, `media`, `voice`, `location`, `poll`, `contact` or `sticker`."),
        .optional("media", media),
        .optional("replyTo", Schema(["$ref": "#/components/schemas/Message"]).nullable, "It has no `replyTo` itself."),
        .optional("forwardedFrom", origin), .required("read", .boolean), .required("readAt", date.nullable),
        .required("isForwarded", .boolean), .required("isEdited", .boolean), .optional("editedAt", .date),
        .required("isDeleted", .boolean), .optional("deletedAt", .date), .required("pinned", .boolean),
        .optional("pinnedAt", .date), .optional("pinnedBy", .string), .required("reactions", reactions),
        .required("corrections", .array(of: correction)), .required("translations", .array(of: translation)),
        .required("mentions", .array(of: mention)), .optional("selfDestruct", selfDestruct),
        .optional("contact", contact), .optional("sticker", sticker), .optional("poll", .string, "The poll's ID."),
        .required("createdAt", .date), .required("updatedAt", .date),
    ]

    private static let media = Schema.object([
        .required("type", .oneOf(["image", "video", "audio", "document", "voice", "location"])),
        .optional("url", .url), .optional("mimeType", .string), .optional("fileSize", .integer, "In bytes."),
        .optional("thumbnail", url.nullable), .optional("fileName", .string),
        .optional("duration", .number, "In seconds."),
        .optional(
            "dimensions", .object([.required("width", .integer), .required("height", .integer)]), "In pixels."),
        .optional("waveform", .array(of: .number(0...1)), "Peaks."),
        .optional(
            "location",
            .object([
                .required("latitude", .number), .required("longitude", .number), .optional("address", .string),
                .optional("placeName", .string),
            ])),
    ]).named("Media")

    private static let origin = Schema.object([
        .required("sender", .string), .required("messageId", .string), .required("originalMessage", .string),
    ]).named("ForwardedFrom")

    private static let selfDestruct = Schema.object([
        .required("enabled", .constant(true)), .required("destructAfterRead", .boolean),
        .required("destructTimer", .integer, "In seconds."), .optional("expiresAt", .date),
        .optional("destructAt", .date),
    ]).named("SelfDestruct")

    private static let contact = Schema.object([
        .required("name", .string), .optional("phoneNumber", .string), .optional("email", .string),
        .optional("userId", .string),
    ]).named("Contact")

    private static let sticker = Schema.object([
        .required("id", .string), .optional("packId", .string), .optional("url", .string),
        .optional("emoji", .string),
    ]).named("Sticker")

    /// All reactions to a message.
    static let reactions = Schema.array(
        of: Schema.object([.required("user", .string), .required("emoji", .string)]).named("Reaction"))

    /// A correction of a message.
    static let correction = Schema.object([
        .required("_id", .string), .required("corrector", user), .required("originalText", .string),
        .required("correctedText", .string), .required("explanation", .string), .required("createdAt", .date),
        .required("isAccepted", .boolean),
    ]).named("Correction")

    /// A translation of a message.
    static let translation = Schema.object([
        .required("language", .string), .required("translatedText", .string), .required("translatedAt", .date),
        .required("provider", string.nullable),
    ]).named("Translation")

    private static let mention = Schema.object([
        .required("user", .string), .required("username", .string),
        .required("startIndex", .integer, "In UTF-16 code units."), .required("endIndex", .integer),
    ]).named("Mention")
}
