import JSON
import OpenAPI

/// The conversations of the dialect's API.
extension Schema {
    /// A conversation of a list.
    static let listedConversation = Schema.object(conversationProperties).named("ListedConversation")

    /// A conversation, with what each member has set for themselves.
    static let conversation = Schema.object(
        conversationProperties + [
            .required(
                "mutedBy",
                .array(
                    of: .object([
                        .required("user", .string), .required("mutedUntil", date.nullable),
                        .required("mutedAt", date.nullable),
                    ]))),
            .required("archivedBy", .array(of: .string)),
            .required(
                "pinnedBy", .array(of: .object([.required("user", .string), .required("pinnedAt", date.nullable)]))),
        ]
    ).named("Conversation")

    private static let conversationProperties: [Property] = [
        .required("_id", .string), .required("participants", .array(of: user)),
        .required("lastMessage", message.nullable), .required("lastMessageAt", date.nullable),
        .required(
            "unreadCount", .array(of: .object([.required("user", .string), .required("count", .integer)]))),
        .required("isGroup", .boolean), .optional("groupName", .string), .optional("groupAvatar", .string),
        .required("theme", theme), .required("nicknames", .array(of: nickname)),
        .required("quickReplies", .array(of: quickReply)), .required("isSecret", .boolean),
        .optional("secretChatSettings", secretChat), .required("languageSettings", languages),
        .required("isPinned", .boolean, "By the caller, as the two that follow."), .required("isMuted", .boolean),
        .required("isArchived", .boolean), .required("createdAt", .date), .required("updatedAt", .date),
    ]

    private static let theme = Schema.object([
        .required("preset", .themePreset), .required("fontSize", .themeFontSize), .optional("backgroundUrl", .string),
        .optional("backgroundColor", .string), .optional("senderBubbleColor", .string),
        .optional("receiverBubbleColor", .string),
    ]).named("Theme")

    /// The name of a theme.
    static let themePreset = Schema.oneOf(ConversationTheme.Preset.allCases.map(\.rawValue))
    /// The size of a theme's font.
    static let themeFontSize = Schema.oneOf(ConversationTheme.FontSize.allCases.map(\.rawValue))

    private static let nickname = Schema.object([
        .required("user", .string), .required("nickname", .string), .required("setBy", .string),
        .required("setAt", .date),
    ]).named("Nickname")

    /// A quick reply.
    static let quickReply = Schema.object([
        .required("_id", .string), .required("text", .string), .required("createdBy", .string),
        .required("useCount", .integer),
    ]).named("QuickReply")

    private static let secretChat = Schema.object([
        .required("defaultDestructTimer", .integer, "In seconds."), .required("preventScreenshots", .boolean),
        .required("requireAuthentication", .boolean), .required("createdAt", .date),
        .optional("encryptionKeyId", .string),
    ]).named("SecretChatSettings")

    private static let languages = Schema.object([
        .required("enableCorrections", .boolean), .required("autoTranslate", .boolean),
        .optional("primaryLanguage", .string), .optional("translateTo", .string),
    ]).named("LanguageSettings")
}
