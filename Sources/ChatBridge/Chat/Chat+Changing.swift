public import Foundation

extension Chat {
    /// Gives the caller's own message a new text. Returns the message as it is now. One that says the same already stays
    /// as it is, and nobody is told.
    /// - Parameter conversation: where it must stand, if that is known.
    public func edit(
        _ id: String, in conversation: String? = nil, text: String, by caller: ChatCaller,
        tell: (_ edited: ChatMessage) -> [OutboxDraft]
    ) async throws -> ChatMessage {
        try checkNotEmpty(text)
        try checkLength(text)
        var message = try await presentMessage(id, for: caller, in: conversation)
        guard message.sender == caller.id else { throw ChatError(.notAllowed, rules.sentences.onlySenderEdits) }
        guard !ChatIdentifier.areSame(message.text, text) else { return message }
        let date = timestamp
        // Counted from the moment that everybody is shown, also after a restart: a clock that is set moves the end of it, and
        // nothing else depends on it.
        if let time = rules.editingTime, date > message.createdAt + time {
            throw ChatError(.editingTimeExpired, rules.sentences.editingTimeExpired)
        }
        message.edit(text, at: date, history: rules.editHistory)
        let edited = try await store.edit(
            id, in: dialect, text: text, at: date, history: rules.editHistory, outbox: tell(message))
        wake()
        return edited
    }

    /// Deletes a message for all, which its sender alone can: text and attachments are gone. Returns when; `nil` when it
    /// was deleted already.
    /// - Parameter withMedia: whether the files that were uploaded for it go, too, and not only its hold on them: those
    ///   that no other message shows.
    public func deleteForAll(
        _ id: String, in conversation: String? = nil, withMedia: Bool = false, by caller: ChatCaller,
        tell: (_ deleted: ChatMessage) -> [OutboxDraft]
    ) async throws -> Date? {
        let message = try await message(id, for: caller, in: conversation)
        guard message.sender == caller.id else { throw ChatError(.notAllowed, rules.sentences.onlySenderDeletes) }
        let date = timestamp
        let deleted = try await store.deleteForAll(id, in: dialect, at: date, outbox: tell(message))
        // If this stops between the two, the files go as those do that no message shows.
        for id in withMedia ? message.attachments.compactMap(\.id) : [] { try await store.deleteUnshownMedia(id) }
        wake()
        return deleted == nil ? nil : date
    }

    /// Deletes a message for the caller alone.
    public func hide(
        _ id: String, in conversation: String? = nil, from caller: ChatCaller,
        tell: (_ hidden: ChatMessage) -> [OutboxDraft] = { _ in [] }
    ) async throws {
        let message = try await message(id, for: caller, in: conversation)
        try await store.hide(id, in: dialect, from: caller.id, outbox: tell(message))
        wake()
    }

    /// Whether the caller has deleted their own message for themselves alone.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func hasHidden(_ id: String, _ caller: ChatCaller) async throws -> Bool {
        guard let message = try await store.message(id, in: dialect, viewer: nil), message.sender == caller.id else {
            return false
        }
        return try await store.message(id, in: dialect, viewer: caller.id) == nil
    }

    /// Adds the caller's reaction to a message; `nil` when it was there already.
    /// - Parameter name: the dialect's word for it.
    public func react(
        to id: String, in conversation: String? = nil, emoji: String, name: String? = nil, by caller: ChatCaller,
        tell: (_ message: ChatMessage, Reaction) -> [OutboxDraft]
    ) async throws -> Reaction? {
        try check(emoji: emoji)
        let message = try await presentMessage(id, for: caller, in: conversation)
        let reaction = Reaction(user: caller.id, emoji: emoji, name: name, createdAt: timestamp)
        let isNew = try await store.react(
            to: id, in: dialect, reaction, inPlace: rules.allowsOneReactionEach, outbox: tell(message, reaction))
        if isNew { wake() }
        return isNew ? reaction : nil
    }

    /// Takes the caller's reaction back, or with `nil` all of theirs. Returns those that were there.
    public func unreact(
        to id: String, in conversation: String? = nil, emoji: String?, by caller: ChatCaller,
        tell: (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws -> [Reaction] {
        let message = try await presentMessage(id, for: caller, in: conversation)
        let removed = try await store.unreact(
            to: id, in: dialect, user: caller.id, emoji: emoji, outbox: tell(message))
        if !removed.isEmpty { wake() }
        return removed
    }

    private func check(emoji: String) throws(ChatError) {
        guard emoji.utf8.count <= rules.maximumEmojiBytes, Emoji.isOne(emoji) else {
            throw ChatError(.invalidRequest, "A reaction is one emoji")
        }
    }
}
