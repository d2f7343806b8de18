import ChatBridge
import ChatStoreMongoDB
import JSON
import Synchronization

/// A target that writes some batches and then fails, before or after the batch was written: what a killed process leaves.
final class FailingTarget: MigrationTarget {
    private let target: MongoDBChatStore
    private let remaining: Mutex<Int>
    private let writesLast: Bool

    /// - Parameter writesLast: whether the batch at which it fails is written.
    init(_ target: MongoDBChatStore, after batches: Int, writesLast: Bool) {
        self.target = target
        remaining = Mutex(batches)
        self.writesLast = writesLast
    }

    private func count(_ write: () async throws -> Void) async throws {
        let isLast = remaining.withLock { remaining in
            remaining -= 1
            return remaining < 0
        }
        if !isLast || writesLast { try await write() }
        if isLast { throw ChatError(.unavailable) }
    }

    func write(
        _ messages: [MigratedMessage], _ conversations: [MigratedConversation], progress: MigrationProgress
    ) async throws {
        try await count { try await target.write(messages, conversations, progress: progress) }
    }

    func write(_ records: [MigrationRecord], progress: MigrationProgress) async throws {
        try await count { try await target.write(records, progress: progress) }
    }

    func progress(of migration: String) async throws -> MigrationProgress? { try await target.progress(of: migration) }
    func firstExisting(messages: [String], in dialect: Dialect) async throws -> String? {
        try await target.firstExisting(messages: messages, in: dialect)
    }
    func firstExisting(conversations: [MigratedConversation]) async throws -> String? {
        try await target.firstExisting(conversations: conversations)
    }
    func beginCopy(of migration: String) async throws { try await target.beginCopy(of: migration) }
    func endCopy() async throws { try await target.endCopy() }
    func copy(of conversation: MigratedConversation) async throws -> MigratedConversation? {
        try await target.copy(of: conversation)
    }
    func messages(of conversation: Conversation, afterPlace place: Int, limit: Int) async throws -> [MigratedMessage] {
        try await target.messages(of: conversation, afterPlace: place, limit: limit)
    }
    func compare(_ records: [MigrationRecord]) async throws -> [MigrationComparison] {
        try await target.compare(records)
    }
    func compareReferences(of messages: [MigratedMessage]) async throws -> [MigrationComparison] {
        try await target.compareReferences(of: messages)
    }
    func counts() async throws -> [MigrationSection: Int] { try await target.counts() }
    func beginRemoval(of migration: String) async throws -> Bool { try await target.beginRemoval(of: migration) }
    func remove(messages: [(dialect: Dialect, id: String)], conversations: [Conversation]) async throws {
        try await target.remove(messages: messages, conversations: conversations)
    }
    func endRemoval() async throws { try await target.endRemoval() }
}
