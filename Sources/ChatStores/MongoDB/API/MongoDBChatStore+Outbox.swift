public import ChatBridge
public import Foundation

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
    public func delivered(_ sequences: [Int]) async throws {
        // One command, and no transaction: that of a process that is killed would hold the entries until the server ends it.
        try await performSingly { try $0.delivered(sequences) }
    }

    /// See ``OutboxStore``.
    public func fanOut(_ entry: OutboxEntry, to users: Set<String>, remaining: Set<String>) async throws {
        try await transact { try $0.fanOut(entry, to: users, remaining: remaining) }
    }

    /// See ``OutboxStore``.
    public func postpone(_ sequence: Int, for delay: Duration) async throws {
        try await performSingly { try $0.postpone(sequence, for: delay) }
    }

    /// See ``OutboxStore``.
    public func leaseOutbox(of dialects: Set<Dialect>) async throws -> OutboxLease {
        let held = try await performSingly { [outboxLeases] in try outboxLeases.lease(dialects, $0) }
        return OutboxLease(dialects: held, renewal: OutboxLeases.renewal)
    }

    /// See ``OutboxStore``.
    public func releaseOutbox(of dialects: Set<Dialect>) async throws {
        try await performSingly { [outboxLeases] in try outboxLeases.release(dialects, $0) }
    }

    /// See ``OutboxStore``.
    public func moveToDeadLetters(_ sequence: Int, reason: String, at date: Date) async throws {
        try await transact { try $0.moveToDeadLetters(sequence, reason: reason, at: date) }
    }

    /// See ``DeadLetterStore``.
    public func deadLetters(after number: Int, limit: Int) async throws -> [DeadLetter] {
        try await read { try $0.deadLetters(after: number, limit: limit) }
    }

    /// See ``DeadLetterStore``.
    public func deadLetterCounts() async throws -> [Dialect: Int] { try await read { try $0.deadLetterCounts() } }

    /// See ``DeadLetterStore``.
    public func replayDeadLetters(_ numbers: [Int]?) async throws -> Int {
        // A transaction is bounded in size.
        let page = 500
        if let numbers {
            return try await transact { try $0.replayDeadLetters(numbers, limit: numbers.count) }
        }
        var total = 0
        while true {
            let count = try await transact { try $0.replayDeadLetters(nil, limit: page) }
            total += count
            if count < page { return total }
        }
    }
}
