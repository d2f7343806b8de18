import JSON
import OpenAPI

extension RouteDescription {
    static let message = RouteDescription(
        "message", tag, "A message, for its sender and its receiver", parameters: [.message], responses: [.message])

    static let messagesWith = RouteDescription(
        "messagesWith", tag, "The messages of two users, from the oldest to the newest; page 1 has the newest",
        parameters: [
            .path("sender", .id, "A user's ID."), .path("receiver", .id, "A user's ID; one of them is the caller."),
        ] + list, responses: [messagePage])

    static let messages = RouteDescription(
        "messages", tag, "The messages of all conversations of the caller", parameters: list, responses: [messagePage])

    static let replies = RouteDescription(
        "replies", tag, "The replies to a message", parameters: [.message] + list, responses: [messagePage])

    static let bookmarks = RouteDescription(
        "bookmarks", tag, "The messages that the caller has bookmarked", parameters: list, responses: [messagePage])

    static let mentions = RouteDescription(
        "mentions", tag, "The messages that mention the caller", parameters: list, responses: [messagePage])

    static let searchMessages = RouteDescription(
        "searchMessages", tag, "The caller's messages that have all words of a text, the newest first",
        parameters: [
            .query("q", .id, isRequired: true, "The words."), .query("userId", .string, "The other user."),
            .query("from", .string, "A date, or a moment (RFC 3339)."),
            .query("to", .string, "A date, which includes its day, or a moment (RFC 3339)."),
            .query("type", .string, "A `messageType`."), .page, .limit,
        ], responses: [messagePage])

    static let deleteMessage = RouteDescription(
        "deleteMessage", tag, "Deletes a message for the caller, or by its sender for everyone",
        parameters: [
            .message, .query("forAll", .oneOf(["", "true", "false", "1", "0"]), "Whether for everyone."),
        ],
        responses: [
            ResponseContent(
                200, "It is deleted.",
                .success(.object([.required("messageId", .string), .required("forAll", .boolean)])))
        ])

    static let editMessage = RouteDescription(
        "editMessage", tag, "Replaces the text of a message; by its sender, for a time", parameters: [.message],
        body: .json(.object([.required("message", .messageText)])), responses: [.message])

    static let pinMessage = RouteDescription(
        "pinMessage", tag, "Pins a message, for both users", parameters: [.message], responses: [.message])

    static let unpinMessage = RouteDescription(
        "unpinMessage", tag, "Unpins a message", parameters: [.message], responses: [.message])

    static let bookmarkMessage = RouteDescription(
        "bookmarkMessage", tag, "Bookmarks a message for the caller", parameters: [.message], responses: [bookmarked])

    static let removeBookmark = RouteDescription(
        "removeBookmark", tag, "Removes the caller's bookmark", parameters: [.message], responses: [bookmarked])

    private static let tag = "Messages"

    private static let list: [Parameter] = [
        .page, .limit, .query("before", .string, "The ID of a message: those before it."),
        .query("after", .string, "The ID of a message: those after it."),
    ]

    private static let messagePage = ResponseContent(200, "A page of messages.", .page(of: .message))

    private static let bookmarked = ResponseContent(
        200, "Whether it is bookmarked.",
        .success(.object([.required("messageId", .string), .required("bookmarked", .boolean)])))
}

extension ResponseContent {
    /// A message as it is now.
    fileprivate static let message = ResponseContent(200, "The message.", .success(.message))
}

extension Parameter {
    /// The number of a page.
    static let page = Parameter.query("page", Schema.integer(1...Int.max).defaulting(to: 1), "The page, from 1.")
    /// How many elements a page has.
    static let limit = Parameter.query(
        "limit", .integer(1...Int.max),
        "How many a page has; more than \(BananatalkLimits().maximumPage) are not on one.")
}
