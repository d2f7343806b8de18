public import ChatBridge
public import JSON

extension BananatalkService {
    /// Replaces the text of the caller's message, within ``BananatalkLimits/editingTime``. Returns the message.
    /// - Throws: ``ChatError`` with code `emptyMessage`, `textTooLong`, `messageNotFound`, `notAllowed`, `editingTimeExpired` or
    ///   `invalidRequest` for a poll;
    ///   `unavailable` when the store does not answer.
    public func edit(_ id: String, text: String, by caller: ChatCaller) async throws -> JSONValue {
        guard try await chat.message(id, for: caller).type != .poll else {
            throw ChatError(.invalidRequest, "A poll cannot be edited")
        }
        let message = try await chat.edit(id, text: text, by: caller) { BananatalkEvent.edited($0) }
        return try await render(message, for: caller.id)
    }

    /// Pins a message for both users, or unpins it. Returns the message.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func setPinned(_ isPinned: Bool, _ id: String, by caller: ChatCaller) async throws -> JSONValue {
        let message = try await chat.setPinned(isPinned, id, by: caller) { BananatalkEvent.pinned($0, by: caller.id) }
        return try await render(message, for: caller.id)
    }

    /// Bookmarks a message for the caller, or removes their bookmark. Returns `{messageId, bookmarked}`.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer.
    public func setBookmarked(_ isBookmarked: Bool, _ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await chat.setBookmarked(isBookmarked, id, by: caller)
        return ["messageId": .string(id), "bookmarked": .bool(isBookmarked)]
    }
}
