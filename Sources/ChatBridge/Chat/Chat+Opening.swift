public import JSON

extension Chat {
    /// The direct conversation of the caller and another user; `nil` where there is none.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func directConversation(with other: String, for caller: ChatCaller) async throws -> Conversation? {
        try await store.directConversation(of: caller.id, and: other, in: dialect)
    }

    /// The direct conversation of the caller and another user, created if there is none, and whether it was created. It is
    /// in the caller's list afterwards.
    /// - Parameter settings: the settings of a new one.
    /// - Throws: ``ChatError`` with code `invalidRequest` unless `other` is the ID of another user; `unavailable`
    ///   when the store does not answer.
    public func openDirectConversation(
        with other: String, settings: JSONValue = .object([:]), by caller: ChatCaller
    ) async throws -> (Conversation, isNew: Bool) {
        guard ChatIdentifier.isValid(other), other != caller.id else {
            throw ChatError(.invalidRequest, "A direct conversation is with one other user")
        }
        let date = timestamp
        let opened = try await store.directConversation(
            Conversation(
                id: ids.conversation(at: date), dialect: dialect, members: [caller.id, other], isDirect: true,
                settings: settings, createdAt: date))
        if !opened.isNew {
            try await store.updateMembership(of: caller.id, conversation: opened.0.id, in: dialect) {
                $0.isHidden = false
            }
        }
        return opened
    }

    /// Creates a conversation of the caller and others.
    /// - Throws: ``ChatError`` with code `invalidRequest` for no others, too many, or an ID that is not valid, or
    ///   `unavailable` when the store does not answer.
    public func openGroup(named name: String?, of others: Set<String>, by caller: ChatCaller) async throws
        -> Conversation
    {
        let members = others.union([caller.id])
        guard members.count > 1, others.allSatisfy(ChatIdentifier.isValid) else {
            throw ChatError(.invalidRequest, "A conversation has at least one other user")
        }
        guard members.count <= rules.maximumMembers else {
            throw ChatError(.invalidRequest, "A conversation has at most \(rules.maximumMembers) members")
        }
        let date = timestamp
        let conversation = Conversation(
            id: ids.conversation(at: date), dialect: dialect, members: members, isDirect: false, name: name,
            createdAt: date)
        return try await store.create(conversation)
    }

    /// Stores a new conversation that the caller has made, as a dialect fills it. Returns it.
    /// - Throws: ``ChatError`` with code `notAllowed` unless the caller is one of its members; `unavailable` when the
    ///   store does not answer.
    public func create(_ conversation: Conversation, by caller: ChatCaller) async throws -> Conversation {
        guard conversation.dialect == dialect, conversation.members.contains(caller.id) else {
            throw ChatError(.notAllowed, rules.refusals.notMember, reason: .notMember)
        }
        return try await store.create(conversation)
    }

    /// Deletes a conversation for the caller alone: all messages that it has now, and the conversation from their list until
    /// another message is sent to it.
    /// - Throws: ``ChatError`` when the caller is not a member, or the conversation does not exist; with code
    ///   `unavailable` when the store does not answer.
    public func clear(_ conversation: String, for caller: ChatCaller) async throws {
        _ = try await self.conversation(conversation, for: caller)
        try await store.hideAll(in: conversation, of: dialect, from: caller.id)
    }

    /// Removes a conversation from the caller's list until a message is sent to it.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does
    ///   not answer.
    public func hideFromList(_ conversation: String, by caller: ChatCaller) async throws {
        try await updateMembership(of: caller, in: conversation) { $0.isHidden = true }
    }
}
