import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    private static let tag = "Conversations"
    private static let id = Parameter.path("id", .string, "The conversation's ID.")
    private static let success = Schema.Property.required("success", .constant(true))

    static let conversations = RouteDescription(
        "conversations", tag, "The caller's conversations",
        parameters: [.query("cursor", .string, "`nextCursor` of the page before.")],
        responses: [
            ResponseContent(
                200, "A page of conversations.",
                .object([
                    .required("conversations", .array(of: .listedConversation)),
                    .optional("hasMore", .boolean, "Where there are more than fit."),
                    .optional("nextCursor", Schema.string.nullable),
                ]))
        ]
    ).failing(with: .badRequest)

    static let openConversation = RouteDescription(
        "openConversation", tag, "Opens a conversation",
        body: .json(
            .object([
                .required("type", .oneOf(["direct", "group"])),
                .required("participantIds", .array(of: .string, 1...Int.max), "A direct one has one other user."),
                .optional("name", Schema.string(0...IntokLimits().maximumNameBytes).nullable),
            ])),
        responses: [
            ResponseContent(201, "The new conversation.", .object([.required("conversation", .conversation)])),
            ResponseContent(
                200, "The direct conversation that there is.", .object([.required("conversation", .conversation)])),
        ]
    ).failing(with: .forbidden, .notFound)

    static let hideConversation = RouteDescription(
        "hideConversation", tag, "Removes a conversation from the caller's list until the next message",
        parameters: [id],
        responses: [
            ResponseContent(
                200, "It is removed.",
                .object([success, .required("message", .string), .required("conversationId", .string)]))
        ])

    static let readConversation = RouteDescription(
        "readConversation", tag, "Marks all messages of a conversation as read", parameters: [id],
        responses: [
            ResponseContent(
                200, "They are read.",
                .object([success, .required("conversationId", .string), .required("lastReadAt", .date)]))
        ])

    static let messages = RouteDescription(
        "messages", tag, "A conversation's messages, from the oldest to the newest",
        parameters: [
            id, .query("limit", .integer(1...Int.max), "How many; a larger number counts as the largest page."),
            .query("cursor", .string, "`nextCursor` of the page before, a time: messages that are older."),
        ],
        responses: [
            ResponseContent(
                200, "A page of messages.",
                .object([
                    .required("messages", .array(of: IntokMessage.schema)), .required("hasMore", .boolean),
                    .required("nextCursor", Schema.string.nullable),
                ]))
        ]
    ).failing(with: .badRequest)

    static let deleteMessage = RouteDescription(
        "deleteMessage", tag, "Deletes a message for the caller, or one's own for everyone",
        parameters: [id, .path("message", .string, "The message's ID.")],
        body: .json(.object([.optional("forEveryone", Schema.boolean.nullable)]), isRequired: false),
        responses: [
            ResponseContent(
                200, "It is deleted.",
                .object([
                    success, .required("messageId", .string), .required("conversationId", .string),
                    .optional("deletedForMe", .constant(true)), .optional("deletedForEveryone", .constant(true)),
                    .optional("deletedAt", Schema.date.nullable), .optional("participantIds", .array(of: .string)),
                ]))
        ])

    static let socket = RouteDescription(
        "socket", "Socket", "The WebSocket; `asyncapi.json` describes its frames",
        parameters: [.query("token", .string, isRequired: true, "A user's token.")],
        responses: [ResponseContent(101, "The connection is a WebSocket.")]
    ).failing(with: .badRequest, .unauthorized, .forbidden)
}
