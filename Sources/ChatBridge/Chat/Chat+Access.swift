extension Chat {
    /// The conversation of that id, if `caller` is in it.
    public func conversation(_ id: String, for caller: ChatCaller) async throws -> Conversation {
        guard ChatIdentifier.isValid(id), let conversation = try await store.conversation(id, in: dialect) else {
            throw noConversation
        }
        guard conversation.members.contains(caller.id) else {
            throw rules.hidesFromOutsiders ? noConversation : ChatError(.notAllowed, rules.sentences.notMember)
        }
        return conversation
    }

    /// The message of that id, if `caller` may see it and has not deleted it for themselves: one of the two of a direct
    /// message, or a member of its conversation.
    /// - Parameter conversation: where it must stand, if that is known.
    public func message(
        _ id: String, for caller: ChatCaller, in conversation: String? = nil
    ) async throws -> ChatMessage {
        guard ChatIdentifier.isValid(id), let message = try await store.message(id, in: dialect, viewer: caller.id),
            conversation.map({ ChatIdentifier.areSame($0, message.conversation) }) ?? true
        else { throw noMessage }
        guard try await isVisible(message, to: caller) else {
            throw rules.hidesFromOutsiders ? noMessage : ChatError(.notAllowed, rules.sentences.notYourMessage)
        }
        return message
    }

    /// The same, of a message that was not deleted for all.
    public func presentMessage(
        _ id: String, for caller: ChatCaller, in conversation: String? = nil
    ) async throws -> ChatMessage {
        let message = try await message(id, for: caller, in: conversation)
        guard message.deletedAt == nil else { throw noMessage }
        return message
    }

    /// The error for a conversation that does not exist, or not for the caller.
    public var noConversation: ChatError { ChatError(.conversationNotFound, rules.sentences.noConversation) }
    /// The error for a message that does not exist, or not for the caller.
    public var noMessage: ChatError { ChatError(.messageNotFound, rules.sentences.noMessage) }

    private func isVisible(_ message: ChatMessage, to caller: ChatCaller) async throws -> Bool {
        if let receiver = message.receiver { return message.sender == caller.id || receiver == caller.id }
        return try await store.members(of: message.conversation, in: dialect).contains(caller.id)
    }
}
