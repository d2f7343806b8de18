public import Foundation

/// Changes of what a message has beside its text, and lists of messages of several conversations. For errors see ``ChatStore``.
public protocol MessageChangeStore: Sendable {
    /// Changes a message's details in one transaction, so that none of several changes at once is lost. Returns the message as it
    /// is now. Only ``ChatMessage/details`` and ``ChatMessage/updatedAt`` can be changed.
    /// - Parameters:
    ///   - user: who changes it, who must be able to see it; `nil` for the service itself.
    ///   - outbox: what to deliver; called only when something changed.
    ///   - change: the change, which may be called several times; when it throws, nothing is changed.
    /// - Throws: ``StoreError/messageNotFound``, also for one that was deleted; ``StoreError/notMember``, see
    ///   ``MessageStore/react(to:in:_:inPlace:outbox:)``; ``StoreError/unavailable``; what `change` throws.
    @discardableResult
    func updateMessage(
        _ message: String, in dialect: Dialect, by user: String?,
        outbox: @escaping @Sendable (ChatMessage) -> [OutboxDraft],
        change: @escaping @Sendable (inout ChatMessage) throws -> Void
    ) async throws -> ChatMessage
    /// A page of the messages that `selection` selects in the conversations that `viewer` is a member of, without those that they
    /// have deleted for themselves.
    /// - Throws: ``StoreError/unknownBound(isLower:)`` when the page begins or ends at a message that is not in a conversation of
    ///   the viewer; ``StoreError/unavailable``.
    func messages(
        _ selection: MessageSelection, in dialect: Dialect, viewer: String, page: MessageListPage
    ) async throws -> MessageList
    /// Messages whose poll is active although its time has ended at `date`, see ``ChatMessage/poll``: at most `limit`, the one that
    /// ended first comes first.
    /// - Throws: ``StoreError/unavailable``.
    func endedPolls(in dialect: Dialect, at date: Date, limit: Int) async throws -> [ChatMessage]
    /// When the next active poll ends by itself; `nil` where none does.
    /// - Throws: ``StoreError/unavailable``.
    func nextPollEnd(in dialect: Dialect) async throws -> Date?
}

/// Which messages of a user's conversations a list has.
public enum MessageSelection: Sendable, Hashable {
    /// All messages, also those that were deleted for everyone.
    case all
    /// The replies to a message that were not deleted.
    case replies(to: String)
    /// The messages that mention the viewer and were not deleted.
    case mentions
    /// The messages that the viewer has bookmarked and that were not deleted.
    case bookmarks
}

/// A page of a list of messages, in the order in which they were sent.
public struct MessageListPage: Sendable, Hashable {
    /// The number of the page; 1 has the newest messages.
    public var page: Int
    /// The most messages on a page.
    public var limit: Int
    /// The ID of a message: only older ones.
    public var before: String?
    /// The ID of a message: only newer ones; page 1 has the oldest of them then.
    public var after: String?

    /// A page.
    public init(page: Int = 1, limit: Int, before: String? = nil, after: String? = nil) {
        self.page = page
        self.limit = limit
        self.before = before
        self.after = after
    }

    /// How many messages are on the pages before.
    package var offset: Int {
        let (skipped, overflow) = (max(page, 1) - 1).multipliedReportingOverflow(by: max(limit, 0))
        return overflow ? Int.max : skipped
    }
}
