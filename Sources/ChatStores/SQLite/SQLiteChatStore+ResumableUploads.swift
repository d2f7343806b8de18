public import ChatBridge
public import Foundation

extension SQLiteChatStore {
    /// See ``ResumableUploadStore``.
    @discardableResult
    public func insert(_ upload: ResumableUpload, within allowance: UploadAllowance?) throws -> ResumableUpload {
        let step = IdempotentStep.next("resumable")
        return try transact {
            try once(step) { ids in
                guard let id = ids.first, let known = try storedUpload(id, in: upload.dialect) else {
                    throw ChatError(.mediaDeleted)
                }
                return known
            } make: {
                if let allowance { try check(upload, allowance) }
                try write(upload)
                return (upload, [upload.id], [])
            }
        }
    }

    private func write(_ upload: ResumableUpload) throws {
        try connection.run(
            """
            INSERT INTO resumable_uploads (dialect, id, owner, counted_bytes, created_at, expires, version, content)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(upload.dialect.rawValue), .text(upload.id), .text(upload.owner),
                SQLiteValue(upload.countedBytes), .integer(upload.createdAt.milliseconds),
                .integer(upload.expires.milliseconds), .integer(upload.version),
                .text(try StoredJSON.text(upload.content)),
            ])
    }

    /// See ``ResumableUploadStore``.
    public func resumableUpload(_ id: String, in dialect: Dialect) throws -> ResumableUpload? {
        try translate { try storedUpload(id, in: dialect) }
    }

    private func storedUpload(_ id: String, in dialect: Dialect) throws -> ResumableUpload? {
        try connection.first(
            Self.selectUpload + " WHERE dialect = ? AND id = ?", [.text(dialect.rawValue), .text(id)],
            Self.resumableUpload)
    }

    /// See ``ResumableUploadStore``.
    public func replace(_ upload: ResumableUpload) throws -> Bool {
        try transact {
            try connection.change(
                """
                UPDATE resumable_uploads SET counted_bytes = ?4, expires = ?5, content = ?6, version = ?3 + 1
                WHERE dialect = ?1 AND id = ?2 AND version = ?3
                """,
                [
                    .text(upload.dialect.rawValue), .text(upload.id), .integer(upload.version),
                    SQLiteValue(upload.countedBytes), .integer(upload.expires.milliseconds),
                    .text(try StoredJSON.text(upload.content)),
                ]) > 0
        }
    }

    /// See ``ResumableUploadStore``.
    public func resumableUploads(expiredBefore date: Date, limit: Int) throws -> [ResumableUpload] {
        try translate {
            try connection.rows(
                Self.expiredUploads, [.integer(date.milliseconds), .integer(limit)], Self.resumableUpload)
        }
    }

    /// See ``ResumableUploadStore``.
    public func deleteResumableUpload(_ id: String, in dialect: Dialect) throws {
        try transact {
            try connection.run(
                "DELETE FROM resumable_uploads WHERE dialect = ? AND id = ?", [.text(dialect.rawValue), .text(id)])
        }
    }

    private static let selectUpload =
        "SELECT dialect, id, owner, counted_bytes, created_at, expires, version, content FROM resumable_uploads"

    static let expiredUploads = selectUpload + " WHERE expires < ? ORDER BY expires LIMIT ?"

    static let countedUploads = """
        SELECT count(*), coalesce(sum(counted_bytes), 0) FROM resumable_uploads
        WHERE dialect = ? AND owner = ? AND counted_bytes IS NOT NULL
        """

    /// Checks that the owner of an upload may have another one open.
    /// - Throws: ``StoreError/tooManyUploads``.
    private func check(_ upload: ResumableUpload, _ allowance: UploadAllowance) throws {
        let open = try connection.first(
            Self.countedUploads, [.text(upload.dialect.rawValue), .text(upload.owner)]
        ) { (count: $0.integer(0), bytes: $0.integer(1)) }
        guard let open, open.count < allowance.files, open.bytes <= allowance.bytes - (upload.countedBytes ?? 0)
        else { throw ChatError(.tooManyUploads) }
    }

    private static func resumableUpload(_ row: SQLiteStatement) throws -> ResumableUpload {
        ResumableUpload(
            id: row.text(1), dialect: Dialect(rawValue: row.text(0)), owner: row.user(2),
            countedBytes: row.optionalInteger(3), createdAt: Date(milliseconds: row.integer(4)),
            expires: Date(milliseconds: row.integer(5)), version: row.integer(6),
            content: try StoredJSON.value(row.text(7)))
    }
}
