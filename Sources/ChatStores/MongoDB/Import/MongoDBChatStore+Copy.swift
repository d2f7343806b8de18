package import ChatBridge
import ChatDocuments
import Foundation

/// The copy of another store: each call that writes is one transaction, with how far the copy is.
extension MongoDBChatStore: MigrationTarget {
    /// See `MigrationTarget`.
    package func progress(of migration: String) async throws -> MigrationProgress? {
        try await read { transaction in
            if let known = try transaction.migrationDocument() { return try known.progress(of: migration) }
            for (collection, _) in transaction.own.indexes where !transaction.own.ownsByItself.contains(collection) {
                guard try transaction.session.first(collection, [:], fields: ["_id": 1]) == nil else {
                    throw MigrationError.notEmpty(collection: collection.name)
                }
            }
            return nil
        }
    }

    /// See `MigrationTarget`.
    package func firstExisting(messages: [String], in dialect: Dialect) async throws -> String? {
        try await read(in: dialect) { transaction in
            try transaction.firstExisting(messages, in: transaction.database(of: dialect).messages).map {
                "the \(dialect.rawValue) message \($0)"
            }
        }
    }

    /// See `MigrationTarget`.
    package func firstExisting(conversations: [MigratedConversation]) async throws -> String? {
        for (dialect, group) in Dictionary(grouping: conversations, by: \.conversation.dialect) {
            let found = try await read(in: dialect) { transaction -> String? in
                let database = transaction.database(of: dialect)
                guard try transaction.hasDocuments(database.conversations) else { return nil }
                if let id = try transaction.firstExisting(group.map(\.conversation.id), in: database.conversations) {
                    return "the \(dialect.rawValue) conversation \(id)"
                }
                for pair in group.compactMap(\.pair) {
                    guard let other = try transaction.directRow(pair, in: dialect) else { continue }
                    return "a direct \(dialect.rawValue) conversation of the same users, \(other.conversation.id),"
                }
                return nil
            }
            if let found { return found }
        }
        return nil
    }

    /// See `MigrationTarget`.
    package func beginCopy(of migration: String) async throws {
        try await transact { transaction in
            let document: BSONDocument = [
                "_id": "migration", "migration": .string(migration), "state": "copying",
                "progress": try .encoding(MigrationProgress()),
            ]
            try transaction.session.insert(transaction.own.migration, [document])
        }
    }

    /// See `MigrationTarget`.
    package func write(
        _ messages: [MigratedMessage], _ conversations: [MigratedConversation], progress: MigrationProgress
    ) async throws {
        // Collections and indexes are made outside of the transaction.
        for dialect in Set((messages.map(\.message.dialect) + conversations.map(\.conversation.dialect))) {
            try await read(in: dialect) { _ in }
        }
        try await transact { transaction in
            var documents = try messages.flatMap {
                try $0.documents(transaction.database(of: $0.message.dialect), transaction.own)
            }
            documents += try conversations.map { conversation in
                let database = transaction.database(of: conversation.conversation.dialect)
                return MigrationDocument(
                    collection: database.conversations,
                    document: try database.model.document(of: StoredConversation(conversation)))
            }
            try transaction.insert(documents, progress)
        }
    }

    /// See `MigrationTarget`.
    package func write(_ records: [MigrationRecord], progress: MigrationProgress) async throws {
        try await transact { transaction in
            try transaction.insert(try records.flatMap { try $0.documents(in: transaction.own) }, progress)
        }
    }

    /// See `MigrationTarget`.
    package func endCopy() async throws {
        try await transact { transaction in
            let known = try transaction.migrationDocument()
            let greatest = known?.progress.greatestPlace ?? 0
            // Every place that is given from now on is greater than those of the copy.
            try transaction.session.update(
                transaction.own.clock, ["_id": "clock"], ["$max": ["value": .int64(greatest)]], upsert: true)
            try transaction.session.update(
                transaction.own.migration, ["_id": "migration"], ["$set": ["state": "ended"]])
        }
    }
}

extension StoreTransaction {
    /// What is known of a copy; `nil` where none has begun.
    func migrationDocument() throws -> MigrationState? {
        try session.first(own.migration, ["_id": "migration"]).map(MigrationState.init)
    }

    fileprivate func insert(_ documents: [MigrationDocument], _ progress: MigrationProgress) throws {
        let known: BSONDocument = ["_id": "migration", "state": "copying"]
        let values: BSONValue = ["$set": ["progress": try .encoding(progress)]]
        guard try session.update(own.migration, known, values) == 1 else { throw MigrationError.removalBegun }
        for (collection, group) in Dictionary(grouping: documents, by: \.collection) {
            try session.insert(collection, group.map(\.document))
        }
    }

    /// Whether the chat server has anything there.
    fileprivate func hasDocuments(_ collection: MongoCollection) throws -> Bool {
        try session.first(collection, [:], fields: ["_id": 1]) != nil
    }

    fileprivate func firstExisting(_ ids: [String], in collection: MongoCollection) throws -> String? {
        guard !ids.isEmpty, try hasDocuments(collection) else { return nil }
        return try session.first(collection, ["_id": .matching(anyOf: ids)], fields: ["_id": 1])?["_id"]?
            .identifierValue
    }
}
