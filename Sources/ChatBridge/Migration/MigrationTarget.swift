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
