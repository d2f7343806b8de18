extension Chat {
    /// Changes a message's details, if `caller` may see it at that moment: a member who has been removed since an earlier check
    /// changes nothing. Returns the message as it is now.
    /// - Parameters:
    ///   - outbox: the events to deliver; called only when something changed.
    ///   - change: the change, which may be called several times; when it throws, nothing is changed.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not answer; what
    ///   `change` throws.
    @discardableResult
    func change(
        _ id: String, by caller: ChatCaller, outbox: @escaping @Sendable (ChatMessage) -> [OutboxDraft],
        _ change: @escaping @Sendable (inout ChatMessage) throws -> Void
    ) async throws -> ChatMessage {
        try await asMember {
            try await store.updateMessage(id, in: dialect, by: caller.id, outbox: outbox, change: change)
        }
    }

    /// Runs a call of the store that checks what was checked before, and throws what that check would have thrown: the conversation,
    /// the message or the membership may have ended meanwhile.
    /// - Parameter refusal: what is thrown when the caller is no member; by default, that they may not see the message.
    func asMember<Result>(
        orThrow refusal: ChatError? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error as ChatError {
            switch error.reason {
            case .notMember: throw refusal ?? notYourMessage
            case .messageNotFound: throw noMessage
            case .conversationNotFound: throw noConversation
            default: throw error
            }
        }
    }
}
