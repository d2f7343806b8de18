package import ChatBridge
import ChatDocuments
import Foundation
import JSON

extension MongoDBChatStore {
    /// See `MigrationTarget`.
    package func copy(of conversation: MigratedConversation) async throws -> MigratedConversation? {
        let (id, dialect) = (conversation.conversation.id, conversation.conversation.dialect)
        return try await read(in: dialect) { transaction in
            try transaction.conversationRow(id, in: dialect)?.stored.migrated(number: conversation.number)
        }
    }

    /// See `MigrationTarget`.
    package func messages(
        of conversation: Conversation, afterPlace place: Int, limit: Int
    ) async throws -> [MigratedMessage] {
        let dialect = conversation.dialect
        return try await read(in: dialect) { transaction in
            let filter = transaction.messages(of: conversation.id, in: dialect)
                .merging(["darkroom.order": ["$gt": .int64(place)]])
            let sort = StoreTransaction.oldestFirst(transaction.database(of: dialect))
            return try transaction.messageRows(filter, in: dialect, sort: sort, limit: limit).map(\.stored.migrated)
        }
    }

    /// See `MigrationTarget`.
    package func compare(_ records: [MigrationRecord]) async throws -> [MigrationComparison] {
        try await read { transaction in
            let expected = try records.flatMap { try $0.documents(in: transaction.own) }
            return try transaction.compare(expected)
        }
    }

    /// See `MigrationTarget`.
    package func compareReferences(of messages: [MigratedMessage]) async throws -> [MigrationComparison] {
        try await read { transaction in
            let own = transaction.own
            let expected = try messages.flatMap { message in
                try message.documents(transaction.database(of: message.message.dialect), own)
            }
            return try transaction.compare(expected.filter { $0.collection == own.references })
        }
    }

    /// See `MigrationTarget`.
    package func counts() async throws -> [MigrationSection: Int] {
        let own = layout.own
        let collections: [MigrationSection: MongoCollection] = [
            .users: own.users, .userRecords: own.userRecords, .stickerSets: own.stickerSets,
            .lastSeen: own.lastSeen, .dailyCounts: own.dailyCounts, .tokens: own.tokens,
            .uploads: own.uploads, .watchedUploads: own.watchedUploads, .objects: own.objects, .media: own.media,
            .userFiles: own.userFiles,
            .outbox: own.outbox, .deadLetters: own.deadLetters, .jobs: own.jobs, .jobItems: own.items,
            .webhookEndpoints: own.webhookEndpoints, .webhooks: own.webhooks,
        ]
        return try await read { transaction in
            try collections.mapValues { try transaction.session.count($0, [:]) }
        }
    }
}

extension StoreTransaction {
    fileprivate func compare(_ expected: [MigrationDocument]) throws -> [MigrationComparison] {
        var comparisons: [MigrationComparison] = []
        for (collection, group) in Dictionary(grouping: expected, by: \.collection) {
            let found = try session.find(collection, ["_id": ["$in": .array(group.map(\.id))]])
            let documents = Dictionary(found.map { ($0["_id"] ?? .null, $0) }) { first, _ in first }
            comparisons += group.map { entry in
                MigrationComparison(
                    name: "\(collection.name) \(entry.id.literal?.encodedText() ?? "")",
                    expected: entry.document.encoded, found: documents[entry.id]?.encoded)
            }
        }
        return comparisons.sorted { $0.name < $1.name }
    }
}
