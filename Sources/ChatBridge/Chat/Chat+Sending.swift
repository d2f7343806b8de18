import Foundation

extension Chat {
    /// A message about to be sent to a conversation or, with a receiver, to a pair's.
    public func newMessage(
        _ type: MessageType, from caller: ChatCaller, in conversation: String = "", to receiver: String? = nil,
        text: String = "", attachments: [MediaRecord] = [], replyTo: String? = nil
    ) -> ChatMessage {
        let date = timestamp
        var message = ChatMessage(
            id: ids.message(at: date), dialect: dialect, conversation: conversation, sender: caller.id,
            receiver: receiver, type: type, text: text, replyTo: replyTo, createdAt: date)
        message.attachments = attachments
        return message
    }

    /// Sends a message, and tells whom `tell` names. Without a receiver it goes to the conversation that it names, of
    /// which the caller must be a member; with one, to the direct conversation of the two, made if there is none.
    /// - Parameter media: what comes to be with it; none of it is there if the message is not.
    public func send(
        _ message: ChatMessage, with media: [MediaItem] = [], by caller: ChatCaller,
        tell: @escaping @Sendable (SavedMessage) -> [OutboxDraft]
    ) async throws -> SavedMessage {
        try await send([message], with: media, by: caller, tell: tell)[0]
    }

    /// Sends messages, all or none.
    public func send(
        _ messages: [ChatMessage], with media: [MediaItem] = [], by caller: ChatCaller,
        tell: @escaping @Sendable (SavedMessage) -> [OutboxDraft]
    ) async throws -> [SavedMessage] {
        for message in messages { try await check(message, by: caller) }
        let drafts = messages.enumerated().map { index, message in
            MessageDraft(
                message: message,
                place: message.receiver == nil
                    ? .conversation : .direct(newConversationID: ids.conversation(at: message.createdAt)),
                caller: caller, allowance: rules.allowance, media: index == 0 ? media : [],
                keepsMomentsApart: rules.keepsMomentsApart, outbox: tell)
        }
        let saved = try await store.save(drafts)
        wake()
        return saved
    }

    /// Throws ``ChatError/Code/limitExceeded`` when the caller's day is used up: to refuse an upload before its body.
    public func checkAllowance(of caller: ChatCaller) async throws {
        guard let allowance = rules.allowance else { return }
        let limit = try await store.usage(of: caller, in: dialect, allowance: allowance, at: now())
        guard limit.current < limit.max else { throw ChatError(.allowanceUsed(limit)) }
    }

    /// Throws unless there is something in a text.
    public func checkNotEmpty(_ text: String) throws(ChatError) {
        guard text.contains(where: { !$0.isWhitespace }) else { throw ChatError(.emptyMessage, rules.sentences.empty) }
    }

    func checkLength(_ text: String) throws(ChatError) {
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

    /// An answer stands in the conversation of what it answers.
    private func check(replyTo id: String, of message: ChatMessage) async throws {
        let original = try await store.message(id, in: dialect, viewer: message.sender)
        let isThere =
            if let receiver = message.receiver {
                Set([original?.sender, original?.receiver]) == Set([message.sender, receiver])
            } else {
                original?.conversation == message.conversation
            }
        guard isThere else { throw ChatError(.messageNotFound, rules.sentences.noReplied) }
    }
}
