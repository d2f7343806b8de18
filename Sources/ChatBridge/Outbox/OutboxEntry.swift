public import Foundation
public import JSON

/// Something to tell a user, to be written in the transaction that makes it true.
public struct OutboxDraft: Sendable, Hashable {
    /// Who is told.
    public enum Audience: String, Sendable, Hashable {
        /// The user that the recipient names.
        case user
        /// The members of the conversation that the recipient names, as they are when it is told.
        case members
    }

    /// The id of a user, or of a conversation.
    public var recipient: String
    /// Which of the two.
    public var audience: Audience
    /// The dialect's event.
    public var event: String
    /// The message it is about, read anew when it is delivered: addresses are signed then.
    public var message: String?
    /// What else it says.
    public var payload: JSONValue
    /// The socket that needs not be told, having asked for it.
    public var exceptSocket: String?
    /// The conversation that a connection must have joined to be told; `nil` where it need not have joined any. Users who are
    /// connected and have not joined it are not there for this, and are there for everything else.
    public var joined: String?

    /// Something to tell `recipient`.
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
    /// Whom it is for. An id alone names nobody: each dialect has users and conversations of its own. Nor does a user who has
    /// not joined one conversation hold up what they can be told of another.
    struct Recipient: Hashable {
        var dialect: Dialect
        var audience: OutboxDraft.Audience
        var id: [UInt8]
        var joined: [UInt8]
    }

    /// Whom it is for.
    var recipient: Recipient {
        Recipient(
            dialect: dialect, audience: draft.audience, id: Array(draft.recipient.utf8),
            joined: Array((draft.joined ?? "").utf8))
    }
}

/// Something that waits to be told.
public struct OutboxEntry: Sendable, Hashable {
    /// The order of writing.
    public var sequence: Int
    /// Whose event it is.
    public var dialect: Dialect
    /// What to tell whom.
    public var draft: OutboxDraft
    /// How often it was tried in vain.
    public var attempts: Int
    /// When it was written.
    public var createdAt: Date
    /// Whether a process before this one wrote it.
    public var isInherited: Bool = false
    /// Which of the members it is still for; `nil`: all of them. The others have entries of their own.
    public var remaining: Set<String>?
}

/// What waits for a retry.
public struct OutboxRetry: Sendable, Hashable {
    /// After how long the next of it is due.
    public var delay: Duration
    /// The first of it, in the order of writing.
    public var lowest: Int
}

/// What waits to be told.
public protocol OutboxStore: Sendable {
    /// The oldest entries of `dialects` (`nil`: all) that are due, in order; none of a recipient (of that dialect and audience, and with the same
    /// conversation to have joined) whose earlier entry waits for a retry.
    /// - Parameters:
    ///   - floor: entries up to this sequence are passed over.
    ///   - queued: so are these, which are queued for connections already.
    func dueOutbox(
        of dialects: Set<Dialect>?, limit: Int, after floor: Int, except queued: Set<Int>
    ) async throws -> [OutboxEntry]
    /// What waits for a retry in `dialects`; `nil` when nothing does, but for what is in `queued`.
    func nextRetry(of dialects: Set<Dialect>?, except queued: Set<Int>) async throws -> OutboxRetry?
    /// How many entries there are of each dialect, due or not.
    func outboxCounts() async throws -> [Dialect: Int]
    /// Takes out what was delivered.
    func delivered(_ sequences: [Int]) async throws
    /// Writes an entry for the members of a conversation anew, for each of `users` alone. From then on it is itself for
    /// `remaining` only: however often it is tried again, in this process or the next, nobody gets another.
    func fanOut(_ entry: OutboxEntry, to users: Set<String>, remaining: Set<String>) async throws
    /// Notes a failed attempt; the entry, and the recipient's later ones, wait for `delay` by this process's uptime.
    func postpone(_ sequence: Int, for delay: Duration) async throws
}

extension OutboxStore {
    /// The oldest entries that are due, whether or not they are queued for connections already.
    public func dueOutbox(limit: Int) async throws -> [OutboxEntry] {
        try await dueOutbox(of: nil, limit: limit, after: 0, except: [])
    }

    /// After how long the next entry that waits for a retry is due; `nil` when none waits.
    public func nextRetry() async throws -> Duration? { try await nextRetry(of: nil, except: [])?.delay }
}

/// Somebody who tells: the sockets of this node, later other nodes and webhooks.
public protocol Notifier: Sendable {
    /// Queues `entry` for whoever it is for, without waiting for slow ones; throws when it should be tried later.
    /// - Parameter receipt: held by what was queued for as long as it could still be lost with the process.
    func deliver(_ entry: OutboxEntry, receipt: OutboxReceipt) async throws
}
