public import Foundation

/// Users, conversations and their members, as the chat server or a dialect's users provision them. For errors see
/// ``ChatStore``.
public protocol ChatDirectory: Sendable {
    /// Writes a user's record; `false` when it was the same already.
    /// - Throws: ``StoreError/unavailable``.
    @discardableResult
    func upsert(_ user: ChatUser) async throws -> Bool
    /// The record of a user; `nil` when none was written.
    /// - Throws: ``StoreError/unavailable``.
    func user(_ id: String) async throws -> ChatUser?
    /// When the first record of a user was written, whatever was written later; `nil` when none was.
    /// - Throws: ``StoreError/unavailable``.
    func knownSince(_ id: String) async throws -> Date?
    /// The records of `ids`, by ID, of those users that have one.
    /// - Throws: ``StoreError/unavailable``.
    func users(_ ids: Set<String>) async throws -> [String: ChatUser]
    /// Deletes a user's record and removes them from every conversation, where another member becomes admin if they were the last
    /// one, see ``Conversation/remove(_:restoresRole:)``; their messages stay. The answers that are kept of their requests are erased. `false` when there was no record and no membership.
    /// - Parameter dialects: whose conversations, other than direct ones, are deleted when they lose their last member by this.
    /// - Throws: ``StoreError/unavailable``.
    @discardableResult
    func deleteUser(_ id: String, deletingEmptyGroupsOf dialects: Set<Dialect>) async throws -> Bool

    /// Writes a conversation and its members; `false` when it was the same already. If the pair has another direct
    /// conversation, that one receives this ID and keeps its messages.
    /// - Throws: ``StoreError/unavailable``.
    @discardableResult
    func upsert(_ conversation: Conversation) async throws -> Bool
    /// Writes a new conversation of users, as ``upsert(_:)-(Conversation)`` does.
    /// - Returns: the conversation, or the one that an earlier attempt at the same ``IdempotentRequest`` has written, as it is now.
    /// - Throws: ``StoreError/conversationNotFound`` where that was deleted; ``StoreError/unavailable``.
    func create(_ conversation: Conversation) async throws -> Conversation
    /// Writes a conversation and its members as the chat server provisions it, in one transaction. Returns what it is now, and
    /// whether there was none of this ID before. If the pair has another direct conversation, that one receives this ID and keeps
    /// its messages.
    /// - Parameter keepsSettings: whether the settings of one that exists stay as they are.
    /// - Throws: ``StoreError/unavailable``.
    func provision(_ conversation: Conversation, keepsSettings: Bool) async throws -> (Conversation, isNew: Bool)
    /// Changes an existing conversation by `change` in one transaction. Returns what it is now; `nil` when there is none.
    /// - Parameters:
    ///   - deletesEmpty: whether it is deleted, with its messages, when the change leaves no members.
    ///   - outbox: what to deliver; called only when something changed.
    ///   - change: the change; when it throws, nothing is changed.
    /// - Throws: ``StoreError/unavailable``; what `change` throws.
    @discardableResult
    func update(
        _ conversation: String, in dialect: Dialect, deletesEmpty: Bool,
        outbox: @escaping @Sendable (Conversation) -> [OutboxDraft],
        change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation?
    /// The direct conversation of the pair of `conversation`, created by writing that if there is none, and whether it was
    /// created.
    /// - Throws: ``StoreError/unavailable``.
    func directConversation(_ conversation: Conversation) async throws -> (Conversation, isNew: Bool)
    /// A page of the conversations that `user` is in and that `filter` selects, and how many there are on all pages.
    /// - Throws: ``StoreError/unavailable``.
    func conversations(
        of user: String, in dialect: Dialect, filter: ConversationFilter, page: Int, limit: Int
    ) async throws -> ([ConversationSummary], total: Int)
    /// A conversation as `user` sees it in their list; `nil` when they are not a member.
    /// - Throws: ``StoreError/unavailable``.
    func summary(of conversation: String, in dialect: Dialect, for user: String) async throws -> ConversationSummary?
    /// A conversation by its ID.
    /// - Throws: ``StoreError/unavailable``.
    func conversation(_ id: String, in dialect: Dialect) async throws -> Conversation?
    /// The conversations of `ids`, of those that there are.
    /// - Throws: ``StoreError/unavailable``.
    func conversations(_ ids: Set<String>, in dialect: Dialect) async throws -> [Conversation]
    /// The direct conversation of a pair.
    /// - Throws: ``StoreError/unavailable``.
    func directConversation(of a: String, and b: String, in dialect: Dialect) async throws -> Conversation?
    /// The members of a conversation; empty when there is no such conversation.
    /// - Throws: ``StoreError/unavailable``.
    func members(of conversation: String, in dialect: Dialect) async throws -> Set<String>
    /// Whether a user is a member of a conversation; `false` when there is no such conversation.
    /// - Throws: ``StoreError/unavailable``.
    func isMember(_ user: String, of conversation: String, in dialect: Dialect) async throws -> Bool
    /// The users with whom `user` shares a conversation: at most `limit`, those of the latest conversations first.
    /// - Throws: ``StoreError/unavailable``.
    func contacts(of user: String, in dialect: Dialect, limit: Int) async throws -> Set<String>
    /// The memberships of all members of a conversation, by user.
    /// - Throws: ``StoreError/unavailable``.
    func memberships(of conversation: String, in dialect: Dialect) async throws -> [String: Membership]
    /// Changes a member's own settings: whether the conversation is hidden, archived, muted. Returns what it is now;
    /// `nil` when `user` is not a member.
    /// - Throws: ``StoreError/unavailable``.
    @discardableResult
    func updateMembership(
        of user: String, conversation: String, in dialect: Dialect,
        change: @escaping @Sendable (inout Membership) -> Void
    ) async throws -> Membership?
    /// Deletes a conversation with its messages; objects that nothing references any more are marked for deletion. `false`
    /// when there was none.
    /// - Throws: ``StoreError/unavailable``.
    @discardableResult
    func deleteConversation(_ id: String, in dialect: Dialect) async throws -> Bool
    /// What was sent in a conversation, in numbers.
    /// - Parameter date: from when on a sender counts as active.
    /// - Throws: ``StoreError/unavailable``.
    func statistics(of conversation: String, in dialect: Dialect, activeSince date: Date) async throws
        -> ConversationStatistics
}

extension ChatDirectory {
    /// Deletes a user; conversations that lose their last member by this stay.
    /// - Throws: ``StoreError/unavailable``.
    @discardableResult
    public func deleteUser(_ id: String) async throws -> Bool { try await deleteUser(id, deletingEmptyGroupsOf: []) }

    /// Changes an existing conversation, which stays where the change leaves no members.
    /// - Throws: ``StoreError/unavailable``; what `change` throws.
    @discardableResult
    public func update(
        _ conversation: String, in dialect: Dialect, outbox: @escaping @Sendable (Conversation) -> [OutboxDraft],
        change: @escaping @Sendable (inout Conversation) throws -> Void
    ) async throws -> Conversation? {
        try await update(conversation, in: dialect, deletesEmpty: false, outbox: outbox, change: change)
    }
}

/// When users were last seen.
public protocol LastSeenStore: Sendable {
    /// Records that `user` was seen at `date`.
    /// - Throws: ``StoreError/unavailable``.
    func recordLastSeen(_ user: String, in dialect: Dialect, at date: Date) async throws
    /// When each of `users` was last seen, of those for whom it was recorded.
    /// - Throws: ``StoreError/unavailable``.
    func lastSeen(of users: Set<String>, in dialect: Dialect) async throws -> [String: Date]
}
