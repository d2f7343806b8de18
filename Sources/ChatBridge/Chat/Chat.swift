public import Foundation

/// The chat of one dialect: the operations that every dialect has. It decides who may see or do what, for HTTP routes, socket
/// events and URLs alike, and is the only way to the store; how results look and what they are called is the dialect's own.
///
/// With media: ``ObjectReferences/reserve(objects:)`` before the objects are committed, then the operation; when it throws, or
/// is never reached, ``ObjectReferences/markForDeletion(objects:)``.
public struct Chat: Sendable {
    /// The dialect; nothing of another dialect is ever found.
    public let dialect: Dialect
    /// Generates the dialect's IDs.
    public let ids: DialectIDs
    /// The dialect's limits, and the texts of its refusals.
    public let rules: ChatRules
    /// The wall clock.
    public let now: @Sendable () -> Date
    /// Makes the URL of an object from its key.
    public let urls: @Sendable (_ objectKey: String) async throws -> String
    let store: any ChatStore
    let wake: @Sendable () -> Void
    let searches: SearchTurns

    /// The chat of a dialect.
    /// - Parameters:
    ///   - core: what it shares with the chats of other dialects.
    ///   - ids: the prefixes of its IDs.
    ///   - urls: makes the URL of an object from its key.
    public init(
        dialect: Dialect, core: ChatCore, ids: DialectIDs.Prefixes = DialectIDs.Prefixes(), rules: ChatRules,
        urls: @escaping @Sendable (_ objectKey: String) async throws -> String
    ) {
        self.dialect = dialect
        self.ids = DialectIDs(generator: core.ids, prefixes: ids)
        self.rules = rules
        self.urls = urls
        store = core.store
        now = core.now
        wake = core.wake
        searches = core.searches
    }

    /// The time to the millisecond, as it is stored and shown.
    public var timestamp: Date { Date(milliseconds: now().milliseconds) }
}
