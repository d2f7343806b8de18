public import Foundation

/// The search for messages by their words. For errors see ``ChatStore``.
public protocol MessageSearchStore: Sendable {
    /// A page of the messages that `search` selects in conversations that `viewer` is a member of, the newest first, without those
    /// that were deleted for everyone or by `viewer` for themselves.
    ///
    /// An index answers it: what it costs depends on how many messages have the words, not on how many there are.
    /// It delays no other operation of the store. Where the task is cancelled, it ends.
    /// - Throws: ``StoreError/searchTooLong``; ``StoreError/unavailable``; `CancellationError`.
    func search(_ search: MessageSearch, in dialect: Dialect, viewer: String) async throws -> MessageList
}

/// Which messages a search selects. All conditions must hold.
public struct MessageSearch: Sendable, Hashable {
    /// Each of its words must be in the text of a message, in any order and regardless of case and marks: the beginning of a word, or
    /// any part of a text in a script that does not separate words. Without words, texts do not count.
    public var text: String
    /// The conversation; `nil` for all conversations of the viewer.
    public var conversation: String?
    /// The senders; `nil` for all.
    public var senders: Set<String>?
    /// The types of messages; `nil` for all.
    public var types: Set<MessageType>?
    /// Only messages that were sent at this date or later.
    public var since: Date?
    /// Only messages that were sent before this date.
    public var until: Date?
    /// The number of the page, from 1.
    public var page: Int
    /// The most messages on a page.
    public var limit: Int

    /// A search for words; further conditions are set afterwards.
    public init(_ text: String, in conversation: String? = nil, page: Int = 1, limit: Int) {
        self.text = text
        self.conversation = conversation
        self.page = page
        self.limit = limit
    }

    /// How many messages are on the pages before.
    package var offset: Int {
        let (skipped, overflow) = (max(page, 1) - 1).multipliedReportingOverflow(by: max(limit, 0))
        return overflow ? Int.max : skipped
    }
}
