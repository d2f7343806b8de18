public import ChatBridge
import Foundation

extension MongoDBChatStore {
    /// See ``OutboxStore``.
    public func dueOutbox(
        of dialects: Set<Dialect>?, limit: Int, after lowerBound: Int, except queued: Set<Int>
    ) async throws -> [OutboxEntry] {
        let clock = clock
        return try await read { transaction in
            while true {
                let (entries, isComplete) = try transaction.dueOutbox(
                    of: dialects, limit: limit, after: lowerBound, except: queued,
                    horizon: try clock.horizon(transaction.session))
                // A transaction that was given an earlier place is about to end.
                guard entries.isEmpty, !isComplete, transaction.session.remainingMilliseconds > 100 else {
                    return entries
                }
                Thread.sleep(forTimeInterval: 0.002)
            }
        }
    }

    /// See ``OutboxStore``.
    public func nextRetry(of dialects: Set<Dialect>?, except queued: Set<Int>) async throws -> OutboxRetry? {
        try await read { try $0.nextRetry(of: dialects, except: queued) }
    }

    /// See ``OutboxStore``.
    public func outboxBacklog() async throws -> [Dialect: OutboxBacklog] { try await read { try $0.outboxBacklog() } }

    /// See ``OutboxStore``.
    public func delivered(_ sequences: [Int]) async throws { try await transact { try $0.delivered(sequences) } }

    /// See ``OutboxStore``.
    public func fanOut(_ entry: OutboxEntry, to users: Set<String>, remaining: Set<String>) async throws {
        try await transact { try $0.fanOut(entry, to: users, remaining: remaining) }
    }

    /// See ``OutboxStore``.
    public func postpone(_ sequence: Int, for delay: Duration) async throws {
        try await transact { try $0.postpone(sequence, for: delay) }
    }
}
