extension Chat {
    /// A page of a conversation that the caller is in, from the oldest to the newest message.
    public func messages(of conversation: String, for caller: ChatCaller, page: MessagePage) async throws
        -> MessageList
    {
        _ = try await self.conversation(conversation, for: caller)
        return try await store.messages(of: conversation, in: dialect, viewer: caller.id, page: page)
    }

    /// A page of the conversations that the caller is in, as far as `filter` wants them, with how many there are.
    public func conversations(
        of caller: ChatCaller, filter: ConversationFilter = ConversationFilter(), page: Int, limit: Int
    ) async throws -> ([ConversationSummary], total: Int) {
        try await store.conversations(of: caller.id, in: dialect, filter: filter, page: page, limit: limit)
    }

    /// A conversation that the caller is in, as they find it in their list.
    public func summary(of conversation: String, for caller: ChatCaller) async throws -> ConversationSummary {
        _ = try await self.conversation(conversation, for: caller)
        guard let summary = try await store.summary(of: conversation, in: dialect, for: caller.id) else {
            throw noConversation
        }
        return summary
    }

    /// Marks what the caller has not seen of a conversation. Returns the ids that were marked, oldest first.
    public func markRead(
        _ conversation: String, _ selection: ReadSelection = .all, by caller: ChatCaller,
        tell: @escaping @Sendable (_ marked: [String]) -> [OutboxDraft]
    ) async throws -> [String] {
        _ = try await self.conversation(conversation, for: caller)
        let marked = try await store.markRead(
            conversation: conversation, in: dialect, reader: caller.id, selection: selection, at: timestamp,
            outbox: tell)
        if !marked.isEmpty { wake() }
        return marked
    }

    /// The page that a caller asks for, within the rules. Throws for a page or limit below 1.
    public func page(_ page: Int?, limit: Int?) throws(ChatError) -> (page: Int, limit: Int) {
        guard page ?? 1 >= 1, limit ?? 1 >= 1 else {
            throw ChatError(.invalidRequest, "`page` and `limit` count from 1")
        }
        return (page ?? 1, min(limit ?? rules.defaultPage, rules.maximumPage))
    }
}
