extension Chat {
    /// The members of a conversation now; empty where there is no such conversation. For the delivery of events: a caller's
    /// request goes through ``conversation(_:for:)``, which checks access.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func members(of conversation: String) async throws -> Set<String> {
        try await store.members(of: conversation, in: dialect)
    }

    /// A conversation; `nil` where there is none. For the delivery of events, like ``members(of:)``.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func conversationForDelivery(_ id: String) async throws -> Conversation? {
        try await store.conversation(id, in: dialect)
    }

    /// The conversation of a message; `nil` where it was deleted. For the delivery of events, like ``members(of:)``.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func conversation(of message: ChatMessage) async throws -> Conversation? {
        try await store.conversation(message.conversation, in: dialect)
    }

    /// A message as it is stored, also where users have deleted it for themselves; `nil` where there is none. For the delivery of
    /// events, like ``members(of:)``.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func messageForDelivery(_ id: String) async throws -> ChatMessage? {
        try await store.message(id, in: dialect, viewer: nil)
    }

    /// Those of `ids` that are messages, by ID. For the delivery of events, like ``messageForDelivery(_:)``.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func messagesForDelivery(_ ids: Set<String>) async throws -> [String: ChatMessage] {
        let found = try await store.messages(ids, in: dialect, viewer: nil)
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Changes a conversation that the caller is a member of, in one transaction. Returns what it is now.
    /// - Parameters:
    ///   - outbox: what to deliver; called only when something changed.
    ///   - change: the change; what it throws is thrown, and nothing is changed then.
    /// - Throws: ``ChatError`` when the caller is not a member, or the conversation does not exist; what `change` throws.
    @discardableResult
    public func update(
        _ id: String, by caller: ChatCaller, outbox: @escaping @Sendable (Conversation) -> [OutboxDraft] = { _ in [] },
        change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation {
        _ = try await conversation(id, for: caller)
        let notMember = notMember
        return try await update(id, outbox: outbox) { conversation in
            // They may have been removed since the check above.
            guard conversation.members.contains(caller.id) else { throw notMember }
            try change(&conversation)
        }
    }

    /// Lets the caller, who is not a member yet, join a conversation in the way that `admit` decides. Returns the
    /// conversation.
    /// - Parameters:
    ///   - outbox: what to deliver; called only when something changed.
    ///   - admit: adds the caller to the members, or throws why it does not.
    /// - Throws: ``ChatError`` when the conversation does not exist; what `admit` throws.
    public func join(
        _ id: String, outbox: @escaping @Sendable (Conversation) -> [OutboxDraft] = { _ in [] },
        admit: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation {
        try await update(id, outbox: outbox, change: admit)
    }

    /// Changes how the caller has set a conversation for themselves: whether it is hidden, archived, muted. Returns what it is
    /// now.
    /// - Throws: ``ChatError`` when the caller is not a member, or the conversation does not exist; with code
    ///   `unavailable` when the store does not answer.
    @discardableResult
    public func updateMembership(
        of caller: ChatCaller, in conversation: String, change: @escaping @Sendable (inout Membership) -> Void
    ) async throws -> Membership {
        _ = try await self.conversation(conversation, for: caller)
        let changed = try await store.updateMembership(
            of: caller.id, conversation: conversation, in: dialect, change: change)
        guard let changed else { throw noConversation }
        return changed
    }

    private func update(
        _ id: String, outbox: @escaping @Sendable (Conversation) -> [OutboxDraft],
        change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation {
        guard let updated = try await store.update(id, in: dialect, outbox: outbox, change: change) else {
            throw noConversation
        }
        wake()
        return updated
    }

    /// The caller leaves a conversation.
    /// - Parameters:
    ///   - deletesEmpty: whether the conversation is deleted, with its messages, when its last member leaves.
    ///   - outbox: what to deliver.
    ///   - remove: removes the caller from the members; what it throws is thrown, and nothing is changed then.
    /// - Throws: ``ChatError`` when the caller is not a member, or the conversation does not exist; what `remove` throws.
    public func leave(
        _ id: String, by caller: ChatCaller, deletesEmpty: Bool = false,
        outbox: @escaping @Sendable (Conversation) -> [OutboxDraft] = { _ in [] },
        remove: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws {
        _ = try await conversation(id, for: caller)
        try await store.update(id, in: dialect, deletesEmpty: deletesEmpty, outbox: outbox, change: remove)
        wake()
    }
}
