package import JSON

/// A store that is moved: what it has, in the order in which it is copied. Nothing is written to it meanwhile. For errors see
/// ``ChatStore``.
package protocol MigrationSource: Sendable {
    /// Makes the store read-only for all processes, until the migration is aborted, also when this process ends.
    /// - Parameter id: names the migration, unless one has begun.
    /// - Returns: the migration that has begun, and whether everything was copied and compared.
    /// - Throws: ``StoreError/unavailable``.
    func beginMigration(_ id: String) async throws -> (id: String, isEnded: Bool)
    /// The migration that has begun; `nil` where the store is written.
    /// - Throws: ``StoreError/unavailable``.
    func migration() async throws -> (id: String, isEnded: Bool)?
    /// Records that everything was copied and compared. The store stays read-only.
    /// - Throws: ``StoreError/unavailable``.
    func endMigration() async throws
    /// Makes the store writable again.
    /// - Throws: ``StoreError/unavailable``.
    func abortMigration() async throws

    /// How many records each section has.
    /// - Throws: ``StoreError/unavailable``.
    func counts() async throws -> [MigrationSection: Int]
    /// How many messages there are.
    /// - Throws: ``StoreError/unavailable``.
    func messageCount() async throws -> Int
    /// A page of a section.
    /// - Throws: ``StoreError/unavailable``.
    func page(of section: MigrationSection, after cursor: JSONValue?, limit: Int) async throws -> MigrationPage
    /// Conversations in the order of their numbers, after a number.
    /// - Throws: ``StoreError/unavailable``.
    func conversations(after number: Int, limit: Int) async throws -> [MigratedConversation]
    /// The messages of a conversation in the order of their numbers, after a number.
    /// - Throws: ``StoreError/unavailable``.
    func messages(ofConversation conversation: Int, after number: Int, limit: Int) async throws -> [MigratedMessage]
    /// The IDs of messages of any conversation in the order of their numbers, after a number.
    /// - Throws: ``StoreError/unavailable``.
    func messageIDs(after number: Int, limit: Int) async throws -> [(number: Int, dialect: Dialect, id: String)]
}

/// How far a copy is.
package struct MigrationProgress: Sendable, Hashable, Codable {
    /// The sections that were copied.
    package var sections: Set<MigrationSection> = []
    /// The section that is being copied.
    package var section: MigrationSection?
    /// Up to where that was copied.
    package var cursor: JSONValue?
    /// The number of the conversation up to which everything was copied.
    package var conversation = 0
    /// The number of the message up to which the following conversation was copied.
    package var message = 0
    /// The greatest place of a message or conversation so far.
    package var greatestPlace = 0

    /// Nothing was copied.
    package init() {}
}

/// A store that receives a copy. For errors see ``ChatStore``.
package protocol MigrationTarget: Sendable {
    /// How far the copy of a migration is; `nil` where none has begun.
    /// - Throws: ``MigrationError`` where there is anything else than that copy, or it has ended;
    ///   ``StoreError/unavailable``.
    func progress(of migration: String) async throws -> MigrationProgress?
    /// The first of some messages or conversations that the target has already.
    /// - Throws: ``StoreError/unavailable``.
    func firstExisting(messages: [String], in dialect: Dialect) async throws -> String?
    /// The first of some conversations, or a direct one of the same two users, that the target has already.
    /// - Throws: ``StoreError/unavailable``.
    func firstExisting(conversations: [MigratedConversation]) async throws -> String?
    /// Begins a copy.
    /// - Throws: ``StoreError/unavailable``.
    func beginCopy(of migration: String) async throws
    /// Writes messages and conversations, and how far the copy is with them.
    /// - Throws: ``StoreError/unavailable``.
    func write(
        _ messages: [MigratedMessage], _ conversations: [MigratedConversation], progress: MigrationProgress
    ) async throws
    /// Writes records, and how far the copy is with them.
    /// - Throws: ``StoreError/unavailable``.
    func write(_ records: [MigrationRecord], progress: MigrationProgress) async throws
    /// Ends a copy: the target can be used from then on.
    /// - Throws: ``StoreError/unavailable``.
    func endCopy() async throws

    /// A conversation as it was copied; `nil` where there is none.
    /// - Throws: ``StoreError/unavailable``.
    func copy(of conversation: MigratedConversation) async throws -> MigratedConversation?
    /// The messages of a copied conversation after a place, in their order.
    /// - Throws: ``StoreError/unavailable``.
    func messages(of conversation: Conversation, afterPlace place: Int, limit: Int) async throws -> [MigratedMessage]
    /// The records as they are expected, and as they were found, in a canonical form.
    /// - Throws: ``StoreError/unavailable``.
    func compare(_ records: [MigrationRecord]) async throws -> [MigrationComparison]
    /// What is known of the objects of messages, in the same way.
    /// - Throws: ``StoreError/unavailable``.
    func compareReferences(of messages: [MigratedMessage]) async throws -> [MigrationComparison]
    /// How many records each section has.
    /// - Throws: ``StoreError/unavailable``.
    func counts() async throws -> [MigrationSection: Int]

    /// Begins to remove a copy that has not ended: it cannot be continued from then on. Returns whether there is one.
    /// - Throws: ``MigrationError`` where it has ended, or is of another migration; ``StoreError/unavailable``.
    func beginRemoval(of migration: String) async throws -> Bool
    /// Removes copied messages and conversations.
    /// - Throws: ``StoreError/unavailable``.
    func remove(messages: [(dialect: Dialect, id: String)], conversations: [Conversation]) async throws
    /// Removes all records, and that there was a copy.
    /// - Throws: ``StoreError/unavailable``.
    func endRemoval() async throws
}

/// A record in both stores.
package struct MigrationComparison: Sendable {
    /// What names it.
    package var name: String
    /// Its bytes as they are expected.
    package var expected: [UInt8]
    /// Its bytes as they were found; `nil` where there is none.
    package var found: [UInt8]?

    /// A comparison.
    package init(name: String, expected: [UInt8], found: [UInt8]?) {
        self.name = name
        self.expected = expected
        self.found = found
    }
}

/// Why a store cannot be moved to another.
package enum MigrationError: Error, Sendable, Hashable {
    /// The target has records that this migration did not write.
    case notEmpty(collection: String)
    /// The target has a conversation or message of the same ID, or of the same two users.
    case exists(String)
    /// The target has the copy of another migration.
    case other(migration: String)
    /// The copy was ended, and may have been used since.
    case ended
    /// The removal of the copy was begun.
    case removalBegun
    /// The removal of a copy was asked for, and there is none.
    case nothingToAbort
}
