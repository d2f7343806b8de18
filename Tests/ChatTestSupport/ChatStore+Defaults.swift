package import ChatBridge
package import Foundation

// Operations of a store with fewer arguments, for tests.

extension ChatDirectory {
    /// A page of all conversations that `user` is in and has not hidden, the one that changed last first.
    package func conversations(of user: String, in dialect: Dialect, page: Int, limit: Int) async throws -> (
        [ConversationSummary], total: Int
    ) {
        try await conversations(of: user, in: dialect, filter: ConversationFilter(), page: page, limit: limit)
    }

    /// Changes a conversation without notifying anyone.
    @discardableResult
    package func update(
        _ conversation: String, in dialect: Dialect, change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation? {
        try await update(conversation, in: dialect, outbox: { _ in [] }, change: change)
    }
}

extension MessageStore {
    /// Replaces a message's text; the previous one is not kept.
    package func edit(_ message: String, in dialect: Dialect, text: String, at date: Date, outbox: [OutboxDraft])
        async throws -> ChatMessage
    {
        try await edit(message, in: dialect, text: text, at: date, history: 0, outbox: outbox)
    }

    /// Replaces a message's text; the users whom it mentions stay.
    package func edit(
        _ message: String, in dialect: Dialect, text: String, at date: Date, history: Int, outbox: [OutboxDraft]
    ) async throws -> ChatMessage {
        try await edit(message, in: dialect, text: text, mentions: nil, at: date, history: history, outbox: outbox)
    }
}

extension MessageStore {
    /// Marks messages as read, without events for those whose timer is started by that.
    package func markRead(
        conversation: String, in dialect: Dialect, reader: String, selection: ReadSelection, at date: Date,
        outbox: @escaping @Sendable ([MarkedMessage]) -> [OutboxDraft]
    ) async throws -> [String] {
        try await markRead(
            conversation: conversation, in: dialect, reader: reader, selection: selection, at: date, outbox: outbox,
            started: { _ in [] })
    }

    /// Marks a message as listened to, without events for one whose timer is started by that.
    package func markListened(
        _ message: String, in dialect: Dialect, listener: String, at date: Date, outbox: [OutboxDraft]
    ) async throws -> Bool {
        try await markListened(
            message, in: dialect, listener: listener, at: date, outbox: outbox, started: { _ in [] })
    }
}

extension OutboxStore {
    /// The oldest entries that are due, whether or not they are queued for connections already.
    package func dueOutbox(limit: Int) async throws -> [OutboxEntry] {
        try await dueOutbox(of: nil, limit: limit, after: 0, except: [])
    }

    /// After how long the next entry that waits for a retry is due; `nil` when none waits.
    package func nextRetry() async throws -> Duration? { try await nextRetry(of: nil, except: [])?.delay }
}
