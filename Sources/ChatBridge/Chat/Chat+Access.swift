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

    /// The file that `caller` uploaded under `id`, to be shown in `conversation`.
    public func upload(_ id: String, of caller: ChatCaller, for conversation: String) async throws -> MediaItem {
        let media = try await ownedMedia(id, of: caller)
        guard media.conversation == nil || media.conversation == conversation else { throw noMedia }
        return media
    }

    /// The file that `caller` uploaded under `id`.
    public func ownedMedia(_ id: String, of caller: ChatCaller) async throws -> MediaItem {
        guard let media = try await store.media(id), media.dialect == dialect, media.owner == caller.id else {
            throw noMedia
        }
        return media
    }

    /// The file that `caller` uploaded and that `address` leads to: one that this service gave, whenever that was and
    /// whether it still holds.
    public func ownedMedia(at address: String, of caller: ChatCaller) async throws -> MediaItem {
        let place = address.prefix { $0 != "?" }
        // Keys begin with the dialect's name. That may stand in the rest of the address as well.
        for range in place.ranges(of: "/\(dialect.rawValue)/") {
            let key = String(place[place.index(after: range.lowerBound)...])
            guard let media = try await store.media(object: key, in: dialect), media.owner == caller.id,
                media.record.key == key, try await urls(key).prefix(while: { $0 != "?" }) == place
            else { continue }
            return media
        }
        throw noMedia
    }

    /// The file of that id, for whoever uploaded it and for the members of the conversation that it was uploaded for.
    public func media(_ id: String, for caller: ChatCaller) async throws -> MediaItem {
        guard let media = try await store.media(id), media.dialect == dialect else { throw noMedia }
        if media.owner == caller.id { return media }
        guard let conversation = media.conversation,
            try await store.members(of: conversation, in: dialect).contains(caller.id)
        else { throw noMedia }
        return media
    }

    var noConversation: ChatError { ChatError(.conversationNotFound, rules.sentences.noConversation) }
    var noMessage: ChatError { ChatError(.messageNotFound, rules.sentences.noMessage) }
    var noMedia: ChatError { ChatError(.mediaNotFound, rules.sentences.noMedia) }

    private func isVisible(_ message: ChatMessage, to caller: ChatCaller) async throws -> Bool {
        if let receiver = message.receiver { return message.sender == caller.id || receiver == caller.id }
        return try await store.members(of: message.conversation, in: dialect).contains(caller.id)
    }
}
