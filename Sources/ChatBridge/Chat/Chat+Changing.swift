public import Foundation
public import JSON
import MediaModel

extension Chat {
    /// Changes what the dialect stores with a message, on its own behalf. No one is notified.
    /// - Throws: ``ChatError`` with code `messageNotFound`, also for one that was deleted; `unavailable` when the store does not
    ///   answer.
    public func updateDetails(of id: String, change: @escaping @Sendable (inout JSONValue) -> Void) async throws {
        _ = try await store.updateMessage(id, in: dialect, by: nil, outbox: { _ in [] }) { change(&$0.details) }
    }

    /// Replaces the text of the caller's own message. Returns the message as it is now. If it has that text already, nothing is
    /// changed or delivered.
    /// - Parameters:
    ///   - conversation: the conversation that it must be in; `nil` for any.
    ///   - outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `emptyMessage`, `textTooLong`, `messageNotFound`, `notAllowed` or
    ///   `editingTimeExpired`; `unavailable` when the store does not answer.
    public func edit(
        _ id: String, in conversation: String? = nil, text: String, by caller: ChatCaller,
        outbox: (_ edited: ChatMessage) -> [OutboxDraft]
    ) async throws -> ChatMessage {
        try checkNotEmpty(text)
        try checkLength(text)
        var message = try await presentMessage(id, for: caller, in: conversation)
        guard message.sender == caller.id else { throw ChatError(.notAllowed, rules.refusals.onlySenderEdits) }
        guard !ChatIdentifier.areSame(message.text, text) else { return message }
        let date = timestamp
        // Counted from the timestamp that members see, also after a restart: setting the clock moves the end of the editing
        // time, and affects nothing else.
        if let time = rules.editingTime, date > message.createdAt + time {
            throw ChatError(.editingTimeExpired, rules.refusals.editingTimeExpired)
        }
        let mentions = try await mentions(in: text, of: message)
        message.edit(text, mentions: mentions, at: date, history: rules.editHistory)
        let edited = try await asMember {
            try await store.edit(
                id, in: dialect, text: text, mentions: mentions, at: date, history: rules.editHistory,
                outbox: outbox(message))
        }
        wake()
        return edited
    }

    /// Deletes a message for everyone, which only its sender can: text and attachments are removed. Returns when it was
    /// deleted; `nil` when it had been deleted already.
    /// - Parameters:
    ///   - conversation: the conversation that it must be in; `nil` for any.
    ///   - withMedia: whether the files that were uploaded before it are deleted as well, unless another message shows them.
    ///   - outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    public func deleteForAll(
        _ id: String, in conversation: String? = nil, withMedia: Bool = false, by caller: ChatCaller,
        outbox: (_ deleted: ChatMessage) -> [OutboxDraft]
    ) async throws -> Date? {
        let message = try await message(id, for: caller, in: conversation)
        guard message.sender == caller.id else { throw ChatError(.notAllowed, rules.refusals.onlySenderDeletes) }
        let date = timestamp
        let deleted = try await asMember {
            try await store.deleteForAll(id, in: dialect, at: date, outbox: outbox(message))
        }
        // If the process ends between the two, the files are deleted with those that no message shows.
        for id in withMedia ? message.attachments.compactMap(\.id) : [] { try await store.deleteUnreferencedMedia(id) }
        wake()
        return deleted == nil ? nil : date
    }

    /// Deletes a message for the caller alone.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    public func hide(
        _ id: String, in conversation: String? = nil, from caller: ChatCaller,
        outbox: (_ hidden: ChatMessage) -> [OutboxDraft] = { _ in [] }
    ) async throws {
        let message = try await message(id, for: caller, in: conversation)
        try await asMember { try await store.hide(id, in: dialect, from: caller.id, outbox: outbox(message)) }
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

    /// Adds the caller's reaction to a message; `nil` when they had added it already.
    /// - Parameters:
    ///   - conversation: the conversation that the message must be in; `nil` for any.
    ///   - name: the dialect's name for the reaction, e.g. `like`.
    ///   - outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `invalidRequest` unless `emoji` is one emoji; `messageNotFound`,
    ///   `notAllowed`, `limitReached`; `unavailable` when the store does not answer.
    public func react(
        to id: String, in conversation: String? = nil, emoji: String, name: String? = nil, by caller: ChatCaller,
        outbox: (_ message: ChatMessage, Reaction) -> [OutboxDraft]
    ) async throws -> Reaction? {
        try check(emoji: emoji)
        let message = try await presentMessage(id, for: caller, in: conversation)
        let reaction = Reaction(user: caller.id, emoji: emoji, name: name, createdAt: timestamp)
        let isNew = try await asMember {
            try await store.react(
                to: id, in: dialect, reaction, inPlace: rules.allowsOneReactionEach, outbox: outbox(message, reaction))
        }
        if isNew { wake() }
        return isNew ? reaction : nil
    }

    /// Removes the caller's reaction, or with `nil` all of theirs. Returns those that were removed.
    /// - Throws: ``ChatError`` with code `messageNotFound` or `notAllowed`; `unavailable` when the store does not
    ///   answer.
    public func unreact(
        to id: String, in conversation: String? = nil, emoji: String?, by caller: ChatCaller,
        outbox: (_ message: ChatMessage) -> [OutboxDraft]
    ) async throws -> [Reaction] {
        let message = try await presentMessage(id, for: caller, in: conversation)
        let removed = try await asMember {
            try await store.unreact(
                to: id, in: dialect, user: caller.id, emoji: emoji, outbox: outbox(message))
        }
        if !removed.isEmpty { wake() }
        return removed
    }

    private func check(emoji: String) throws(ChatError) {
        guard emoji.utf8.count <= rules.maximumEmojiBytes, Emoji.isOne(emoji) else {
            throw ChatError(.invalidRequest, "A reaction is one emoji")
        }
    }
}
