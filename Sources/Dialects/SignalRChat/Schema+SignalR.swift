import JSON
import OpenAPI

/// The values of the dialect's API.
extension Schema {
    /// A response `{success: true, message?, data}`.
    static func success(_ data: Schema, hasMessage: Bool = true) -> Schema {
        var properties: [Property] = [.required("success", .constant(true)), .required("data", data)]
        if hasMessage { properties.append(.required("message", .string, "What was done.")) }
        return .object(properties)
    }

    /// An ID.
    static let id = Schema.string(1...Int.max)

    private static let signature: [Property] = [.required("userId", .string), .required("username", .string)]

    private static let name: [Property] = signature + [.required("displayName", .string)]

    /// A user with their name.
    static let user = Schema.object(name).named("User")

    /// A user who was added to a group.
    static let addedParticipant = Schema.object(name + [.required("role", role)]).named("AddedParticipant")

    private static let role = Schema.oneOf(["Admin", "Member"])

    private static let participant = Schema.object(
        name + [
            .required("avatarUrl", string.nullable), .optional("role", role, "In a group."),
            .optional("isOnline", .boolean), .optional("lastSeenAt", .date),
        ]
    ).named("Participant")

    private static let conversation: [Property] = [
        .required("_id", .string), .required("type", .conversationType),
        .required("participants", .array(of: participant), "The caller is the first."),
        .required("createdAt", .date), .optional("name", .string, "Of a group, as what follows."),
        .optional("description", string.nullable), .optional("avatarUrl", string.nullable),
        .optional("participantsCount", .integer), .optional("createdBy", user),
    ]

    /// The type of a conversation.
    static let conversationType = Schema.oneOf(["OneOnOne", "Group"])

    /// A conversation that was created: what its members share.
    static let newConversation = Schema.object(conversation).named("NewConversation")

    private static let ofMember: [Property] = [
        .required(
            "lastMessage",
            Schema.object([
                .required("messageId", .string), .required("content", .string), .required("senderId", .string),
                .required("sentAt", .date),
            ]).named("LastMessage").nullable),
        .required("unreadCount", .integer), .required("isArchived", .boolean), .required("isMuted", .boolean),
        .required("updatedAt", .date),
    ]

    /// A conversation of a list.
    static let listedConversation = Schema.object(conversation + ofMember).named("ListedConversation")

    /// A conversation with the caller's settings.
    static let wholeConversation = Schema.object(
        conversation + ofMember + [
            .required(
                "settings",
                .object([.required("notifications", .boolean), .required("messageSounds", .boolean)]))
        ]
    ).named("Conversation")

    /// A message.
    static let message = Schema.object([
        .required("_id", .string), .required("conversationId", .string), .required("senderId", .string),
        .required("senderUsername", .string), .required("senderDisplayName", .string),
        .required("senderAvatarUrl", string.nullable), .required("content", .string),
        .required("messageType", .string, "`Text` or `Media`."), .optional("mediaUrls", .array(of: file)),
        .optional("replyTo", replied.nullable), .required("mentions", .array(of: user)),
        .required("readBy", .array(of: .object(signature + [.required("readAt", .date)]))),
        .required("deliveredTo", .array(of: .object(signature + [.required("deliveredAt", .date)]))),
        .required("reactions", .array(of: reaction)), .required("isEdited", .boolean), .optional("editedAt", .date),
        .required("isDeleted", .boolean), .optional("deletedAt", .date), .required("createdAt", .date),
    ]).named("Message")

    /// A reaction.
    static let reaction = Schema.object(
        signature + [.required("emoji", .string), .required("addedAt", .date)]
    ).named("Reaction")

    private static let replied = Schema.object([
        .required("messageId", .string), .required("content", .string), .required("senderId", .string),
        .required("senderUsername", .string),
    ]).named("Replied")

    private static let previews: [Property] = [
        .optional("thumbnailUrl", .url), .optional("width", .integer, "In pixels."),
        .optional("height", .integer, "In pixels."), .optional("duration", .number, "In seconds."),
        .required("type", .oneOf(["Image", "Video", "Audio", "Document"])), .required("url", .url),
        .required("mimeType", .string),
    ]

    private static let file = Schema.object(
        previews + [.required("size", .integer, "In bytes."), .optional("fileName", .string)]
    ).named("File")

    /// A file that was uploaded.
    static let uploadedFile = Schema.object(
        previews + [
            .required("fileId", .string), .required("fileName", .string),
            .required("fileSize", .integer, "In bytes."), .required("uploadedAt", .date),
        ]
    ).named("UploadedFile")

    /// A page of a list of messages.
    static let pagination = Schema.object([
        .required("page", .integer), .required("limit", .integer), .required("totalCount", .integer),
        .required("hasMore", .boolean),
    ]).named("Pagination")
}
