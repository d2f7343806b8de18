public import ChatBridge
import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``UserRecordStore``.
    public func insertRecords(_ records: [UserRecord], writing user: ChatUser?) throws -> Bool {
        try transact {
            for record in records where try storedRecord(record.kind, record.key, record.dialect) != nil {
                return false
            }
            for record in records { try write(record) }
            if let user { _ = try write(user) }
            return true
        }
    }

    /// See ``UserRecordStore``.
    @discardableResult
    public func upsertRecord(_ record: UserRecord, limit: Int?) throws -> Bool {
        try transact {
            if let limit, try storedRecord(record.kind, record.key, record.dialect)?.user != record.user {
                let owner: [SQLiteValue] = [
                    .text(record.user), .text(record.dialect.rawValue), .text(record.kind.rawValue),
                ]
                guard try connection.rows(Self.recordsOfUser, owner, Self.record).count < limit else { return false }
            }
            try write(record)
            return true
        }
    }

    /// See ``UserRecordStore``.
    public func record(_ kind: UserRecord.Kind, key: String, in dialect: Dialect) throws -> UserRecord? {
        try translate { try storedRecord(kind, key, dialect) }
    }

    /// See ``UserRecordStore``.
    public func records(_ kind: UserRecord.Kind, of user: String, in dialect: Dialect) throws -> [UserRecord] {
        try translate {
            try connection.rows(
                Self.recordsOfUser, [.text(user), .text(dialect.rawValue), .text(kind.rawValue)], Self.record)
        }
    }

    /// See ``UserRecordStore``.
    public func deleteRecords(_ kind: UserRecord.Kind, key: String?, of user: String, in dialect: Dialect) throws {
        try transact {
            let owner: [SQLiteValue] = [.text(user), .text(dialect.rawValue), .text(kind.rawValue)]
            let all = "DELETE FROM user_records WHERE user = ? AND dialect = ? AND kind = ?"
            if let key {
                try connection.run(all + " AND key = ?", owner + [.text(key)])
            } else {
                try connection.run(all, owner)
            }
        }
    }

    /// See ``UserRecordStore``.
    public func updateUser(
        _ id: String, creating new: ChatUser?, change: @escaping @Sendable (inout ChatUser) -> Void
    ) throws -> UserUpdate? {
        try transact {
            let former = try record(of: id)
            guard var user = former ?? new else { return nil }
            change(&user)
            _ = try write(user)
            return UserUpdate(former: former, user: user)
        }
    }

    /// See ``UserRecordStore``.
    public func searchUsers(_ text: String, except user: String, limit: Int) throws -> [ChatUser] {
        guard let (lower, upper) = UserSearch.bounds(of: text) else { return [] }
        return try translate {
            let ids = try connection.rows(
                Self.usersFound, [.text(lower), .text(upper), .text(user), .integer(limit)]
            ) { $0.text(0) }
            return try ids.compactMap { try record(of: $0) }
        }
    }

    /// Writes by which texts a user is found.
    func writeSearchKeys(of user: ChatUser) throws {
        try connection.run("DELETE FROM user_search WHERE user = ?", [.text(user.id)])
        for key in UserSearch.keys(of: user) {
            try connection.run(
                "INSERT OR IGNORE INTO user_search (key, user) VALUES (?, ?)", [.text(key), .text(user.id)])
        }
    }

    /// Deletes what is stored of a user beside their record.
    func deleteRecords(of user: String) throws {
        try connection.run("DELETE FROM user_search WHERE user = ?", [.text(user)])
        try connection.run("DELETE FROM user_records WHERE user = ?", [.text(user)])
    }

    /// Deletes what users have of a sticker set: a set that is made later with the same ID is another.
    func deleteRecords(ofStickerSet id: String, in dialect: Dialect) throws {
        try connection.run(
            "DELETE FROM user_records WHERE dialect = ? AND kind = ? AND json_extract(value, '$.set') = ?",
            [.text(dialect.rawValue), .text(UserRecord.Kind.stickerSet.rawValue), .text(id)])
    }

    private func storedRecord(_ kind: UserRecord.Kind, _ key: String, _ dialect: Dialect) throws -> UserRecord? {
        try connection.first(
            """
            SELECT dialect, kind, key, user, value, created_at FROM user_records
            WHERE dialect = ? AND kind = ? AND key = ?
            """, [.text(dialect.rawValue), .text(kind.rawValue), .text(key)], Self.record)
    }

    private func write(_ record: UserRecord) throws {
        try connection.run(
            """
            INSERT INTO user_records (dialect, kind, key, user, value, created_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET user = excluded.user, value = excluded.value, created_at = excluded.created_at
            """,
            [
                .text(record.dialect.rawValue), .text(record.kind.rawValue), .text(record.key), .text(record.user),
                .text(record.value.encodedText()), .integer(record.createdAt.milliseconds),
            ])
    }

    static func record(_ row: SQLiteStatement) throws -> UserRecord {
        UserRecord(
            dialect: Dialect(rawValue: row.text(0)), kind: UserRecord.Kind(rawValue: row.text(1)), key: row.text(2),
            user: row.user(3), value: try StoredJSON.value(row.text(4)), createdAt: Date(milliseconds: row.integer(5)))
    }

    static let recordsOfUser = """
        SELECT dialect, kind, key, user, value, created_at FROM user_records
        WHERE user = ? AND dialect = ? AND kind = ? ORDER BY key
        """

    static let usersFound = """
        SELECT DISTINCT user FROM user_search WHERE key >= ? AND key < ? AND user <> ? LIMIT ?
        """
}
