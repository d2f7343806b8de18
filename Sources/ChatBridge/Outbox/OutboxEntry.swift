public import Foundation

/// An event that waits to be delivered.
public struct OutboxEntry: Sendable, Hashable {
    /// The order of writing.
    public var sequence: Int
    /// The dialect of the event.
    public var dialect: Dialect
    /// The event and its recipient.
    public var draft: OutboxDraft
    /// How many attempts to deliver it have failed.
    public var attempts: Int
    /// When it was written, or an event for devices was replayed last.
    public var createdAt: Date
    /// Whether a process before this one wrote it.
    public var isInherited: Bool = false
    /// The members who still receive it; `nil`: all of them. The others have entries of their own.
    public var remaining: Set<String>?

    package init(
        sequence: Int, dialect: Dialect, draft: OutboxDraft, attempts: Int, createdAt: Date, isInherited: Bool = false,
        remaining: Set<String>? = nil
    ) {
        self.sequence = sequence
        self.dialect = dialect
        self.draft = draft
        self.attempts = attempts
        self.createdAt = createdAt
        self.isInherited = isInherited
        self.remaining = remaining
    }
}

extension OutboxEntry {
    /// Who receives an entry. An ID alone is not unique: each dialect has users and conversations of its own. Entries for
    /// different joined conversations count as different recipients, so that one which cannot be delivered delays no other.
    package struct Recipient: Hashable, Sendable {
        package var dialect: Dialect
        var audience: OutboxDraft.Audience
        var id: [UInt8]
        var joined: [UInt8]
    }

    /// Who receives the entry.
    package var recipient: Recipient {
        Recipient(
            dialect: dialect, audience: draft.audience, id: Array(draft.recipient.utf8),
            joined: Array((draft.joined ?? "").utf8))
    }
}

/// The entries that wait for a retry.
public struct OutboxRetry: Sendable, Hashable {
    /// After how long the next of them is due.
    public var delay: Duration
    /// The first of them, in the order of writing.
    public var lowest: Int

    package init(delay: Duration, lowest: Int) {
        self.delay = delay
        self.lowest = lowest
    }
}

/// The entries of a dialect, due or not.
public struct OutboxBacklog: Sendable, Hashable {
    /// How many there are.
    public var count: Int
    /// When the oldest was written.
    public var oldest: Date

    package init(count: Int, oldest: Date) {
        self.count = count
        self.oldest = oldest
    }
}
