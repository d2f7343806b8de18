extension Chat {
    /// The conversation of that ID, if `caller` is a member.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does
    ///   not answer.
    public func conversation(_ id: String, for caller: ChatCaller) async throws -> Conversation {
        guard ChatIdentifier.isValid(id), let conversation = try await store.conversation(id, in: dialect) else {
            throw noConversation
        }
        guard conversation.members.contains(caller.id) else {
            throw notMember
        }
        return conversation
    }

    /// Those of `ids` that are conversations of which `caller` is a member, by ID.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func conversations(_ ids: Set<String>, for caller: ChatCaller) async throws -> [String: Conversation] {
        let found = try await store.conversations(ids, in: dialect).filter { $0.members.contains(caller.id) }
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }

    /// The message of that ID, if `caller` may see it and has not deleted it for themselves: sender or receiver of a direct
    /// message, or a member of its conversation.
    /// - Parameter conversation: the conversation that it must be in; `nil` for any.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    public func message(
        _ id: String, for caller: ChatCaller, in conversation: String? = nil
    ) async throws -> ChatMessage {
        guard ChatIdentifier.isValid(id), let message = try await store.message(id, in: dialect, viewer: caller.id),
            conversation.map({ ChatIdentifier.areSame($0, message.conversation) }) ?? true
        else { throw noMessage }
        guard try await isVisible(message, to: caller.id) else {
            throw notYourMessage
        }
        return message
    }

    /// The message of that ID, if `caller` may see it and it was not deleted for everyone.
    /// - Parameter conversation: the conversation that it must be in; `nil` for any.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    public func presentMessage(
        _ id: String, for caller: ChatCaller, in conversation: String? = nil
    ) async throws -> ChatMessage {
        let message = try await message(id, for: caller, in: conversation)
        guard message.deletedAt == nil else { throw noMessage }
        return message
    }

    /// The error for a conversation that does not exist, or not for the caller.
    public var noConversation: ChatError { ChatError(.conversationNotFound, rules.refusals.noConversation) }
    /// The error for a message that does not exist, or not for the caller.
    public var noMessage: ChatError { ChatError(.messageNotFound, rules.refusals.noMessage) }

    /// The error for a caller who is not a member of the conversation.
    var notMember: ChatError {
        rules.hidesFromNonMembers
            ? noConversation : ChatError(.notAllowed, rules.refusals.notMember, reason: .notMember)
    }
    /// The error for a caller who may not see the message.
    var notYourMessage: ChatError {
        rules.hidesFromNonMembers
            ? noMessage : ChatError(.notAllowed, rules.refusals.notYourMessage, reason: .notMember)
    }

    /// Whether `user` is the sender or receiver of a direct message, or a member of its conversation now.
    func isVisible(_ message: ChatMessage, to user: String) async throws -> Bool {
        if let receiver = message.receiver { return message.sender == user || receiver == user }
        return try await store.isMember(user, of: message.conversation, in: dialect)
    }
}
