public import ChatBridge
public import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``SelfDestructStore``.
    public func dueMessages(in dialects: Set<Dialect>, at date: Date, limit: Int) throws -> [ChatMessage] {
        try translate {
            var found: [(number: Int, dueAt: Int)] = []
            for dialect in dialects {
                let values: [SQLiteValue] = [
                    .text(dialect.rawValue), .integer(date.milliseconds), .integer(max(limit, 0)),
                ]
                found += try connection.rows(Self.dueMessages, values) { ($0.integer(0), $0.integer(1)) }
            }
            let first = found.sorted { ($0.dueAt, $0.number) < ($1.dueAt, $1.number) }.prefix(max(limit, 0))
            return try first.flatMap { try messages(where: "m.number = ?1", [.integer($0.number)]) }
        }
    }

    static let dueMessages = """
        SELECT message, due_at FROM message_deadlines WHERE dialect = ?1 AND due_at <= ?2 ORDER BY due_at LIMIT ?3
        """

    /// See ``SelfDestructStore``.
    public func nextDueMessage(in dialects: Set<Dialect>) throws -> Date? {
        try translate {
            let dates = try dialects.compactMap { dialect in
                try connection.first(Self.nextDueMessage, [.text(dialect.rawValue)]) { $0.optionalInteger(0) } ?? nil
            }
            return dates.min().map(Date.init(milliseconds:))
        }
    }

    static let nextDueMessage = "SELECT min(due_at) FROM message_deadlines WHERE dialect = ?1"

    /// Notes when a message is due that was saved, or has changed.
    func setDeadline(of message: ChatMessage, number: Int) throws {
        guard let date = message.selfDestruct?.dueAt else { return }
        try connection.run(
            """
            INSERT INTO message_deadlines (message, dialect, due_at) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET due_at = excluded.due_at
            """, [.integer(number), .text(message.dialect.rawValue), .integer(date.milliseconds)])
    }

    /// Starts the timers of those messages that were read at `date`, and have one that was not started before. Returns them.
    func startTimers(of numbers: [Int], at date: Date) throws -> [ChatMessage] {
        try numbers.compactMap { number in
            guard var message = try messages(where: "m.number = ?1", [.integer(number)]).first,
                message.startSelfDestruct(at: date)
            else { return nil }
            try connection.run(
                "UPDATE messages SET details = ?2 WHERE number = ?1",
                [.integer(number), .text(message.details.encodedText())])
            try setDeadline(of: message, number: number)
            return message
        }
    }
}
