/// A copy of a chat store's database as it was at one moment: one file, which is only read.
package final class SQLiteSnapshot {
    private let connection: SQLiteConnection
    private let path: String

    /// Copies the database at `path`, which processes may use meanwhile, to the file `copy`, which must not exist. The tables are
    /// not migrated.
    /// - Throws: ``SnapshotError``.
    package static func make(of path: String, at copy: String) throws(SnapshotError) {
        try SnapshotError.converting("cannot copy the database \(path) to \(copy)") {
            try SQLiteConnection(path: path, isReader: true).copy(to: copy)
        }
    }

    /// Opens a copy.
    /// - Throws: ``SnapshotError`` when it cannot be read, or was made by a release that knows more, or by one before 0.4.
    package init(path: String) throws(SnapshotError) {
        let problem = "cannot read the copy \(path) of a database"
        self.path = path
        connection = try SnapshotError.converting(problem) { try SQLiteConnection(path: path, isReader: true) }
        let (version, isKnown) = try SnapshotError.converting(problem) { [connection] in
            (
                try connection.first("PRAGMA user_version") { $0.integer(0) } ?? 0,
                try connection.first("SELECT 1 FROM sqlite_master WHERE name = 'object_owners'") { _ in true } ?? false
            )
        }
        guard version <= SQLiteMigrations.steps.count else {
            throw SnapshotError("\(problem): it was made by a newer release of this program")
        }
        guard isKnown else {
            throw SnapshotError("\(problem): it was made by a release before 0.4; start this one on it once")
        }
    }

    /// At most `limit` keys of objects that messages and media of the copy refer to, in their order.
    /// - Throws: ``SnapshotError``.
    package func objects(after key: String, limit: Int) throws(SnapshotError) -> [String] {
        try SnapshotError.converting("cannot read the copy \(path) of a database") { [connection] in
            try connection.rows(
                "SELECT DISTINCT object FROM object_owners WHERE object > ? ORDER BY object LIMIT ?",
                [.text(key), .integer(limit)]
            ) { $0.text(0) }
        }
    }

    /// What is wrong with the file by SQLite's own check; `nil` where nothing is. Reads all of it.
    /// - Throws: ``SnapshotError``.
    package func damage() throws(SnapshotError) -> String? {
        let found = try SnapshotError.converting("cannot read the copy \(path) of a database") { [connection] in
            try connection.first("PRAGMA integrity_check(1)") { $0.text(0) }
        }
        return found == "ok" ? nil : found
    }
}
