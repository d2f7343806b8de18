public import Foundation

/// Something to tell a user, to be written in the transaction that makes it true.
public struct OutboxDraft: Sendable, Hashable {
    /// The user.
    public var recipient: String
    /// The dialect's event.
    public var event: String
    /// The message it is about, read anew when it is delivered: addresses are signed then.
    public var message: String?
    /// What else it says.
    public var payload: JSONValue
    /// The socket that needs not be told, having asked for it.
    public var exceptSocket: String?

    /// Something to tell `recipient`.
    public init(
        recipient: String, event: String, message: String? = nil, payload: JSONValue = .object([:]),
        exceptSocket: String? = nil
    ) {
        self.recipient = recipient
        self.event = event
        self.message = message
        self.payload = payload
        self.exceptSocket = exceptSocket
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
}

/// What waits to be told.
public protocol OutboxStore: Sendable {
    /// The oldest entries that are due, in order; none of a recipient whose earlier entry waits for a retry.
    func dueOutbox(at date: Date, limit: Int) async throws -> [OutboxEntry]
    /// When the next entry that waits for a retry is due; `nil` when none waits.
    func nextRetry() async throws -> Date?
    /// Takes out what was told.
    func delivered(_ sequences: [Int]) async throws
    /// Notes a failed attempt; the entry, and the recipient's later ones, wait until `date`.
    func postpone(_ sequence: Int, until date: Date) async throws
}

/// Somebody who tells: the sockets of this node, later other nodes and webhooks.
public protocol Notifier: Sendable {
    /// Tells `entry`. Returns when it needs not be told again; throws when it should be tried later.
    func deliver(_ entry: OutboxEntry) async throws
}
