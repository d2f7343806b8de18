import JSON
import OpenAPI

extension RouteDescription {
    static let messages = RouteDescription(
        "messages", tag, "A conversation's messages, from the oldest to the newest; page 1 has the newest",
        details: "With `after` alone page 1 has the oldest of them.",
        parameters: [
            .conversation, .page, .limit,
            .query("before", .string, "A time (RFC 3339): messages sent before it."),
            .query("after", .string, "A time (RFC 3339): messages sent after it."),
        ], responses: [page])

    static let searchConversation = RouteDescription(
        "searchConversation", tag, "A conversation's messages that have all words of a text",
        parameters: [.conversation, .words, .page, .limit], responses: [page])

    static let searchAll = RouteDescription(
        "searchMessages", tag, "Messages of all conversations that have all words of a text, the newest first",
        parameters: [.words, .page, .limit],
        responses: [
            ResponseContent(
                200, "A page of messages.",
                .success(
                    .object([
                        .required(
                            "results",
                            .array(of: .object([.required("message", .message), .required("conversation", brief)]))),
                        .required("pagination", .pagination),
                    ]), hasMessage: false))
        ])

    static let send = RouteDescription(
        "sendMessage", tag, "Sends a text, or files that were uploaded", parameters: [.conversation],
        body: .json(
            .object([
                .optional("content", Schema.string(0...SignalRLimits().maximumTextCharacters).nullable),
                .optional("messageType", Schema.oneOf(["Text", "Media"]).nullable, "Without it `Text`."),
                .optional("mediaUrls", .any, "Of a message `Media`: a list of objects with the `url` of an upload."),
                .optional("replyToMessageId", Schema.string.nullable, "A message of the conversation."),
                .optional(
                    "mentions", Schema.array(of: .id, 0...SignalRLimits().maximumMentions).nullable, "Members."),
            ])),
        responses: [ResponseContent(201, "The message.", .success(.message))])

    static let read = RouteDescription(
        "readConversation", tag, "Marks messages as read by the caller", parameters: [.conversation],
        body: .json(
            .object([.optional("lastReadMessageId", Schema.string.nullable, "Without it all.")]), isRequired: false),
        responses: [
            ResponseContent(
                200, "How many were not read before.",
                .success(
                    .object([
                        .required("conversationId", .string), .required("messagesRead", .integer),
                        .required("lastReadMessageId", Schema.string.nullable), .required("readAt", .date),
                    ])))
        ])

    static let edit = RouteDescription(
        "editMessage", tag, "Replaces the text of a message; by its sender, for a time", parameters: [.message],
        body: .json(.object([.required("content", .string(1...SignalRLimits().maximumTextCharacters))])),
        responses: [
            ResponseContent(
                200, "The message.",
                .success(
                    .object([
                        .required("_id", .string), .required("content", .string),
                        .required("isEdited", .constant(true)), .required("editedAt", .date),
                    ])))
        ])

    static let delete = RouteDescription(
        "deleteMessage", tag, "Deletes a message, by its sender for everyone",
        parameters: [.message, .query("deleteFor", scope, "For whom; without it `me`.")],
        responses: [
            ResponseContent(
                200, "It is deleted.",
                .success(
                    .object([
                        .required("messageId", .string), .required("deletedFor", scope), .required("deletedAt", .date),
                    ])))
        ])

    static let react = RouteDescription(
        "react", tag, "Adds the caller's reaction", parameters: [.message],
        body: .json(.object([.required("emoji", .string(1...64), "One emoji.")])),
        responses: [
            ResponseContent(
                200, "The reaction.",
                .success(.object([.required("messageId", .string), .required("reaction", .reaction)])))
        ])

    static let unreact = RouteDescription(
        "removeReaction", tag, "Removes the caller's reaction",
        parameters: [.message, .query("emoji", .id, isRequired: true, "The emoji.")],
        responses: [
            ResponseContent(
                200, "It is removed.",
                .success(.object([.required("messageId", .string), .required("removedEmoji", .string)])))
        ])

    private static let tag = "Messages"

    private static let scope = Schema.oneOf(["me", "everyone"])

    private static let page = ResponseContent(
        200, "A page of messages.",
        .success(
            .object([.required("messages", .array(of: .message)), .required("pagination", .pagination)]),
            hasMessage: false))

    private static let brief = Schema.object([
        .required("_id", .string), .required("type", .conversationType), .optional("name", .string, "Of a group."),
    ]).named("FoundIn")
}

extension Parameter {
    /// The message of a path.
    fileprivate static let message = Parameter.path("id", .id, "The message's ID.")
    fileprivate static let words = Parameter.query("q", .id, isRequired: true, "The words.")
}
