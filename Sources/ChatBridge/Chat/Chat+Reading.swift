public import Foundation

extension Chat {
    /// A page of a conversation that the caller is in, from the oldest to the newest message.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `invalidRequest` for a bound that is
    ///   not a message of the conversation; `unavailable` when the store does not answer.
    public func messages(of conversation: String, for caller: ChatCaller, page: MessagePage) async throws
        -> MessageList
    {
        _ = try await self.conversation(conversation, for: caller)
        return try await store.messages(of: conversation, in: dialect, viewer: caller.id, page: page)
    }

    /// A page of the conversations that the caller is in and that `filter` selects, and how many there are on all pages.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func conversations(
        of caller: ChatCaller, filter: ConversationFilter = ConversationFilter(), page: Int, limit: Int
    ) async throws -> ([ConversationSummary], total: Int) {
        try await store.conversations(of: caller.id, in: dialect, filter: filter, page: page, limit: limit)
    }

    /// A conversation that the caller is in, as they see it in their list.
    /// - Throws: ``ChatError`` with code `conversationNotFound` or `notAllowed`; `unavailable` when the store does
    ///   not answer.
    public func summary(of conversation: String, for caller: ChatCaller) async throws -> ConversationSummary {
        _ = try await self.conversation(conversation, for: caller)
        guard let summary = try await store.summary(of: conversation, in: dialect, for: caller.id) else {
            throw noConversation
        }
        return summary
    }

    /// The memberships of all members of a conversation, by user. The summary shows that the caller is one of them.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func memberships(in summary: ConversationSummary) async throws -> [String: Membership] {
        try await store.memberships(of: summary.conversation.id, in: dialect)
    }

    /// How many messages a conversation has that the caller can see. The summary shows that they are a member of it.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func messageCount(in summary: ConversationSummary, for caller: ChatCaller) async throws -> Int {
        try await store.messageCount(of: summary.conversation.id, in: dialect, viewer: caller.id)
    }

    /// What was sent in a conversation that the caller is in, in numbers.
    /// - Parameter date: from when on a sender counts as active.
    /// - Throws: ``ChatError`` when the caller is not a member, or the conversation does not exist; with code
    ///   `unavailable` when the store does not answer.
    public func statistics(
        of conversation: String, for caller: ChatCaller, activeSince date: Date
    ) async throws -> ConversationStatistics {
        _ = try await self.conversation(conversation, for: caller)
        return try await store.statistics(of: conversation, in: dialect, activeSince: date)
    }

    /// How far each member has read a conversation: up to the message before the first that they have not read.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func readCursors(of conversation: Conversation) async throws -> [String: ReadCursor] {
        try await store.memberships(of: conversation.id, in: dialect).compactMapValues(\.readCursor)
    }

    /// Marks the unread messages of a conversation as read by the caller. Returns the IDs of the messages that were
    /// marked, oldest first.
    /// - Parameters:
    ///   - outbox: the events to deliver; called only when a message was marked.
    ///   - started: the events for a message that is deleted some time after it was read, and whose timer has started.
    /// - Throws: ``ChatError`` with code `conversationNotFound`, `notAllowed` or `messageNotFound`; `unavailable`
    ///   when the store does not answer.
    public func markRead(
        _ conversation: String, _ selection: ReadSelection = .all, by caller: ChatCaller,
        outbox: @escaping @Sendable (_ marked: [MarkedMessage]) -> [OutboxDraft],
        started: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft] = { _ in [] }
    ) async throws -> [String] {
        _ = try await self.conversation(conversation, for: caller)
        let marked = try await store.markRead(
            conversation: conversation, in: dialect, reader: caller.id, selection: selection, at: timestamp,
            outbox: outbox, started: started)
        if !marked.isEmpty { wake() }
        return marked
    }

    /// Marks a voice message as listened to by the caller, who must be its receiver. `outbox` is delivered the first time, and
    /// `started` when that has started the timer after which the message is deleted.
    /// - Throws: ``ChatError`` when there is no such message for the caller, or it is not theirs to listen to; with
    ///   code `unavailable` when the store does not answer.
    public func markListened(
        _ id: String, by caller: ChatCaller, outbox: (_ message: ChatMessage) -> [OutboxDraft],
        started: @escaping @Sendable (_ message: ChatMessage) -> [OutboxDraft] = { _ in [] }
    ) async throws {
        let message = try await message(id, for: caller)
        guard message.receiver == caller.id else {
            throw ChatError(.notAllowed, rules.refusals.onlyReceiverListens)
        }
        guard message.type == .voice else { throw ChatError(.invalidRequest, rules.refusals.notVoice) }
        let isNew = try await store.markListened(
            id, in: dialect, listener: caller.id, at: now(), outbox: outbox(message), started: started)
        if isNew { wake() }
    }

    /// Notes that messages have reached `users`, except those who sent them and those whom they had reached before.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func markDelivered(_ messages: [String], to users: Set<String>, at date: Date) async throws {
        try await store.markDelivered(messages, in: dialect, to: users, at: date)
    }

    /// Notes that a message has reached one of `users`, unless it is noted that it has reached anyone. Its sender does not count.
    /// - Returns: whether the message has reached anyone, or is there no more.
    /// - Throws: ``ChatError`` with code `unavailable` when the store does not answer.
    public func markDelivered(_ message: String, toFirstOf users: Set<String>, at date: Date) async throws -> Bool {
        guard let stored = try await store.message(message, in: dialect, viewer: nil), stored.deletedAt == nil,
            stored.deliveries.isEmpty
        else { return true }
        guard let user = users.sorted().first(where: { $0 != stored.sender }) else { return false }
        try await markDelivered([message], to: [user], at: date)
        return true
    }

    /// The page that a caller requests, with the limit that the rules permit.
    /// - Throws: ``ChatError`` with code `invalidRequest` for a page or limit below 1, or `unavailable` when the
    ///   store does not answer.
    public func page(_ page: Int?, limit: Int?) throws(ChatError) -> (page: Int, limit: Int) {
        guard page ?? 1 >= 1, limit ?? 1 >= 1 else {
            throw ChatError(.invalidRequest, "`page` and `limit` count from 1")
        }
        return (page ?? 1, min(limit ?? rules.defaultPage, rules.maximumPage))
    }
}
