public import ChatBridge
public import Foundation

extension MongoDBChatStore {
    /// See ``MessageStore``.
    public func save(_ drafts: [MessageDraft]) async throws -> [SavedMessage] {
        let (step, dialect) = (IdempotentStep.next("messages"), drafts.first?.message.dialect)
        return try await transact(in: dialect) { transaction in
            try transaction.once(step) { ids in
                try ids.map { try transaction.savedMessage($0, in: dialect) }
            } make: {
                let saved = try drafts.map(transaction.save)
                return (saved, saved.map(\.message.id), saved.flatMap(\.things))
            }
        }
    }

    /// See ``MessageStore``.
    public func message(_ id: String, in dialect: Dialect, viewer: String?) async throws -> ChatMessage? {
        try await read(in: dialect) { try $0.message(id, in: dialect, viewer: viewer) }
    }

    /// See ``MessageStore``.
    public func messages(_ ids: Set<String>, in dialect: Dialect, viewer: String?) async throws -> [ChatMessage] {
        guard !ids.isEmpty else { return [] }
        return try await read(in: dialect) { try $0.messages(ids, in: dialect, viewer: viewer) }
    }

    /// See ``MessageStore``.
    public func messages(of conversation: String, in dialect: Dialect, viewer: String, page: MessagePage) async throws
        -> MessageList
    {
        try await read(in: dialect) { try $0.messages(of: conversation, in: dialect, viewer: viewer, page: page) }
    }

    /// See ``MessageSearchStore``.
    public func search(_ search: MessageSearch, in dialect: Dialect, viewer: String) async throws -> MessageList {
        try await read(in: dialect) { try $0.search(search, in: dialect, viewer: viewer) }
    }

    /// See ``MessageStore``.
    public func messageCount(of conversation: String, in dialect: Dialect, viewer: String) async throws -> Int {
        try await messages(of: conversation, in: dialect, viewer: viewer, page: MessagePage(limit: 0)).total
    }

    /// See ``MessageStore``.
    public func markRead(
        conversation: String, in dialect: Dialect, reader: String, selection: ReadSelection, at date: Date,
        outbox: @escaping @Sendable ([MarkedMessage]) -> [OutboxDraft],
        started: @escaping @Sendable (ChatMessage) -> [OutboxDraft]
    ) async throws -> [String] {
        try await transact(in: dialect) {
            try $0.markRead(
                conversation: conversation, in: dialect, reader: reader, selection: selection, at: date, outbox: outbox,
                started: started)
        }
    }

    /// See ``MessageStore``.
    public func edit(
        _ message: String, in dialect: Dialect, text: String, mentions: [Mention]?, at date: Date, history: Int,
        outbox: [OutboxDraft]
    ) async throws -> ChatMessage {
        try await transact(in: dialect) {
            try $0.edit(
                message, in: dialect, text: text, mentions: mentions, at: date, history: history, outbox: outbox)
        }
    }

    /// See ``MessageStore``.
    public func react(
        to message: String, in dialect: Dialect, _ reaction: Reaction, inPlace: Bool, outbox: [OutboxDraft]
    ) async throws -> Bool {
        try await transact(in: dialect) {
            try $0.react(to: message, in: dialect, reaction, inPlace: inPlace, outbox: outbox)
        }
    }

    /// See ``MessageStore``.
    public func unreact(
        to message: String, in dialect: Dialect, user: String, emoji: String?, outbox: [OutboxDraft]
    ) async throws -> [Reaction] {
        try await transact(in: dialect) {
            try $0.unreact(to: message, in: dialect, user: user, emoji: emoji, outbox: outbox)
        }
    }

    /// See ``MessageStore``.
    public func markDelivered(
        _ messages: [String], in dialect: Dialect, to users: Set<String>, at date: Date
    ) async throws {
        try await transact(in: dialect) { try $0.markDelivered(messages, in: dialect, to: users, at: date) }
    }

    /// See ``MessageStore``.
    public func markListened(
        _ message: String, in dialect: Dialect, listener: String, at date: Date, outbox: [OutboxDraft],
        started: @escaping @Sendable (ChatMessage) -> [OutboxDraft]
    ) async throws -> Bool {
        try await transact(in: dialect) {
            try $0.markListened(
                message, in: dialect, listener: listener, at: date, outbox: outbox, started: started)
        }
    }

    /// See ``MessageStore``.
    public func deleteForAll(_ message: String, in dialect: Dialect, at date: Date, outbox: [OutboxDraft]) async throws
        -> [String]?
    {
        try await transact(in: dialect) { try $0.deleteForAll(message, in: dialect, at: date, outbox: outbox) }
    }

    /// See ``MessageStore``.
    public func hide(_ message: String, in dialect: Dialect, from user: String, outbox: [OutboxDraft]) async throws {
        try await transact(in: dialect) { try $0.hide(message, in: dialect, from: user, outbox: outbox) }
    }

    /// See ``MessageStore``.
    public func hideAll(in conversation: String, of dialect: Dialect, from user: String) async throws {
        try await transact(in: dialect) { try $0.hideAll(in: conversation, of: dialect, from: user) }
    }

    /// See ``MessageStore``.
    public func usage(of caller: ChatCaller, in dialect: Dialect, allowance: DailyAllowance, at date: Date) async throws
        -> ChatError.Limit
    {
        try await read { try $0.usage(of: caller, in: dialect, allowance: allowance, at: date) }
    }
}
