public import ChatBridge
import Foundation

extension SQLiteChatStore {
    /// See ``WebhookStore``.
    public func webhookEndpoints() throws -> [WebhookEndpoint] { try translate { try storedWebhookEndpoints() } }

    /// See ``WebhookStore``.
    public func updateWebhookEndpoint(
        _ id: String, change: @escaping @Sendable (_ endpoint: inout WebhookEndpoint?, _ count: Int) throws -> Void
    ) throws -> WebhookEndpoint? {
        defer { knownWebhookEndpoints = nil }
        let step = IdempotentStep.next("webhook")
        return try transact {
            let all = try storedWebhookEndpoints()
            return try once(step) { ids in
                all.first { $0.id == ids.first }
            } make: {
                let former = all.first { $0.id == id }
                var endpoint = former
                try change(&endpoint, all.count)
                if endpoint != former { try replace(id, by: endpoint) }
                return (endpoint, [id], [])
            }
        }
    }

    private func replace(_ id: String, by endpoint: WebhookEndpoint?) throws {
        guard let endpoint else {
            try connection.run("DELETE FROM webhook_endpoints WHERE id = ?", [.text(id)])
            try connection.run("DELETE FROM webhook_deliveries WHERE endpoint = ?", [.text(id)])
            return
        }
        try connection.run(
            """
            INSERT INTO webhook_endpoints (id, content, created_at) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET content = excluded.content
            """, [.text(id), .text(try endpoint.storedText), .integer(endpoint.createdAt.milliseconds)])
    }

    /// The endpoints, which are read again when another process has changed the database.
    func storedWebhookEndpoints() throws -> [WebhookEndpoint] {
        let state = try connection.rows("PRAGMA data_version") { $0.integer(0) }.first ?? 0
        if let known = knownWebhookEndpoints, known.state == state { return known.endpoints }
        let endpoints = try connection.rows("SELECT content FROM webhook_endpoints ORDER BY created_at, id") {
            try WebhookEndpoint(storedText: $0.text(0))
        }
        knownWebhookEndpoints = (state, endpoints)
        return endpoints
    }
}
