public import ChatBridge
public import JSON

extension ImageKitService {
    /// Returns a page of a chat's messages, and the chat as `{chatId, status, participants}`. A page is ordered from
    /// the oldest message to the newest, and page 1 has the newest messages.
    /// - Parameter text: only messages that contain all words of this text are returned; `nil` for all messages.
    /// - Throws: ``ChatError`` with code `conversationNotFound`, `notAllowed`, or `invalidRequest` for a page or
    ///   limit below 1 or a search text without words or with too many; `unavailable` when the store does not answer.
    public func messages(
        of id: String, for caller: ChatCaller, page: Int?, limit: Int?, containing text: String? = nil
    ) async throws -> (ImageKitPage, chat: JSONValue) {
        let (page, limit) = try chat.page(page, limit: limit)
        if let text { _ = try chat.checkSearch(text) }
        let conversation = try await chat.conversation(id, for: caller)
        var list: MessageList
        if let text {
            list = try await chat.search(MessageSearch(text, in: id, page: page, limit: limit), by: caller)
            list.messages.reverse()
        } else {
            list = try await chat.messages(of: id, for: caller, page: MessagePage(page: page, limit: limit))
        }
        let context = try await chat.context(for: list.messages, viewer: caller.id)
        let items = list.messages.map { ImageKitMessage.json($0, in: conversation, context) }
        return (
            ImageKitPage(items: items, total: list.total, page: page, limit: limit), ImageKitMessage.info(conversation)
        )
    }

    /// Returns a chat with the number of its messages.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does
    ///   not answer.
    public func details(of id: String, for caller: ChatCaller) async throws -> JSONValue {
        let summary = try await chat.summary(of: id, for: caller)
        let count = try await chat.messageCount(in: summary, for: caller)
        return ImageKitMessage.json(summary, for: caller.id, messageCount: count)
    }

    /// Returns the chats to which the caller can send messages: accepted chats and those that the caller has requested,
    /// except archived ones.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a page or limit below 1; `unavailable` when the store
    ///   does not answer.
    public func activeChats(of caller: ChatCaller, page: Int?, limit: Int?) async throws -> ImageKitPage {
        let (page, limit) = try chat.page(page, limit: limit)
        let open = ConversationFilter.Condition.setting("status", isNoneOf: ["pending", "rejected", "blocked"])
        return try await chats(
            of: caller, page: page, limit: limit, includeArchived: false,
            alternatives: [[open], [Self.isPending, .setting("requestedBy", isOneOf: [caller.id])]])
    }

    /// Returns the chats that other users have requested with the caller: all of them, because the reference defines no
    /// paging here, unless a page or limit is given.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a page or limit below 1; `unavailable` when the store
    ///   does not answer.
    public func requests(to caller: ChatCaller, page: Int?, limit: Int?) async throws -> ImageKitPage {
        let isPaged = page != nil || limit != nil
        let paged = try chat.page(page, limit: limit)
        return try await chats(
            of: caller, page: paged.page, limit: isPaged ? paged.limit : limits.maximumRequests, includeArchived: true,
            alternatives: [[Self.isPending, .setting("requestedBy", isNoneOf: [caller.id])]])
    }

    /// Returns all chats of the caller, each with the number of its messages.
    /// - Parameter user: the user whose chats are requested; it must be the caller.
    /// - Throws: ``ChatError`` with code `notAllowed` when `user` is not the caller, `invalidRequest` for a page or
    ///   limit below 1; `unavailable` when the store does not answer.
    public func history(
        of user: String, for caller: ChatCaller, page: Int?, limit: Int?, includeArchived: Bool
    ) async throws -> ImageKitPage {
        guard ChatIdentifier.isValid(user), user == caller.id else {
            throw ChatError(.notAllowed, "You can only see your own chat history")
        }
        let (page, limit) = try chat.page(page, limit: limit)
        return try await chats(
            of: caller, page: page, limit: limit, includeArchived: includeArchived, alternatives: [],
            countsMessages: true)
    }

    private static let isPending = ConversationFilter.Condition.setting("status", isOneOf: ["pending"])

    private func chats(
        of caller: ChatCaller, page: Int, limit: Int, includeArchived: Bool,
        alternatives: [[ConversationFilter.Condition]], countsMessages: Bool = false
    ) async throws -> ImageKitPage {
        let filter = ConversationFilter(
            order: .lastMessage, includesArchived: includeArchived, alternatives: alternatives)
        let (found, total) = try await chat.conversations(of: caller, filter: filter, page: page, limit: limit)
        var items: [JSONValue] = []
        for summary in found {
            let count = countsMessages ? try await chat.messageCount(in: summary, for: caller) : nil
            items.append(ImageKitMessage.json(summary, for: caller.id, messageCount: count))
        }
        return ImageKitPage(items: items, total: total, page: page, limit: limit)
    }
}
