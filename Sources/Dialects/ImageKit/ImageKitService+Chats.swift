public import ChatBridge
public import JSON

extension ImageKitService {
    /// The chat of the caller and `recipient`; asked for if there is none.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func chat(with recipient: String, for caller: ChatCaller) async throws -> JSONValue {
        guard ChatIdentifier.isValid(recipient) else {
            throw ChatError(.invalidReceiver, "recipientId must be a user's id")
        }
        guard recipient != caller.id else { throw ChatError(.invalidReceiver, "You cannot chat with yourself") }
        let (found, _) = try await chat.openDirectConversation(
            with: recipient, settings: ChatRequestState.requested(by: caller.id).written(to: [:]), by: caller)
        return try await details(of: found.id, for: caller)
    }

    /// Grants the request for a chat, by who was asked.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func accept(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await answer(id, true, by: caller)
    }

    /// Rejects the request for a chat, by who was asked: nothing can be said there any more.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func reject(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await answer(id, false, by: caller)
    }

    /// Blocks a chat: nothing can be said there until everybody who has blocked it unblocks it.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func block(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await change(id, by: caller) { state throws(ChatError) in try state.block(by: caller.id) }
    }

    /// Unblocks a chat.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func unblock(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await change(id, by: caller) { state throws(ChatError) in try state.unblock(by: caller.id) }
    }

    /// Takes a chat out of the caller's list, or puts it back; nobody else notices. Returns the chat, and whether it is out
    /// now.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func archive(_ id: String, by caller: ChatCaller) async throws -> (JSONValue, isArchived: Bool) {
        let membership = try await chat.updateMembership(of: caller, in: id) { $0.isArchived.toggle() }
        return (try await details(of: id, for: caller), membership.isArchived)
    }

    /// Deletes a chat for the caller: all that was said until now, and the chat from their lists until something is said
    /// again. Nobody else notices.
    /// - Throws: ``ChatError`` when the caller may not do this, or the request is not valid.
    public func delete(_ id: String, by caller: ChatCaller) async throws {
        try await chat.clear(id, for: caller)
    }

    private func answer(_ id: String, _ isAccepted: Bool, by caller: ChatCaller) async throws -> JSONValue {
        let date = chat.timestamp
        return try await change(id, by: caller) { state throws(ChatError) in
            try state.answer(isAccepted, by: caller.id, at: date)
        }
    }

    private func change(
        _ id: String, by caller: ChatCaller,
        _ change: @escaping @Sendable (inout ChatRequestState) throws(ChatError) -> Void
    ) async throws -> JSONValue {
        try await chat.update(id, by: caller) { conversation in
            var state = ChatRequestState(conversation.settings)
            try change(&state)
            conversation.settings = state.written(to: conversation.settings)
        }
        return try await details(of: id, for: caller)
    }
}
