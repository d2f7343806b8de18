public import ChatBridge
public import Foundation

extension SQLiteChatStore {
    /// See ``MessageChangeStore``.
    public func endedPolls(in dialect: Dialect, at date: Date, limit: Int) throws -> [ChatMessage] {
        try translate {
            try messages(
                where: """
                    m.dialect = ?1 AND \(Self.pollEnd) IS NOT NULL AND \(Self.pollEnd) <= ?2 AND m.deleted_at IS NULL
                    ORDER BY \(Self.pollEnd) LIMIT ?3
                    """, [.text(dialect.rawValue), .integer(date.milliseconds), .integer(limit)])
        }
    }

    /// See ``MessageChangeStore``.
    public func nextPollEnd(in dialect: Dialect) throws -> Date? {
        try translate {
            let due = try connection.first(
                """
                SELECT min(\(Self.pollEnd)) FROM messages AS m WHERE m.dialect = ?1 AND \(Self.pollEnd) IS NOT NULL
                """, [.text(dialect.rawValue)]
            ) { $0.optionalInteger(0) }
            return (due ?? nil).map(Date.init(milliseconds:))
        }
    }

    /// The expression of the index `messages_poll_end`.
    private static let pollEnd = "json_extract(m.details, '$.pollEnd')"
}
