public import Foundation

/// One dialect's chat: the verbs that every dialect has. Who may see or do what is decided here, for all dialects and
/// for routes, events and addresses alike; how it looks and what it is called is the dialect's own.
///
/// With media: ``ObjectReferences/reserve(objects:)`` before the objects are committed, then the verb; when it throws, or is
/// never reached, ``ObjectReferences/markForDeletion(objects:)``.
public struct Chat: Sendable {
    /// Whose it is: nothing of another dialect is ever found.
    public let dialect: Dialect
    /// Where it is kept.
    public let store: any ChatStore
    /// How things are named.
    public let ids: DialectIDs
    /// What bounds it, and how it answers those it refuses.
    public let rules: ChatRules
    /// The time.
    public let now: @Sendable () -> Date
    /// Makes the address of an object from its key.
    public let urls: @Sendable (_ objectKey: String) async throws -> String
    /// Called when there is something in the outbox, or an object was doomed: ``WakeSignal/wake()`` of both.
    public let wake: @Sendable () -> Void

    /// A dialect's chat over a store that it shares with others.
    public init(
        dialect: Dialect, store: any ChatStore, ids: DialectIDs, rules: ChatRules,
        now: @escaping @Sendable () -> Date = { Date() },
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String,
        wake: @escaping @Sendable () -> Void
    ) {
        self.dialect = dialect
        self.store = store
        self.ids = ids
        self.rules = rules
        self.now = now
        self.urls = urls
        self.wake = wake
    }

    /// The time to the millisecond, as it is kept and shown.
    public var timestamp: Date { Date(milliseconds: now().milliseconds) }
}
