extension Chat {
    /// A page of the messages that a search selects in the conversations of the caller, the newest first.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed` where the search names a conversation to which the
    ///   caller has no access, `tooManySearches` where too many are under way, `limitReached` where this one takes too long; `unavailable`
    ///   when the store does not answer.
    public func search(_ search: MessageSearch, by caller: ChatCaller) async throws -> MessageList {
        if let id = search.conversation { _ = try await conversation(id, for: caller) }
        return try await searches.run(for: caller.id) {
            try await store.search(search, in: dialect, viewer: caller.id)
        }
    }

    /// Checks that a text has words to search for.
    /// - Parameter name: what the text is called in the request.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a text without words, or with too many.
    public func checkSearch(_ text: String?, _ name: String = "q") throws(ChatError) -> String {
        let count = text.map { SearchText.words($0).count } ?? 0
        guard let text, count > 0 else {
            throw ChatError(.invalidRequest, "\(name) is required: the text to look for")
        }
        guard count <= SearchText.maximumWords else {
            throw ChatError(.invalidRequest, "A search has at most \(SearchText.maximumWords) words")
        }
        return text
    }
}
