public import ChatBridge
import Concurrency
package import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``OutboxStore``.
    public func dueOutbox(
        of dialects: Set<Dialect>?, limit: Int, after lowerBound: Int, except queued: Set<Int>
    ) throws -> [OutboxEntry] {
        try translate {
            // What is delivered could not be removed.
            if try connection.isReadOnly { throw ChatError(.readOnly) }
            return try connection.rows(
                """
                SELECT sequence, dialect, recipient, event, message, payload, except_socket, attempts, created_at, audience,
                    start, joined, remaining, trace
                FROM outbox AS entry
                WHERE sequence > ?4 AND sequence NOT IN (SELECT value FROM json_each(?5))
                    AND (?6 IS NULL OR dialect IN (SELECT value FROM json_each(?6)))
                    AND (not_before <= ?1 OR waits_in <> ?3) AND NOT EXISTS (
                    SELECT 1 FROM outbox AS earlier INDEXED BY outbox_waiting
                    WHERE earlier.not_before > 0 AND earlier.dialect = entry.dialect
                        AND earlier.audience = entry.audience AND earlier.recipient = entry.recipient
                        AND earlier.joined = entry.joined
                        AND earlier.sequence < entry.sequence AND earlier.not_before > ?1 AND earlier.waits_in = ?3)
                ORDER BY sequence LIMIT ?2
                """,
                [
                    .integer(uptimeMilliseconds), .integer(limit), .integer(start.number), .integer(lowerBound),
                    .text(Self.list(queued)), SQLiteValue(Self.list(dialects)),
                ]
            ) { row in
                OutboxEntry(
                    sequence: row.integer(0), dialect: Dialect(rawValue: row.text(1)),
                    draft: OutboxDraft(
                        recipient: row.text(2), audience: OutboxDraft.Audience(rawValue: row.text(9)) ?? .user,
                        event: row.text(3), message: row.optionalText(4),
                        payload: try StoredJSON.value(row.text(5)), exceptSocket: row.optionalText(6),
                        joined: row.text(11).isEmpty ? nil : row.text(11), trace: row.optionalText(13)),
                    attempts: row.integer(7), createdAt: Date(milliseconds: row.integer(8)),
                    isInherited: row.integer(10) != start.number, remaining: try Self.users(row.optionalText(12)))
            }
        }
    }

    /// See ``OutboxStore``.
    public func nextRetry(of dialects: Set<Dialect>?, except queued: Set<Int>) throws -> OutboxRetry? {
        try translate {
            let waiting = try connection.first(
                """
                SELECT min(not_before), min(sequence) FROM outbox
                WHERE not_before > 0 AND waits_in = ?1 AND sequence NOT IN (SELECT value FROM json_each(?2))
                    AND (?3 IS NULL OR dialect IN (SELECT value FROM json_each(?3)))
                """, [.integer(start.number), .text(Self.list(queued)), SQLiteValue(Self.list(dialects))]
            ) { ($0.optionalInteger(0), $0.integer(1)) }
            guard case (let due?, let lowest)? = waiting else { return nil }
            return OutboxRetry(delay: .milliseconds(max(due - uptimeMilliseconds, 0)), lowest: lowest)
        }
    }

    /// See ``OutboxStore``.
    public func outboxBacklog() throws -> [Dialect: OutboxBacklog] {
        try translate {
            let rows = try connection.rows("SELECT dialect, count(*), min(created_at) FROM outbox GROUP BY dialect") {
                (
                    Dialect(rawValue: $0.text(0)),
                    OutboxBacklog(count: $0.integer(1), oldest: Date(milliseconds: $0.integer(2)))
                )
            }
            return Dictionary(rows) { first, _ in first }
        }
    }

    private static func list(_ sequences: Set<Int>) -> String {
        "[" + sequences.map(String.init).joined(separator: ",") + "]"
    }

    private static func list(_ dialects: Set<Dialect>?) -> String? {
        dialects.map { JSONValue.array($0.map { .string($0.rawValue) }).encodedText() }
    }

    private static func users(_ list: String?) throws -> Set<String>? {
        guard let list else { return nil }
        return Set(try StoredJSON.value(list).arrayValue?.compactMap(\.stringValue) ?? [])
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
    public func fanOut(_ entry: OutboxEntry, to users: Set<String>, remaining: Set<String>) throws {
        let drafts = users.sorted().map { user in
            var draft = entry.draft
            (draft.recipient, draft.audience) = (user, .user)
            return draft
        }
        try transact(durable: false) {
            try write(
                drafts, dialect: entry.dialect, at: entry.createdAt, start: entry.isInherited ? 0 : start.number)
            let list = JSONValue.array(remaining.sorted().map(JSONValue.string)).encodedText()
            try connection.run(
                "UPDATE outbox SET remaining = ?2 WHERE sequence = ?1", [.integer(entry.sequence), .text(list)])
        }
    }

    /// See ``OutboxStore``.
    public func postpone(_ sequence: Int, for delay: Duration) throws {
        try transact(durable: false) {
            try connection.run(
                "UPDATE outbox SET attempts = attempts + 1, not_before = ?2, waits_in = ?3 WHERE sequence = ?1",
                [
                    .integer(sequence), .integer(uptimeMilliseconds + delay.wholeMilliseconds), .integer(start.number),
                ])
        }
    }

    /// Writes entries.
    /// - Parameter writer: the process start that they count as written by; this one by default.
    /// - Throws: `SQLiteError`, which the transaction around this converts.
    package func write(_ drafts: [OutboxDraft], dialect: Dialect, at date: Date, start writer: Int? = nil) throws {
        for draft in drafts {
            guard draft.audience != .webhooks else {
                try writeWebhooks(at: date) { [.pushRequested(draft, in: dialect)] }
                continue
            }
            try connection.run(
                """
                INSERT INTO outbox (dialect, recipient, audience, event, message, payload, except_socket, created_at,
                    start, joined, trace)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(draft.queue(of: dialect).rawValue), .text(draft.recipient),
                    .text(draft.audience.rawValue), .text(draft.event),
                    SQLiteValue(draft.message),
                    .text(draft.payload.encodedText()), SQLiteValue(draft.exceptSocket), .integer(date.milliseconds),
                    .integer(writer ?? start.number), .text(draft.joined ?? ""), SQLiteValue(draft.trace),
                ])
        }
    }
}
