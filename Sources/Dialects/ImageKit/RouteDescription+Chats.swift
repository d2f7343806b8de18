import JSON
import MediaAPI
import OpenAPI

extension RouteDescription {
    static let chatRequests = RouteDescription(
        "chatRequests", tag, "The chats that others ask for; all of them unless a page is asked for",
        parameters: [.page, .limit], responses: [chats])

    static let activeChats = RouteDescription(
        "activeChats", tag, "The chats to which the caller can send", parameters: [.page, .limit], responses: [chats])

    static let chatHistory = RouteDescription(
        "chatHistory", tag, "All chats of the caller, with the numbers of their messages",
        parameters: [
            .path("userId", .id, "The caller's ID."), .page, .limit,
            .query("includeArchived", .string, "`true` for archived ones, too."),
        ], responses: [chats])

    static let openChat = RouteDescription(
        "openChat", tag, "The chat with a user; a new one is pending",
        body: .json(.object([.required("recipientId", .string, "The user's ID.")])),
        responses: [ResponseContent(201, "The chat.", .success(.chat, status: 201))])

    static let chatDetails = RouteDescription(
        "chat", tag, "A chat", parameters: [.chat], responses: [ResponseContent(200, "The chat.", .success(.chat))])

    static let deleteChat = RouteDescription(
        "deleteChat", tag, "Deletes a chat for the caller alone, until the next message", parameters: [.chat],
        responses: [ResponseContent(200, "It is deleted.", .success(nil))])

    static let chatMessages = RouteDescription(
        "chatMessages", tag, "A chat's messages, from the oldest to the newest; page 1 has the newest",
        parameters: [.chat, .page, .limit],
        responses: [
            ResponseContent(
                200, "A page of messages.",
                .success(
                    .array(of: .message), [.required("chatInfo", .chatInfo), .required("pagination", .pagination)]))
        ])

    static let searchChat = RouteDescription(
        "searchChat", tag, "A chat's messages that have all words of a text",
        parameters: [.chat, .query("q", .string(1...Int.max), isRequired: true, "The words."), .page, .limit],
        responses: [
            ResponseContent(
                200, "A page of messages.", .success(.array(of: .message), [.required("pagination", .pagination)]))
        ])

    static let acceptChat = changing("acceptChat", "Accepts a chat; by the user who was asked")
    static let rejectChat = changing("rejectChat", "Rejects a chat; by the user who was asked")
    static let blockChat = changing("blockChat", "Blocks a chat; each member has a block of their own")
    static let unblockChat = changing("unblockChat", "Removes the caller's block")
    static let archiveChat = changing("archiveChat", "Archives a chat for the caller, or restores it")

    private static func changing(_ id: String, _ summary: String) -> RouteDescription {
        RouteDescription(
            id, tag, summary, parameters: [.chat],
            responses: [ResponseContent(200, "The chat.", .success(.chat))])
    }

    private static let tag = "Chats"

    private static let chats = ResponseContent(
        200, "A page of chats.", .success(.array(of: .chat), [.required("pagination", .pagination)]))
}

extension Parameter {
    /// The chat of a path.
    fileprivate static let chat = Parameter.path("chatId", .id, "The chat's ID.")
    fileprivate static let page = Parameter.query(
        "page", Schema.integer(1...Int.max).defaulting(to: 1), "The page, from 1.")
    fileprivate static let limit = Parameter.query(
        "limit", .integer(1...Int.max), "How many a page has; there are limits to it.")
}

extension Schema {
    /// An ID in a path.
    static let id = Schema.string(1...Int.max)
}
