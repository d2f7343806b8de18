extension Chat {
    /// The direct conversation of the caller and another, made if there is none, and whether it was made.
    public func openDirectConversation(with other: String, by caller: ChatCaller) async throws -> (
        Conversation, isNew: Bool
    ) {
        guard ChatIdentifier.isValid(other), other != caller.id else {
            throw ChatError(.invalidRequest, "A direct conversation is with one other user")
        }
        let date = timestamp
        let opened = try await store.directConversation(
            Conversation(
                id: ids.conversation(at: date), dialect: dialect, members: [caller.id, other], isDirect: true,
                createdAt: date))
        try await store.setHidden(opened.0.id, in: dialect, of: caller.id, isHidden: false)
        return opened
    }

    /// A new conversation of the caller and others.
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
        try await store.upsert(conversation)
        return conversation
    }

    /// Takes a conversation out of the caller's list, until something is said in it again.
    public func hideFromList(_ conversation: String, by caller: ChatCaller) async throws {
        _ = try await self.conversation(conversation, for: caller)
        try await store.setHidden(conversation, in: dialect, of: caller.id, isHidden: true)
    }
}
