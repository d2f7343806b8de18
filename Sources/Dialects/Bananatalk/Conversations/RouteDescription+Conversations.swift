import JSON
import OpenAPI

extension RouteDescription {
    static let conversations = RouteDescription(
        "conversations", tag, "The caller's conversations, the one with the last message first",
        parameters: [.page, .limit],
        responses: [ResponseContent(200, "A page of conversations.", .page(of: .listedConversation))])

    static let conversation = changing("conversation", "A conversation")

    static let readConversation = RouteDescription(
        "readConversation", tag, "Marks a conversation's messages as read by the caller", parameters: [.conversation],
        responses: [
            ResponseContent(
                200, "How many were not read before.", .success(.object([.required("markedCount", .integer)])))
        ])

    static let muteConversation = changing(
        "muteConversation", "Mutes a conversation for the caller",
        body: .json(
            .object([
                .optional(
                    "duration", Schema.integer(1...BananatalkLimits().maximumMuteMilliseconds).nullable,
                    "In milliseconds; without it for ever.")
            ]), isRequired: false))

    static let unmuteConversation = changing("unmuteConversation", "Ends the caller's mute")
    static let archiveConversation = changing("archiveConversation", "Archives a conversation for the caller")
    static let unarchiveConversation = changing("unarchiveConversation", "Restores a conversation for the caller")
    static let pinConversation = changing("pinConversation", "Pins a conversation for the caller")
    static let unpinConversation = changing("unpinConversation", "Unpins a conversation for the caller")

    static let setTheme = changing(
        "setTheme", "Changes the theme for all members; `null` removes a URL or color",
        body: .json(
            .object([
                .optional("preset", Schema.themePreset.nullable),
                .optional("fontSize", Schema.themeFontSize.nullable),
                .optional(
                    "backgroundUrl", Schema.string(0...BananatalkLimits().maximumThemeURLBytes).nullable,
                    "An address of the web."),
                .optional("backgroundColor", color), .optional("senderBubbleColor", color),
                .optional("receiverBubbleColor", color),
            ])))

    static let setNickname = changing(
        "setNickname", "Sets a member's nickname for all members; an empty one or `null` removes it",
        body: .json(
            .object([
                .required("targetUserId", .id, "The member."),
                .optional("nickname", Schema.string(0...BananatalkLimits().maximumNicknameBytes).nullable),
            ])))

    static let enableSecretChat = changing(
        "enableSecretChat", "Makes a conversation a secret chat, whose messages disappear",
        body: .json(
            .object([
                .optional(
                    "destructTimer", Schema.integer(0...BananatalkLimits().maximumDestructTimer).nullable,
                    "In seconds after a message was read."),
                .optional("preventScreenshots", Schema.boolean.nullable),
                .optional("requireAuthentication", Schema.boolean.nullable),
            ]), isRequired: false))

    static let quickReplies = RouteDescription(
        "quickReplies", tag, "A conversation's quick replies", parameters: [.conversation],
        responses: [ResponseContent(200, "The quick replies.", .success(.array(of: .quickReply)))])

    static let addQuickReply = RouteDescription(
        "addQuickReply", tag, "Adds a quick reply", parameters: [.conversation],
        body: .json(.object([.required("text", .string(1...BananatalkLimits().maximumQuickReplyBytes))])),
        responses: [ResponseContent(201, "The quick reply.", .success(.quickReply))])

    private static let tag = "Conversations"

    private static let color = Schema.string(0...BananatalkLimits().maximumThemeColorBytes).nullable

    private static func changing(_ id: String, _ summary: String, body: RequestContent? = nil) -> RouteDescription {
        RouteDescription(
            id, tag, summary, parameters: [.conversation], body: body,
            responses: [ResponseContent(200, "The conversation.", .success(.conversation))])
    }
}

extension Parameter {
    /// The conversation of a path.
    fileprivate static let conversation = Parameter.path("id", .id, "The conversation's ID.")
}
