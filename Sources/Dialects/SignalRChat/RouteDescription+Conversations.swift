import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    static let upload = RouteDescription(
        "upload", "Files", "Uploads a file, to be sent with messages later",
        body: .form(.object([.required("file", .file)])), responses: [.uploadedFile]
    ).validatingMedia

    static let conversations = RouteDescription(
        "conversations", tag, "The caller's conversations, the latest first", parameters: [.page, .limit],
        responses: [
            ResponseContent(
                200, "A page of conversations.",
                .success(
                    .object([
                        .required("conversations", .array(of: .listedConversation)),
                        .required("pagination", pagination),
                    ]), hasMessage: false))
        ])

    static let conversation = RouteDescription(
        "conversation", tag, "A conversation", parameters: [.conversation],
        responses: [ResponseContent(200, "The conversation.", .success(.wholeConversation, hasMessage: false))])

    static let openDirect = RouteDescription(
        "openDirectConversation", tag, "The direct conversation with another user",
        body: .json(.object([.required("participantId", .id, "The user's ID.")])),
        responses: [
            ResponseContent(201, "It is new.", .success(.newConversation)),
            ResponseContent(200, "There was one.", .success(.newConversation)),
        ])

    static let archive = RouteDescription(
        "archiveConversation", tag, "Archives a conversation for the caller alone", parameters: [.conversation],
        body: .json(
            .object([.optional("archived", .any, "`false` restores it.")]), isRequired: false),
        responses: [archived])

    static let unarchive = RouteDescription(
        "unarchiveConversation", tag, "Restores a conversation for the caller alone", parameters: [.conversation],
        responses: [archived])

    static let mute = RouteDescription(
        "muteConversation", tag, "Mutes a conversation for the caller alone, or unmutes it",
        parameters: [.conversation],
        body: .json(
            .object([
                .required("muted", .boolean),
                .optional("muteUntil", Schema.string.nullable, "A time (RFC 3339); without it for ever."),
            ])),
        responses: [
            ResponseContent(
                200, "Whether it is muted.",
                .success(
                    .object([
                        .required("conversationId", .string), .required("isMuted", .boolean),
                        .optional("muteUntil", Schema.date.nullable),
                    ])))
        ])

    private static let tag = "Conversations"

    private static let archived = ResponseContent(
        200, "Whether it is archived.",
        .success(.object([.required("conversationId", .string), .required("isArchived", .boolean)])))

    private static let pagination = Schema.object([
        .required("page", .integer), .required("limit", .integer), .required("totalCount", .integer),
        .required("totalPages", .integer), .required("hasNextPage", .boolean),
        .required("hasPreviousPage", .boolean),
    ]).named("PaginationOfConversations")
}

extension ResponseContent {
    /// A file that was uploaded.
    static let uploadedFile = ResponseContent(200, "The file.", .success(.uploadedFile))
}

extension Parameter {
    /// The conversation of a path.
    static let conversation = Parameter.path("id", .id, "The conversation's ID.")
    /// The number of a page.
    static let page = Parameter.query("page", Schema.integer(1...Int.max).defaulting(to: 1), "The page, from 1.")
    /// How many elements a page has.
    static let limit = Parameter.query(
        "limit", .integer(1...Int.max), "How many a page has; there are limits to it.")
}
