public import ChatBridge
import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``StickerStore``.
    public func updateStickerSet(
        _ id: String, in dialect: Dialect, adding media: MediaItem?,
        change: @escaping @Sendable (_ set: inout StickerSet?, _ count: Int) throws -> Void
    ) throws -> StickerSet? {
        let step = IdempotentStep.next("sticker_set")
        return try transact {
            let former = try storedStickerSet(id, dialect)
            return try once(step) { _ in
                former
            } make: {
                (try write(over: former, id, dialect, adding: media, change), [id], [])
            }
        }
    }

    private func write(
        over former: StickerSet?, _ id: String, _ dialect: Dialect, adding media: MediaItem?,
        _ change: @Sendable (_ set: inout StickerSet?, _ count: Int) throws -> Void
    ) throws -> StickerSet? {
        var set = former
        try change(&set, try stickerSetCount(in: dialect, StickerSetFilter()))
        if let media { try insert(media) }
        for id in StickerSet.removedMedia(from: former, to: set) {
            try eraseAnswers(about: .media(id))
            try connection.run("DELETE FROM media_items WHERE id = ?", [.text(id)])
            _ = try removeReferences(of: .media(id))
        }
        guard let set else {
            try connection.run(
                "DELETE FROM sticker_sets WHERE dialect = ? AND id = ?", [.text(dialect.rawValue), .text(id)])
            if former != nil { try deleteRecords(ofStickerSet: id, in: dialect) }
            return nil
        }
        if set != former { try write(set) }
        return set
    }

    /// See ``StickerStore``.
    public func stickerSet(_ id: String, in dialect: Dialect) throws -> StickerSet? {
        try translate { try storedStickerSet(id, dialect) }
    }

    /// See ``StickerStore``.
    public func stickerSets(in dialect: Dialect, filter: StickerSetFilter, page: Int, limit: Int) throws
        -> ([StickerSet], total: Int)
    {
        try translate {
            let (condition, values) = Self.condition(dialect, filter)
            let offset = (page - 1).multipliedReportingOverflow(by: limit)
            let total = try stickerSetCount(in: dialect, filter)
            guard !offset.overflow, offset.partialValue < total else { return ([], total) }
            let sets = try connection.rows(
                """
                SELECT dialect, id, content, created_at, updated_at FROM sticker_sets WHERE \(condition)
                ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?
                """, values + [.integer(limit), .integer(offset.partialValue)], Self.stickerSet)
            return (sets, total)
        }
    }

    private func stickerSetCount(in dialect: Dialect, _ filter: StickerSetFilter) throws -> Int {
        let (condition, values) = Self.condition(dialect, filter)
        return try connection.first("SELECT count(*) FROM sticker_sets WHERE \(condition)", values) { $0.integer(0) }
            ?? 0
    }

    private static func condition(_ dialect: Dialect, _ filter: StickerSetFilter) -> (String, [SQLiteValue]) {
        var conditions = ["dialect = ?"]
        var values: [SQLiteValue] = [.text(dialect.rawValue)]
        if let category = filter.category {
            conditions.append("category = ?")
            values.append(.text(category))
        }
        if let ids = filter.ids {
            conditions.append("id IN (SELECT value FROM json_each(?))")
            values.append(.text(JSONValue.array(ids.sorted().map(JSONValue.string)).encodedText()))
        }
        for word in filter.words.folded {
            conditions.append("instr(search, ?) > 0")
            values.append(.text(word))
        }
        return (conditions.joined(separator: " AND "), values)
    }

    private func storedStickerSet(_ id: String, _ dialect: Dialect) throws -> StickerSet? {
        try connection.first(
            "SELECT dialect, id, content, created_at, updated_at FROM sticker_sets WHERE dialect = ? AND id = ?",
            [.text(dialect.rawValue), .text(id)], Self.stickerSet)
    }

    private func write(_ set: StickerSet) throws {
        try connection.run(
            """
            INSERT INTO sticker_sets (dialect, id, category, search, content, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET category = excluded.category, search = excluded.search,
                content = excluded.content, updated_at = excluded.updated_at
            """,
            [
                .text(set.dialect.rawValue), .text(set.id), SQLiteValue(set.content.category), .text(set.searchText),
                .text(try StoredJSON.text(set.content)), .integer(set.createdAt.milliseconds),
                .integer(set.updatedAt.milliseconds),
            ])
    }

    static func stickerSet(_ row: SQLiteStatement) throws -> StickerSet {
        StickerSet(
            id: row.text(1), dialect: Dialect(rawValue: row.text(0)), content: try StoredJSON.value(row.text(2)),
            createdAt: Date(milliseconds: row.integer(3)), updatedAt: Date(milliseconds: row.integer(4)))
    }
}
