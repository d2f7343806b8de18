public import ChatBridge
public import Foundation
import JSON

extension SQLiteChatStore {
    private static let columns = event + ", created_at"
    /// The columns of the event itself.
    private static let event =
        "dialect, recipient, audience, event, message, payload, except_socket, joined, remaining"

    /// See ``OutboxStore``.
    public func moveToDeadLetters(_ sequence: Int, reason: String, at date: Date) throws {
        try transact(durable: false) {
            try connection.run(
                """
                INSERT INTO dead_letters (number, attempts, failed_at, reason, \(Self.columns))
                SELECT sequence, attempts, ?2, ?3, \(Self.columns) FROM outbox WHERE sequence = ?1
                """, [.integer(sequence), .integer(date.milliseconds), .text(reason)])
            try connection.run("DELETE FROM outbox WHERE sequence = ?", [.integer(sequence)])
        }
    }

    /// See ``DeadLetterStore``.
    public func deadLetters(after number: Int, limit: Int) throws -> [DeadLetter] {
        try translate {
            try connection.rows(
                """
                SELECT number, dialect, recipient, audience, event, message, payload, except_socket, joined, attempts,
                    created_at, failed_at, reason
                FROM dead_letters WHERE number > ?1 ORDER BY number LIMIT ?2
                """, [.integer(number), .integer(max(limit, 0))]
            ) { try deadLetter($0) }
        }
    }

    /// The dead letter of a row that begins with its number, what the event is, how many attempts failed, when and why.
    func deadLetter(_ row: SQLiteStatement) throws -> DeadLetter {
        DeadLetter(
            number: row.integer(0), dialect: Dialect(rawValue: row.text(1)),
            draft: OutboxDraft(
                recipient: row.text(2), audience: OutboxDraft.Audience(rawValue: row.text(3)) ?? .user,
                event: row.text(4), message: row.optionalText(5), payload: try StoredJSON.value(row.text(6)),
                exceptSocket: row.optionalText(7), joined: row.text(8).isEmpty ? nil : row.text(8), trace: nil),
            attempts: row.integer(9), createdAt: Date(milliseconds: row.integer(10)),
            failedAt: Date(milliseconds: row.integer(11)), reason: row.text(12))
    }

    /// See ``DeadLetterStore``.
    public func deadLetterCounts() throws -> [Dialect: Int] {
        try translate {
            let rows = try connection.rows("SELECT dialect, count(*) FROM dead_letters GROUP BY dialect") {
                (Dialect(rawValue: $0.text(0)), $0.integer(1))
            }
            return Dictionary(rows, uniquingKeysWith: +)
        }
    }

    /// See ``DeadLetterStore``.
    public func replayDeadLetters(_ numbers: [Int]?) throws -> Int {
        let list = numbers.map { JSONValue.array($0.map(JSONValue.integer)).encodedText() }
        let condition = "?1 IS NULL OR number IN (SELECT value FROM json_each(?1))"
        return try transact(durable: true) {
            let count = try connection.first(
                "SELECT count(*) FROM dead_letters WHERE \(condition)", [SQLiteValue(list)]
            ) { $0.integer(0) }
            try connection.run(
                """
                INSERT INTO outbox (start, \(Self.columns))
                SELECT ?2, \(Self.event), CASE audience WHEN ?4 THEN ?3 ELSE created_at END
                FROM dead_letters WHERE \(condition) ORDER BY number
                """,
                [
                    SQLiteValue(list), .integer(start.number), .integer(now().milliseconds),
                    .text(OutboxDraft.Audience.devices.rawValue),
                ])
            try connection.run("DELETE FROM dead_letters WHERE \(condition)", [SQLiteValue(list)])
            return count ?? 0
        }
    }
}
