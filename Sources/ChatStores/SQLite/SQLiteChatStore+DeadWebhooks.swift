public import ChatBridge
public import Foundation
import JSON

extension SQLiteChatStore {
    /// See ``WebhookStore``.
    public func giveUpWebhooks(
        for endpoint: String, sequence: Int?, queuedBefore bound: Date, reason: String, at date: Date
    ) throws -> Int {
        try transact(durable: false) {
            try connection.change(
                """
                UPDATE webhook_deliveries SET failed_at = ?3, reason = ?4, not_before = 0
                WHERE endpoint = ?1 AND failed_at IS NULL AND queued_at <= ?2 AND (?5 IS NULL OR sequence = ?5)
                """,
                [
                    .text(endpoint), .integer(bound.milliseconds), .integer(date.milliseconds), .text(reason),
                    sequence.map(SQLiteValue.integer) ?? .null,
                ])
        }
    }

    /// See ``WebhookStore``.
    public func deadWebhooks(for endpoint: String, after number: Int, limit: Int) throws -> [WebhookDelivery] {
        try translate {
            try deliveries(
                """
                SELECT \(Self.deliveryColumns) FROM webhook_deliveries
                WHERE endpoint = ? AND failed_at IS NOT NULL AND sequence > ? ORDER BY sequence LIMIT ?
                """, [.text(endpoint), .integer(number), .integer(max(limit, 0))])
        }
    }

    /// See ``WebhookStore``.
    public func replayWebhooks(for endpoint: String, _ numbers: [Int]?, at date: Date) throws -> Int {
        let list = numbers.map { JSONValue.array($0.map(JSONValue.integer)).encodedText() }
        return try transact {
            try connection.change(
                """
                UPDATE webhook_deliveries SET failed_at = NULL, queued_at = ?2, attempts = 0, not_before = 0
                WHERE endpoint = ?1 AND failed_at IS NOT NULL
                    AND (?3 IS NULL OR sequence IN (SELECT value FROM json_each(?3)))
                """, [.text(endpoint), .integer(date.milliseconds), SQLiteValue(list)])
        }
    }

    /// See ``WebhookStore``.
    public func deleteDeadWebhooks(before date: Date) throws {
        try transact(durable: false) {
            try connection.run("DELETE FROM webhook_deliveries WHERE failed_at < ?", [.integer(date.milliseconds)])
            try connection.run(
                "DELETE FROM webhook_deliveries WHERE endpoint NOT IN (SELECT id FROM webhook_endpoints)")
        }
    }
}
