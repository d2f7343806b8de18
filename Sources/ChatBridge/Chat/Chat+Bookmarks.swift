extension Chat {
    /// Bookmarks a message for the caller, or removes their bookmark. Nothing is delivered: no other user learns of it.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func setBookmarked(_ isBookmarked: Bool, _ id: String, by caller: ChatCaller) async throws {
        _ = try await presentMessage(id, for: caller)
        let bookmark = MessageBookmark(user: caller.id, createdAt: timestamp)
        try await change(id, by: caller, outbox: { _ in [] }) { message in
            let isKnown = message.bookmarks.contains { $0.user == caller.id }
            if isBookmarked, !isKnown { message.bookmarks.append(bookmark) }
            if !isBookmarked, isKnown { message.bookmarks.removeAll { $0.user == caller.id } }
        }
    }

    /// A page of the messages that the caller has bookmarked, in the order in which they were sent.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a bound that is not a message of the caller's conversations;
    ///   `unavailable` when the store does not answer.
    public func bookmarks(of caller: ChatCaller, page: MessageListPage) async throws -> MessageList {
        try await store.messages(.bookmarks, in: dialect, viewer: caller.id, page: page)
    }
}
