package import ChatBridge
import ChatDocuments

extension MongoDBChatStore {
    /// See `MigrationTarget`.
    package func beginRemoval(of migration: String) async throws -> Bool {
        try await transact { transaction in
            guard let known = try transaction.migrationDocument() else { return false }
            guard known.migration == migration else { throw MigrationError.other(migration: known.migration) }
            guard known.state != "ended" else { throw MigrationError.ended }
            try transaction.session.update(
                transaction.own.migration, ["_id": "migration"], ["$set": ["state": "removing"]])
            return true
        }
    }

    /// See `MigrationTarget`.
    package func remove(messages: [(dialect: Dialect, id: String)], conversations: [Conversation]) async throws {
        let messages = Dictionary(grouping: messages, by: \.dialect).mapValues { $0.map(\.id) }
        let conversations = Dictionary(grouping: conversations, by: \.dialect).mapValues { $0.map(\.id) }
        try await transact { transaction in
            for (dialect, ids) in messages {
                let database = transaction.database(of: dialect)
                for collection in [database.messages, database.polls].compactMap(\.self) {
                    try transaction.session.delete(collection, ["_id": .matching(anyOf: ids)])
                }
            }
            for (dialect, ids) in conversations {
                let collection = transaction.database(of: dialect).conversations
                try transaction.session.delete(collection, ["_id": .matching(anyOf: ids)])
            }
        }
    }

    /// See `MigrationTarget`.
    package func endRemoval() async throws {
        let own = layout.own
        let kept = own.ownsByItself
        for (collection, _) in own.indexes where !kept.contains(collection) {
            while try await removeBatch(of: collection) {}
        }
        try await transact { _ = try $0.session.delete(own.migration, ["_id": "migration"]) }
    }

    /// Deletes some documents of a collection; whether there were any.
    private func removeBatch(of collection: MongoCollection) async throws -> Bool {
        try await transact { transaction in
            let ids = try transaction.session.find(collection, [:], limit: 1_000, fields: ["_id": 1])
                .compactMap { $0["_id"] }
            guard !ids.isEmpty else { return false }
            return try transaction.session.delete(collection, ["_id": ["$in": .array(ids)]]) > 0
        }
    }
}
