public import ChatBridge
import ChatDocuments
public import Foundation

extension MongoDBChatStore {
    /// See ``ChatDirectory``.
    @discardableResult
    public func upsert(_ conversation: Conversation) async throws -> Bool {
        try await transact(in: conversation.dialect) { try $0.upsert(conversation) }
    }

    /// See ``ChatDirectory``.
    public func create(_ conversation: Conversation) async throws -> Conversation {
        let step = IdempotentStep.next("conversation")
        return try await transact(in: conversation.dialect) { transaction in
            try transaction.once(step) { ids in
                guard let id = ids.first,
                    let known = try transaction.conversationRow(id, in: conversation.dialect)?.conversation
                else { throw ChatError(.conversationNotFound) }
                return known
            } make: {
                _ = try transaction.upsert(conversation)
                return (conversation, [conversation.id], [.conversation(conversation.id, conversation.dialect)])
            }
        }
    }

    /// See ``ChatDirectory``.
    public func provision(_ conversation: Conversation, keepsSettings: Bool) async throws -> (
        Conversation, isNew: Bool
    ) {
        try await transact(in: conversation.dialect) { try $0.provision(conversation, keepsSettings: keepsSettings) }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func update(
        _ conversation: String, in dialect: Dialect, deletesEmpty: Bool,
        outbox: @escaping @Sendable (Conversation) -> [OutboxDraft],
        change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation? {
        let step = IdempotentStep.next("change")
        return try await transact(in: dialect) { transaction in
            try transaction.once(step) { _ in
                try transaction.conversationRow(conversation, in: dialect)?.conversation
            } make: {
                let updated = try transaction.update(
                    conversation, in: dialect, deletesEmpty: deletesEmpty, outbox: outbox, change: change)
                return (updated, [conversation], [.conversation(conversation, dialect)])
            }
        }
    }

    /// See ``ChatDirectory``.
    public func directConversation(_ conversation: Conversation) async throws -> (Conversation, isNew: Bool) {
        try await transact(in: conversation.dialect) { try $0.directConversation(conversation) }
    }

    /// See ``ChatDirectory``.
    public func conversations(_ ids: Set<String>, in dialect: Dialect) async throws -> [Conversation] {
        guard !ids.isEmpty else { return [] }
        return try await read(in: dialect) {
            try $0.conversationRows(BSONValue.forms(of: ids.sorted()), in: dialect).map(\.conversation)
        }
    }

    /// See ``ChatDirectory``.
    public func conversation(_ id: String, in dialect: Dialect) async throws -> Conversation? {
        try await read(in: dialect) { try $0.conversationRow(id, in: dialect)?.conversation }
    }

    /// See ``ChatDirectory``.
    public func directConversation(of a: String, and b: String, in dialect: Dialect) async throws -> Conversation? {
        try await read(in: dialect) { try $0.directRow(Conversation.pair(of: a, and: b), in: dialect)?.conversation }
    }

    /// See ``ChatDirectory``.
    public func members(of conversation: String, in dialect: Dialect) async throws -> Set<String> {
        try await read(in: dialect) { try $0.conversationRow(conversation, in: dialect)?.conversation.members ?? [] }
    }

    /// See ``ChatDirectory``.
    public func isMember(_ user: String, of conversation: String, in dialect: Dialect) async throws -> Bool {
        try await members(of: conversation, in: dialect).contains(user)
    }

    /// See ``ChatDirectory``.
    public func conversations(
        of user: String, in dialect: Dialect, filter: ConversationFilter, page: Int, limit: Int
    ) async throws -> ([ConversationSummary], total: Int) {
        try await read(in: dialect) {
            try $0.conversations(of: user, in: dialect, filter: filter, page: page, limit: limit)
        }
    }

    /// See ``ChatDirectory``.
    public func summary(of conversation: String, in dialect: Dialect, for user: String) async throws
        -> ConversationSummary?
    {
        try await read(in: dialect) { try $0.summary(of: conversation, in: dialect, for: user) }
    }

    /// See ``ChatDirectory``.
    public func memberships(of conversation: String, in dialect: Dialect) async throws -> [String: Membership] {
        try await read(in: dialect) { try $0.memberships(of: conversation, in: dialect) }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func updateMembership(
        of user: String, conversation: String, in dialect: Dialect,
        change: @escaping @Sendable (inout Membership) -> Void
    ) async throws -> Membership? {
        try await transact(in: dialect) {
            try $0.updateMembership(of: user, conversation: conversation, in: dialect, change: change)
        }
    }

    /// See ``ChatDirectory``.
    @discardableResult
    public func deleteConversation(_ id: String, in dialect: Dialect) async throws -> Bool {
        try await transact(in: dialect) { try $0.deleteConversation(id, in: dialect) }
    }

    /// See ``ChatDirectory``.
    public func statistics(of conversation: String, in dialect: Dialect, activeSince date: Date) async throws
        -> ConversationStatistics
    {
        try await read(in: dialect) { try $0.statistics(of: conversation, in: dialect, activeSince: date) }
    }
}
