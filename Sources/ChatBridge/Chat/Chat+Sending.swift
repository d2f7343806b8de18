import Foundation
public import MediaModel

extension Chat {
    /// A message to send to a conversation or, with a receiver, to the direct conversation of the two.
    /// - Parameter id: its ID, where that is known before. A second message of it cannot be sent.
    public func newMessage(
        _ type: MessageType, id: String? = nil, from caller: ChatCaller, in conversation: String = "",
        to receiver: String? = nil, text: String = "", attachments: [MediaRecord] = [], replyTo: String? = nil
    ) -> ChatMessage {
        let date = timestamp
        var message = ChatMessage(
            id: id ?? ids.message(at: date), dialect: dialect, conversation: conversation, sender: caller.id,
            receiver: receiver, type: type, text: text, replyTo: replyTo, createdAt: date)
        message.attachments = attachments
        return message
    }

    /// Whether a message of that ID was ever sent, also one that was deleted since.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func wasSent(_ id: String) async throws -> Bool {
        try await store.message(id, in: dialect, viewer: nil) != nil
    }

    /// Sends a message. Without a receiver it goes to the conversation that it names, of which the caller must be a member; with
    /// one, to the direct conversation of the two, which is created if there is none.
    /// - Parameters:
    ///   - media: files that are saved with the message, or not at all if it is not saved.
    ///   - outbox: the events to deliver.
    /// - Throws: ``ChatError`` with code `textTooLong`, `conversationNotFound`, `notAllowed`, `messageNotFound` (the
    ///   message to reply to), `invalidReceiver`, `limitExceeded`, `mediaNotFound` or `notFound` (a file that was
    ///   deleted meanwhile); `unavailable` when the store does not answer.
    public func send(
        _ message: ChatMessage, with media: [MediaItem] = [], by caller: ChatCaller,
        outbox: @escaping @Sendable (SavedMessage) -> [OutboxDraft]
    ) async throws -> SavedMessage {
        try await send([message], with: media, by: caller, outbox: outbox)[0]
    }

    /// Sends all messages or none.
    /// - Throws: what sending one message throws.
    public func send(
        _ messages: [ChatMessage], with media: [MediaItem] = [], by caller: ChatCaller,
        outbox: @escaping @Sendable (SavedMessage) -> [OutboxDraft]
    ) async throws -> [SavedMessage] {
        var messages = messages
        for index in messages.indices {
            try await check(messages[index], by: caller)
            if let found = try await mentions(in: messages[index].text, of: messages[index]) {
                messages[index].mentions = found
            }
        }
        let drafts = messages.enumerated().map { index, message in
            MessageDraft(
                message: message,
                place: message.receiver == nil
                    ? .conversation : .direct(newConversationID: ids.conversation(at: message.createdAt)),
                caller: caller, allowance: rules.allowance, media: index == 0 ? media : [],
                separatesTimestamps: rules.separatesTimestamps, complete: rules.completesMessage, outbox: outbox)
        }
        let saved = try await asMember(orThrow: notMember) { try await store.save(drafts) }
        wake()
        return saved
    }

    /// Saves a message about the caller, such as that they have left a conversation, whose access was checked when they did that.
    /// - Throws: ``ChatError`` with code `conversationNotFound`; `unavailable` when the store does not answer.
    public func announce(
        _ message: ChatMessage, by caller: ChatCaller, outbox: @escaping @Sendable (SavedMessage) -> [OutboxDraft]
    ) async throws {
        let draft = MessageDraft(
            message: message, place: .notice, caller: caller, allowance: nil,
            separatesTimestamps: rules.separatesTimestamps, outbox: outbox)
        _ = try await asMember { try await store.save([draft]) }
        wake()
    }

    /// Checks that the caller may send a message today: to reject an upload before its body is read.
    /// - Throws: ``ChatError`` with code `limitExceeded` when their daily allowance is used up; `unavailable` when
    ///   the store does not answer.
    public func checkAllowance(of caller: ChatCaller) async throws {
        // An earlier attempt at the same request may have sent the last message of the day.
        guard let allowance = rules.allowance, IdempotentRequest.current?.isResumed != true else { return }
        let limit = try await store.usage(of: caller, in: dialect, allowance: allowance, at: now())
        guard limit.current < limit.max else { throw ChatError(.allowanceUsed(limit)) }
    }

    /// Checks that a text has something other than whitespace.
    /// - Throws: ``ChatError`` with code `emptyMessage`.
    public func checkNotEmpty(_ text: String) throws(ChatError) {
        guard text.contains(where: { !$0.isWhitespace }) else { throw ChatError(.emptyMessage, rules.refusals.empty) }
    }

    /// Checks a text against the limits of the rules.
    /// - Throws: ``ChatError`` with code `textTooLong`.
    public func checkLength(_ text: String) throws(ChatError) {
        if let limit = rules.maximumTextCharacters, text.utf16.count > limit {
            throw ChatError(.textTooLong, "Message content exceeds maximum length of \(limit) characters")
        }
        guard text.utf8.count <= rules.maximumTextBytes else {
            throw ChatError(.textTooLong, "Message exceeds maximum of \(rules.maximumTextBytes) bytes")
        }
    }

    private func check(_ message: ChatMessage, by caller: ChatCaller) async throws {
        try checkLength(message.text)
        if message.receiver == nil { _ = try await conversation(message.conversation, for: caller) }
        if let original = message.replyTo { try await check(replyTo: original, of: message) }
    }

    /// A reply must be in the conversation of the message that it replies to.
    private func check(replyTo id: String, of message: ChatMessage) async throws {
        let original = try await store.message(id, in: dialect, viewer: message.sender)
        let isThere =
            if let receiver = message.receiver {
                Set([original?.sender, original?.receiver]) == Set([message.sender, receiver])
            } else {
                original?.conversation == message.conversation
            }
        guard isThere else { throw ChatError(.messageNotFound, rules.refusals.noRepliedMessage) }
    }
}
