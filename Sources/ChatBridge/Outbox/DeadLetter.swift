public import Foundation

/// An event that could not be delivered for so long that it is not tried again unless an operator says so.
public struct DeadLetter: Sendable, Hashable {
    /// Its number: the sequence of the entry that it was.
    public var number: Int
    /// The dialect of the event.
    public var dialect: Dialect
    /// The event and its recipient.
    public var draft: OutboxDraft
    /// How many attempts to deliver it have failed.
    public var attempts: Int
    /// When the event was written, or an event for devices was replayed last.
    public var createdAt: Date
    /// When it was given up.
    public var failedAt: Date
    /// Why the last attempt failed, for operators.
    public var reason: String

    package init(
        number: Int, dialect: Dialect, draft: OutboxDraft, attempts: Int, createdAt: Date, failedAt: Date,
        reason: String
    ) {
        self.number = number
        self.dialect = dialect
        self.draft = draft
        self.attempts = attempts
        self.createdAt = createdAt
        self.failedAt = failedAt
        self.reason = reason
    }
}

/// When an entry of the outbox is given up.
public struct DeadLetterLimits: Sendable, Hashable {
    /// How old it is at least.
    public var age: Duration
    /// How many attempts have failed at least: a clock that was set does not end an entry by itself.
    public var attempts: Int

    /// Limits, by default a day and ten attempts.
    public init(age: Duration = .seconds(86_400), attempts: Int = 10) {
        self.age = age
        self.attempts = attempts
    }

    /// Whether an entry is given up whose attempt has failed just now.
    func isReached(by entry: OutboxEntry, at date: Date) -> Bool {
        entry.attempts + 1 >= attempts && Duration.seconds(date.timeIntervalSince(entry.createdAt)) >= age
    }
}

/// Events that could not be delivered, see ``OutboxStore/moveToDeadLetters(_:reason:at:)``. For errors see ``ChatStore``.
public protocol DeadLetterStore: Sendable {
    /// At most `limit` dead letters after the one of that number, in the order in which the entries were written.
    /// - Throws: ``StoreError/unavailable``.
    func deadLetters(after number: Int, limit: Int) async throws -> [DeadLetter]
    /// How many dead letters there are of each dialect that has some.
    /// - Throws: ``StoreError/unavailable``.
    func deadLetterCounts() async throws -> [Dialect: Int]
    /// Writes entries for dead letters again, in their order and after all others, and removes the dead letters. Returns how
    /// many there were. Events for devices count as written now: they are given up by their age alone.
    /// - Parameter numbers: which dead letters; `nil` for all. Those that do not exist are ignored.
    /// - Throws: ``StoreError/unavailable``.
    func replayDeadLetters(_ numbers: [Int]?) async throws -> Int
}
