public import ChatBridge
import Concurrency
public import Foundation
import JSON

extension SQLiteChatStore {
    /// Writes events for the endpoints that receive them, within the transaction of the change that they report.
    /// - Parameter events: makes them; it is not called where there is no endpoint.
    func writeWebhooks(at date: Date, _ events: () throws -> [WebhookEvent]) throws {
        let endpoints = try storedWebhookEndpoints()
        guard !endpoints.isEmpty else { return }
        for event in try events() {
            for endpoint in endpoints where endpoint.receives(event.kind, from: event.source) {
                try connection.run(
                    """
                    INSERT INTO webhook_deliveries (endpoint, event, kind, dialect, subject, payload, created_at, queued_at)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7)
                    """,
                    [
                        .text(endpoint.id), .text(event.id), .text(event.kind.rawValue),
                        SQLiteValue(event.dialect?.rawValue), .text(event.subject),
                        .text(event.payload.encodedText()), .integer(date.milliseconds),
                    ])
            }
        }
    }

    /// See ``WebhookStore``.
    public func write(_ events: [WebhookEvent], at date: Date) throws {
        guard try translate({ try !storedWebhookEndpoints().isEmpty }) else { return }
        try transact { try writeWebhooks(at: date) { events } }
    }

    /// See ``WebhookStore``.
    public func dueWebhooks(for endpoint: String, limit: Int) throws -> [WebhookDelivery] {
        try translate {
            if try connection.isReadOnly { throw ChatError(.readOnly) }
            return try deliveries(
                Self.dueWebhooks,
                [
                    .text(endpoint), .integer(uptimeMilliseconds), .integer(start.number), .integer(max(limit, 0)),
                ])
        }
    }

    static let dueWebhooks = """
        SELECT \(deliveryColumns) FROM webhook_deliveries AS entry
        WHERE endpoint = ?1 AND failed_at IS NULL AND (not_before <= ?2 OR waits_in <> ?3) AND NOT EXISTS (
            SELECT 1 FROM webhook_deliveries AS earlier INDEXED BY webhook_deliveries_retries
            WHERE earlier.endpoint = entry.endpoint AND earlier.subject = entry.subject AND earlier.failed_at IS NULL
                AND earlier.not_before > 0 AND earlier.sequence < entry.sequence AND earlier.not_before > ?2
                AND earlier.waits_in = ?3)
        ORDER BY sequence LIMIT ?4
        """

    /// See ``WebhookStore``.
    public func nextWebhookRetry(for endpoint: String) throws -> Duration? {
        try translate {
            let due = try connection.first(
                """
                SELECT min(not_before) FROM webhook_deliveries
                WHERE endpoint = ?1 AND failed_at IS NULL AND not_before > 0 AND waits_in = ?2
                """, [.text(endpoint), .integer(start.number)]
            ) { $0.optionalInteger(0) }
            return (due ?? nil).map { .milliseconds(max($0 - uptimeMilliseconds, 0)) }
        }
    }

    /// See ``WebhookStore``.
    public func webhookBacklog() throws -> [String: WebhookBacklog] {
        try translate {
            let rows = try connection.rows(
                """
                SELECT endpoint, count(*) FILTER (WHERE failed_at IS NULL), min(queued_at) FILTER (WHERE failed_at IS NULL),
                    count(failed_at)
                FROM webhook_deliveries GROUP BY endpoint
                """
            ) {
                (
                    $0.text(0),
                    WebhookBacklog(
                        waiting: $0.integer(1), oldest: $0.optionalInteger(2).map(Date.init(milliseconds:)),
                        deadLetters: $0.integer(3))
                )
            }
            return Dictionary(rows) { first, _ in first }
        }
    }

    /// See ``WebhookStore``.
    public func webhooksDelivered(_ sequences: [Int]) throws {
        guard !sequences.isEmpty else { return }
        try transact(durable: false) {
            for sequence in sequences {
                try connection.run("DELETE FROM webhook_deliveries WHERE sequence = ?", [.integer(sequence)])
            }
        }
    }

    /// See ``WebhookStore``.
    public func postponeWebhook(_ sequence: Int, for delay: Duration, reason: String) throws {
        try transact(durable: false) {
            try connection.run(
                """
                UPDATE webhook_deliveries SET attempts = attempts + 1, not_before = ?2, waits_in = ?3, reason = ?4
                WHERE sequence = ?1
                """,
                [
                    .integer(sequence), .integer(uptimeMilliseconds + delay.wholeMilliseconds),
                    .integer(start.number), .text(reason),
                ])
        }
    }
}

extension SQLiteChatStore {
    /// The columns of ``delivery(_:)``.
    static let deliveryColumns =
        "sequence, endpoint, event, kind, dialect, subject, payload, created_at, queued_at, attempts, reason, failed_at"

    func deliveries(_ query: String, _ values: [SQLiteValue]) throws -> [WebhookDelivery] {
        try connection.rows(query, values) { try Self.delivery($0) }
    }

    static func delivery(_ row: SQLiteStatement) throws -> WebhookDelivery {
        WebhookDelivery(
            sequence: row.integer(0), endpoint: row.text(1),
            event: WebhookEvent(
                id: row.text(2), kind: WebhookKind(rawValue: row.text(3)) ?? .messageCreated,
                dialect: row.optionalText(4).map(Dialect.init(rawValue:)), subject: row.text(5),
                payload: try StoredJSON.value(row.text(6))),
            createdAt: Date(milliseconds: row.integer(7)), queuedAt: Date(milliseconds: row.integer(8)),
            attempts: row.integer(9), reason: row.optionalText(10),
            failedAt: row.optionalInteger(11).map(Date.init(milliseconds:)))
    }
}
