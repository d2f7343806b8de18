extension Chat {
    /// A page of the messages that mention the caller, in the order in which they were sent.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a bound that is not a message of the caller's conversations;
    ///   `unavailable` when the store does not answer.
    public func mentions(of caller: ChatCaller, page: MessageListPage) async throws -> MessageList {
        try await store.messages(.mentions, in: dialect, viewer: caller.id, page: page)
    }

    /// The users whom `text` mentions, of those in a conversation with the sender; `nil` where the rules find none.
    func mentions(in text: String, of message: ChatMessage) async throws -> [Mention]? {
        guard rules.findsMentions else { return nil }
        guard text.utf8.contains(UInt8(ascii: "@")) else { return [] }
        var users = Set([message.receiver].compactMap(\.self))
        if message.receiver == nil { users = try await store.members(of: message.conversation, in: dialect) }
        users.remove(message.sender)
        let records = try await store.users(users)
        return MentionFinder.mentions(of: users.sorted().map { records[$0] ?? ChatUser(id: $0) }, in: text)
    }
}
