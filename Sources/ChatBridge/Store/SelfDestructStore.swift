public import Foundation

/// Messages that are deleted by themselves, see ``SelfDestruct``. For errors see ``ChatStore``.
public protocol SelfDestructStore: Sendable {
    /// At most `limit` messages that are due at `date` and were not deleted, the one that was due first comes first.
    /// - Throws: ``StoreError/unavailable``.
    func dueMessages(in dialects: Set<Dialect>, at date: Date, limit: Int) async throws -> [ChatMessage]
    /// When the next message is due; `nil` where none is known to be.
    /// - Throws: ``StoreError/unavailable``.
    func nextDueMessage(in dialects: Set<Dialect>) async throws -> Date?
}
