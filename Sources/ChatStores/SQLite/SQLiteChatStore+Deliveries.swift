public import ChatBridge
public import Foundation

extension SQLiteChatStore {
    /// See ``MessageStore``.
    public func markDelivered(_ messages: [String], in dialect: Dialect, to users: Set<String>, at date: Date) throws {
        try transact(durable: false) {
            for message in messages {
                for user in users {
                    try connection.run(
                        """
                        INSERT OR IGNORE INTO deliveries (message, user, delivered_at, place)
                        SELECT number, ?3, ?4, (SELECT coalesce(max(place), 0) + 1 FROM deliveries WHERE message = m.number)
                        FROM messages AS m
                        WHERE dialect = ?1 AND id = ?2 AND sender <> ?3 AND deleted_at IS NULL
                        """,
                        [.text(dialect.rawValue), .text(message), .text(user), .integer(date.milliseconds)])
                }
            }
        }
    }

    /// The users to whom a message was delivered, in the order of delivery.
    func deliveries(of message: Int) throws -> [DeliveryReceipt] {
        try connection.rows(
            "SELECT user, delivered_at FROM deliveries WHERE message = ? ORDER BY place, delivered_at, user",
            [.integer(message)]
        ) { DeliveryReceipt(user: $0.user(0), deliveredAt: Date(milliseconds: $0.integer(1))) }
    }

    /// See ``LastSeenStore``.
    public func recordLastSeen(_ user: String, in dialect: Dialect, at date: Date) throws {
        try transact(durable: false) {
            try connection.run(
                """
                INSERT INTO last_seen (dialect, user, seen_at) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at
                """, [.text(dialect.rawValue), .text(user), .integer(date.milliseconds)])
        }
    }

    /// See ``LastSeenStore``.
    public func lastSeen(of users: Set<String>, in dialect: Dialect) throws -> [String: Date] {
        try translate {
            var seen: [String: Date] = [:]
            for user in users {
                seen[user] = try connection.first(
                    "SELECT seen_at FROM last_seen WHERE dialect = ? AND user = ?",
                    [.text(dialect.rawValue), .text(user)]
                ) { Date(milliseconds: $0.integer(0)) }
            }
            return seen
        }
    }
}
