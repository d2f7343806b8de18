import ChatBridge
import ChatDocuments
import Foundation

/// Where webhooks are sent.
extension StoreTransaction {
    /// How long what was read of the endpoints is used to write events, in milliseconds: another process may change them.
    private static let endpointAge = 2_000

    func webhookEndpoints() throws -> [WebhookEndpoint] {
        try session.find(own.webhookEndpoints, ["_id": ["$gte": ""]], sort: ["createdAt": 1, "_id": 1])
            .map(WebhookEndpoint.init)
    }

    func updateWebhookEndpoint(
        _ id: String, change: (_ endpoint: inout WebhookEndpoint?, _ count: Int) throws -> Void
    ) throws -> WebhookEndpoint? {
        // Endpoints that are made at once are counted one after the other.
        try lock("webhook endpoints")
        let all = try webhookEndpoints()
        let former = all.first { $0.id == id }
        var endpoint = former
        try change(&endpoint, all.count)
        let filter: BSONDocument = ["_id": .string(id)]
        guard let endpoint else {
            try session.delete(own.webhookEndpoints, filter)
            try session.delete(own.webhooks, ["endpoint": .string(id)])
            return nil
        }
        if endpoint != former {
            try session.update(own.webhookEndpoints, filter, .document(try endpoint.document), upsert: true)
        }
        return endpoint
    }

    /// Writes events for the endpoints that receive them, within the transaction of the change that they report.
    /// - Parameter events: makes them; it is not called where there is no endpoint.
    func writeWebhooks(at date: Date, _ events: () throws -> [WebhookEvent]) throws {
        let endpoints = try knownWebhookEndpoints(within: Self.endpointAge, webhookEndpoints)
        guard !endpoints.isEmpty else { return }
        let written = try events().flatMap { event in
            endpoints.filter { $0.receives(event.kind, from: event.source) }.map { ($0.id, event) }
        }
        guard !written.isEmpty else { return }
        let first = try nextPlace(count: written.count)
        try session.insert(
            own.webhooks,
            written.enumerated().map { index, entry in
                WebhookDelivery(
                    sequence: first + index, endpoint: entry.0, event: entry.1, createdAt: date, queuedAt: date
                ).document
            })
    }
}

extension WebhookEndpoint {
    /// The endpoint as a document.
    var document: BSONDocument {
        get throws {
            ["_id": .string(id), "content": .string(try storedText), "createdAt": .date(createdAt)]
        }
    }

    fileprivate init(_ document: BSONDocument) throws {
        guard let content = document["content"]?.stringValue else { throw DocumentError(field: "content") }
        try self.init(storedText: content)
    }
}
