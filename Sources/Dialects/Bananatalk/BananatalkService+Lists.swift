public import ChatBridge

extension BananatalkService {
    /// A page of the messages of all of the caller's conversations, ordered as in ``conversation(of:and:for:page:limit:before:after:)``.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a bound that is not a message of theirs; `unavailable` when the store
    ///   does not answer.
    public func messages(of caller: ChatCaller, page: MessageListPage) async throws -> BananatalkPage {
        try await self.page(page, try await chat.messages(of: caller, page: page), for: caller)
    }

    /// A page of the replies to a message.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`, `invalidRequest` for a bound that is not a message of
    ///   theirs; `unavailable` when the store does not answer.
    public func replies(to id: String, for caller: ChatCaller, page: MessageListPage) async throws -> BananatalkPage {
        try await self.page(page, try await chat.replies(to: id, for: caller, page: page), for: caller)
    }

    /// A page of the messages that the caller has bookmarked.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a bound that is not a message of theirs; `unavailable` when the store
    ///   does not answer.
    public func bookmarks(of caller: ChatCaller, page: MessageListPage) async throws -> BananatalkPage {
        try await self.page(page, try await chat.bookmarks(of: caller, page: page), for: caller)
    }

    /// A page of the messages that mention the caller.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a bound that is not a message of theirs; `unavailable` when the store
    ///   does not answer.
    public func mentions(of caller: ChatCaller, page: MessageListPage) async throws -> BananatalkPage {
        try await self.page(page, try await chat.mentions(of: caller, page: page), for: caller)
    }

    /// A page of the messages that a search selects, the newest first.
    /// - Parameter partner: the other user of the conversation to search; `nil` for all conversations of the caller.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a partner who is not a valid user ID; `unavailable` when the store does
    ///   not answer.
    public func search(
        _ search: MessageSearch, with partner: String?, for caller: ChatCaller
    ) async throws -> BananatalkPage {
        var search = search
        var list = MessageList(messages: [], total: 0)
        if let partner {
            guard ChatIdentifier.isValid(partner) else {
                throw ChatError(.invalidRequest, "userId is not a valid user ID")
            }
            search.conversation = try await chat.directConversation(with: partner, for: caller)?.id
        }
        if partner == nil || search.conversation != nil {
            list = try await chat.search(search, by: caller)
        }
        return BananatalkPage(
            items: try await render(list.messages, for: caller.id), page: search.page, limit: search.limit,
            total: list.total)
    }

    /// Renders a page of a list.
    func page(_ page: MessageListPage, _ list: MessageList, for caller: ChatCaller) async throws -> BananatalkPage {
        BananatalkPage(
            items: try await render(list.messages, for: caller.id), page: page.page, limit: page.limit,
            total: list.total)
    }
}
