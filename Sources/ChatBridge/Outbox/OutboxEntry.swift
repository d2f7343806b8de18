public import Concurrency
public import Foundation
public import JSON

/// An event to deliver, to be written in the transaction that makes it true.
public struct OutboxDraft: Sendable, Hashable {
    /// Who receives the event.
    public enum Audience: String, Sendable, Hashable {
        /// The user that the recipient names.
        case user
        /// The members of the conversation that the recipient names, as they are when it is delivered.
        case members
    }

    /// The id of a user, or of a conversation.
    public var recipient: String
    /// Which of the two.
    public var audience: Audience
    /// The dialect's event.
    public var event: String
    /// The message that the event is about; it is read again when the event is delivered, and URLs are signed then.
    public var message: String?
    /// The rest of the event.
    public var payload: JSONValue
    /// The socket that does not receive the event because it caused it.
    public var exceptSocket: String?
    /// The conversation that a connection must have joined to receive the event; `nil` where it need not have joined any. A
    /// connected user who has not joined it is absent for this event, and present for every other one.
    public var joined: String?

    /// An event for `recipient`.
    public init(
        recipient: String, audience: Audience = .user, event: String, message: String? = nil,
        payload: JSONValue = .object([:]), exceptSocket: String? = nil, joined: String? = nil
    ) {
        self.recipient = recipient
        self.audience = audience
        self.event = event
        self.message = message
        self.payload = payload
        self.exceptSocket = exceptSocket
        self.joined = joined
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
    /// When it was written.
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

/// Events that wait to be delivered. For errors see ``ChatStore``.
public protocol OutboxStore: Sendable {
    /// The oldest entries of `dialects` (`nil`: all) that are due, in order; none of a recipient (of that dialect, audience and
    /// joined conversation) whose earlier entry waits for a retry.
    /// - Parameters:
    ///   - lowerBound: entries up to this sequence are skipped.
    ///   - queued: so are these, which are queued for connections already.
    /// - Throws: ``StoreError/unavailable``.
    func dueOutbox(
        of dialects: Set<Dialect>?, limit: Int, after lowerBound: Int, except queued: Set<Int>
    ) async throws -> [OutboxEntry]
    /// The entries of `dialects` that wait for a retry, without those in `queued`; `nil` when there are none.
    /// - Throws: ``StoreError/unavailable``.
    func nextRetry(of dialects: Set<Dialect>?, except queued: Set<Int>) async throws -> OutboxRetry?
    /// The entries of each dialect that has some, due or not.
    /// - Throws: ``StoreError/unavailable``.
    func outboxBacklog() async throws -> [Dialect: OutboxBacklog]
    /// Removes entries that were delivered.
    /// - Throws: ``StoreError/unavailable``.
    func delivered(_ sequences: [Int]) async throws
    /// Replaces an entry for the members of a conversation by one for each of `users`; the entry itself is for `remaining` from
    /// then on. However often it is tried again, in this process or the next, no user receives the event twice for that.
    /// - Throws: ``StoreError/unavailable``.
    func fanOut(_ entry: OutboxEntry, to users: Set<String>, remaining: Set<String>) async throws
    /// Records a failed attempt; the entry, and the recipient's later ones, wait for `delay` of this process's uptime.
    /// - Throws: ``StoreError/unavailable``.
    func postpone(_ sequence: Int, for delay: Duration) async throws
}

/// Delivers events, e.g. to the sockets of this node.
public protocol Notifier: Sendable {
    /// Queues `entry` for its recipients without waiting for slow ones.
    /// - Parameter receipt: held by what was queued for as long as it could still be lost with the process.
    /// - Throws: any error when the entry should be tried later; ``RecipientAbsent`` when its recipient is expected to connect.
    func deliver(_ entry: OutboxEntry, receipt: WriteReceipt) async throws
}
