public import ChatBridge
public import JSON

extension ImageKitService {
    /// Returns the chat of the caller and `recipient`. If there is none, it is created with a pending request.
    /// - Throws: ``ChatError`` with code `invalidReceiver` unless `recipient` is the ID of another user;
    ///   `unavailable` when the store does not answer.
    public func chat(with recipient: String, for caller: ChatCaller) async throws -> JSONValue {
        guard ChatIdentifier.isValid(recipient) else {
            throw ChatError(.invalidReceiver, "recipientId must be a user's id")
        }
        guard recipient != caller.id else { throw ChatError(.invalidReceiver, "You cannot chat with yourself") }
        let (found, _) = try await chat.openDirectConversation(
            with: recipient, settings: ChatRequestState.requested(by: caller.id).written(to: [:]), by: caller)
        return try await details(of: found.id, for: caller)
    }

    /// Accepts the request for a chat. Only the member who did not make the request can do so.
    /// - Throws: ``ChatError`` with code `conversationNotFound`, `notAllowed` when the caller is not a member or made
    ///   the request, `invalidRequest` when no request is pending; `unavailable` when the store does not answer.
    public func accept(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await answer(id, true, by: caller)
    }

    /// Rejects the request for a chat, after which no messages can be sent to it. Only the member who did not make the
    /// request can do so.
    /// - Throws: ``ChatError`` with code `conversationNotFound`, `notAllowed` when the caller is not a member or made
    ///   the request, `invalidRequest` when no request is pending; `unavailable` when the store does not answer.
    public func reject(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await answer(id, false, by: caller)
    }

    /// Blocks a chat. No messages can be sent to it until all members who have blocked it unblock it.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`, `invalidRequest` when the caller has
    ///   blocked it already; `unavailable` when the store does not answer.
    public func block(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await change(id, by: caller) { state throws(ChatError) in try state.block(by: caller.id) }
    }

    /// Removes the caller's block from a chat.
    /// - Throws: ``ChatError`` with code `conversationNotFound`, `notAllowed` when the caller is not a member or has
    ///   not blocked the chat, `invalidRequest` when it is not blocked; `unavailable` when the store does not answer.
    public func unblock(_ id: String, by caller: ChatCaller) async throws -> JSONValue {
        try await change(id, by: caller) { state throws(ChatError) in try state.unblock(by: caller.id) }
    }

    /// Archives a chat for the caller, or unarchives it; no other member is affected or notified. Returns the chat, and
    /// whether it is archived now.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does
    ///   not answer.
    public func archive(_ id: String, by caller: ChatCaller) async throws -> (JSONValue, isArchived: Bool) {
        let membership = try await chat.updateMembership(of: caller, in: id) { $0.isArchived.toggle() }
        return (try await details(of: id, for: caller), membership.isArchived)
    }

    /// Deletes a chat for the caller: its messages so far, and the chat from the caller's lists until the next message.
    /// No other member is affected or notified.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does
    ///   not answer.
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
