public import Foundation

/// What the chats of all dialects share. A dialect is given this and no store: what it may read or change it asks of its
/// ``Chat``, which checks access.
public struct ChatCore: Sendable {
    let store: any ChatStore
    let ids: ObjectIDGenerator
    let now: @Sendable () -> Date
    let wake: @Sendable () -> Void
    let searches = SearchTurns()

    /// The shared parts of all chats.
    /// - Parameters:
    ///   - store: where chat is stored.
    ///   - ids: generates the IDs of messages, conversations and files.
    ///   - now: the wall clock.
    ///   - wake: called when the outbox has an entry to deliver, or an object was marked for deletion.
    public init(
        store: any ChatStore, ids: ObjectIDGenerator, now: @escaping @Sendable () -> Date = { Date() },
        wake: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.ids = ids
        self.now = now
        self.wake = wake
    }
}
