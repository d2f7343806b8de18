public import ChatBridge
public import JSON

extension ImageKitService {
    /// A page of a chat's messages, the newest on page 1, each page from the oldest to the newest; and what the chat is,
    /// `{chatId, status, participants}`.
    /// - Parameter text: only messages that have all words of this in them.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func messages(
        of id: String, for caller: ChatCaller, page: Int?, limit: Int?, containing text: String? = nil
    ) async throws -> (ImageKitPage, chat: JSONValue) {
        let (page, limit) = try chat.page(page, limit: limit)
        if let text { try Self.check(search: text) }
        let conversation = try await chat.conversation(id, for: caller)
        let list = try await chat.messages(
            of: id, for: caller, page: MessagePage(page: page, limit: limit, containing: text))
        let context = try await chat.context(for: list.messages, viewer: caller.id)
        let items = list.messages.map { ImageKitMessage.json($0, in: conversation, context) }
        return (
            ImageKitPage(items: items, total: list.total, page: page, limit: limit), ImageKitMessage.info(conversation)
        )
    }

    /// A chat with how many messages it has.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func details(of id: String, for caller: ChatCaller) async throws -> JSONValue {
        let summary = try await chat.summary(of: id, for: caller)
        let count = try await chat.messageCount(in: summary, for: caller)
        return ImageKitMessage.json(summary, for: caller.id, messageCount: count)
    }

    /// The chats in which something can be said: those accepted and those the caller has asked for, but for archived
    /// ones.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func activeChats(of caller: ChatCaller, page: Int?, limit: Int?) async throws -> ImageKitPage {
        let (page, limit) = try chat.page(page, limit: limit)
        let open = ConversationFilter.Condition.setting("status", isNoneOf: ["pending", "rejected", "blocked"])
        return try await chats(
            of: caller, page: page, limit: limit, includeArchived: false,
            alternatives: [[open], [Self.isPending, .setting("requestedBy", isOneOf: [caller.id])]])
    }

    /// The chats that others have asked the caller for: all, as the reference knows no pages of them, unless a page or limit
    /// is asked for.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func requests(to caller: ChatCaller, page: Int?, limit: Int?) async throws -> ImageKitPage {
        let isPaged = page != nil || limit != nil
        let paged = try chat.page(page, limit: limit)
        return try await chats(
            of: caller, page: paged.page, limit: isPaged ? paged.limit : limits.maximumRequests, includeArchived: true,
            alternatives: [[Self.isPending, .setting("requestedBy", isNoneOf: [caller.id])]])
    }

    /// All chats of the caller, each with how many messages it has.
    /// - Parameter user: whose; nobody sees another's.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
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

    private static func check(search text: String) throws(ChatError) {
        let count = SearchText.words(text).count
        guard count > 0 else { throw ChatError(.invalidRequest, "q is required: the text to look for") }
        guard count <= SearchText.maximumWords else {
            throw ChatError(.invalidRequest, "A search has at most \(SearchText.maximumWords) words")
        }
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
