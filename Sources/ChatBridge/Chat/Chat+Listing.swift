extension Chat {
    /// A page of the messages of all conversations that the caller is in.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a bound that is not a message of the caller's conversations;
    ///   `unavailable` when the store does not answer.
    public func messages(of caller: ChatCaller, page: MessageListPage) async throws -> MessageList {
        try await store.messages(.all, in: dialect, viewer: caller.id, page: page)
    }

    /// A page of the replies to a message that the caller may see.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func replies(to message: String, for caller: ChatCaller, page: MessageListPage) async throws -> MessageList {
        let original = try await self.message(message, for: caller)
        return try await store.messages(.replies(to: original.id), in: dialect, viewer: caller.id, page: page)
    }
}
