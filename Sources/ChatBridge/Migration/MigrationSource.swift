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
