import ChatBridge
import Foundation

/// The state of a store that is moved, or was moved, to another engine. It is a row of the database, so that every process that
/// has the store open reads it, in every transaction that writes.
extension SQLiteChatStore: MigrationSource {
    /// See `MigrationSource`.
    package func beginMigration(_ id: String) throws -> (id: String, isEnded: Bool) {
        try changeMigration {
            if let known = try Self.migration(connection) { return known }
            try connection.run("INSERT INTO read_only (migration) VALUES (?)", [.text(id)])
            return (id, false)
        }
    }

    /// See `MigrationSource`.
    package func migration() throws -> (id: String, isEnded: Bool)? { try translate { try Self.migration(connection) } }

    /// See `MigrationSource`.
    package func endMigration() throws {
        let date = now()
        try changeMigration { try connection.run("UPDATE read_only SET ended_at = ?", [.integer(date.milliseconds)]) }
    }

    /// See `MigrationSource`.
    package func abortMigration() throws { try changeMigration { try connection.run("DELETE FROM read_only") } }

    private static func migration(_ connection: SQLiteConnection) throws -> (id: String, isEnded: Bool)? {
        try connection.first("SELECT migration, ended_at FROM read_only") {
            ($0.text(0), $0.optionalInteger(1) != nil)
        }
    }

    /// A transaction that is allowed in a read-only store.
    private func changeMigration<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try connection.transaction(durable: true, body)
        } catch let error as SQLiteError {
            throw ChatError(.unavailable, cause: error)
        }
    }
}
