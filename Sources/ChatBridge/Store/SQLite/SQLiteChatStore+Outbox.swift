public import Foundation

extension SQLiteChatStore {
    /// See ``OutboxStore``.
    public func dueOutbox(at date: Date, limit: Int) throws -> [OutboxEntry] {
        try translate {
            try connection.rows(
                """
                SELECT sequence, dialect, recipient, event, message, payload, except_socket, attempts, created_at, audience
                FROM outbox AS entry
                WHERE not_before <= ?1 AND NOT EXISTS (
                    SELECT 1 FROM outbox AS earlier INDEXED BY outbox_waiting
                    WHERE earlier.not_before > 0 AND earlier.recipient = entry.recipient
                        AND earlier.sequence < entry.sequence AND earlier.not_before > ?1)
                ORDER BY sequence LIMIT ?2
                """, [.integer(date.milliseconds), .integer(limit)]
            ) { row in
                OutboxEntry(
                    sequence: row.integer(0), dialect: Dialect(rawValue: row.text(1)),
                    draft: OutboxDraft(
                        recipient: row.text(2), audience: OutboxDraft.Audience(rawValue: row.text(9)) ?? .user,
                        event: row.text(3), message: row.optionalText(4),
                        payload: try StoredJSON.value(row.text(5)), exceptSocket: row.optionalText(6)),
                    attempts: row.integer(7), createdAt: Date(milliseconds: row.integer(8)))
            }
        }
    }

    /// See ``OutboxStore``.
    public func nextRetry() throws -> Date? {
        try translate {
            try connection.first("SELECT min(not_before) FROM outbox WHERE not_before > 0") { $0.optionalInteger(0) }??
                .asDate
        }
    }

    /// See ``OutboxStore``.
    public func delivered(_ sequences: [Int]) throws {
        guard !sequences.isEmpty else { return }
        try transact(durable: false) {
            for sequence in sequences {
                try connection.run("DELETE FROM outbox WHERE sequence = ?", [.integer(sequence)])
            }
        }
    }

    /// See ``OutboxStore``.
    public func scatter(_ entry: OutboxEntry, to users: Set<String>) throws {
        let drafts = users.sorted().map { user in
            var draft = entry.draft
            (draft.recipient, draft.audience) = (user, .user)
            return draft
        }
        try transact(durable: false) { try write(drafts, dialect: entry.dialect, at: entry.createdAt) }
    }

    /// See ``OutboxStore``.
    public func postpone(_ sequence: Int, until date: Date) throws {
        try transact(durable: false) {
            try connection.run(
                "UPDATE outbox SET attempts = attempts + 1, not_before = ? WHERE sequence = ?",
                [.integer(date.milliseconds), .integer(sequence)])
        }
    }

    /// Writes what is to be told.
    func write(_ drafts: [OutboxDraft], dialect: Dialect, at date: Date) throws {
        for draft in drafts {
            try connection.run(
                """
                INSERT INTO outbox (dialect, recipient, audience, event, message, payload, except_socket, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(dialect.rawValue), .text(draft.recipient), .text(draft.audience.rawValue), .text(draft.event),
                    SQLiteValue(draft.message),
                    .text(draft.payload.encodedText()), SQLiteValue(draft.exceptSocket), .integer(date.milliseconds),
                ])
        }
    }
}

extension Int {
    fileprivate var asDate: Date { Date(milliseconds: self) }
}
