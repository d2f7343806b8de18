public import ChatBridge
public import Foundation
import Synchronization

extension MongoDBChatStore {
    /// See ``WebhookStore``.
    public func webhookEndpoints() async throws -> [WebhookEndpoint] { try await read { try $0.webhookEndpoints() } }

    /// See ``WebhookStore``.
    public func updateWebhookEndpoint(
        _ id: String, change: @escaping @Sendable (_ endpoint: inout WebhookEndpoint?, _ count: Int) throws -> Void
    ) async throws -> WebhookEndpoint? {
        defer { knownWebhookEndpoints.withLock { $0 = nil } }
        let step = IdempotentStep.next("webhook")
        return try await transact { transaction in
            try transaction.once(step) { ids in
                try transaction.webhookEndpoints().first { $0.id == ids.first }
            } make: {
                (try transaction.updateWebhookEndpoint(id, change: change), [id], [])
            }
        }
    }

    /// See ``WebhookStore``.
    public func write(_ events: [WebhookEvent], at date: Date) async throws {
        try await transact { transaction in try transaction.writeWebhooks(at: date) { events } }
    }

    /// See ``WebhookStore``.
    public func dueWebhooks(for endpoint: String, limit: Int) async throws -> [WebhookDelivery] {
        try await read { try $0.dueWebhooks(for: endpoint, limit: limit) }
    }

    /// See ``WebhookStore``.
    public func nextWebhookRetry(for endpoint: String) async throws -> Duration? {
        try await read { try $0.nextWebhookRetry(for: endpoint) }
    }

    /// See ``WebhookStore``.
    public func webhookBacklog() async throws -> [String: WebhookBacklog] { try await read { try $0.webhookBacklog() } }

    /// See ``WebhookStore``.
    public func webhooksDelivered(_ sequences: [Int]) async throws {
        // One command, and no transaction: that of a process that is killed would hold the events until the server ends it.
        try await performSingly { try $0.webhooksDelivered(sequences) }
    }

    /// See ``WebhookStore``.
    public func postponeWebhook(_ sequence: Int, for delay: Duration, reason: String) async throws {
        try await performSingly { try $0.postponeWebhook(sequence, for: delay, reason: reason) }
    }

    /// See ``WebhookStore``.
    public func giveUpWebhooks(
        for endpoint: String, sequence: Int?, queuedBefore bound: Date, reason: String, at date: Date
    ) async throws -> Int {
        try await performSingly {
            try $0.giveUpWebhooks(for: endpoint, sequence: sequence, queuedBefore: bound, reason: reason, at: date)
        }
    }

    /// See ``WebhookStore``.
    public func deadWebhooks(for endpoint: String, after number: Int, limit: Int) async throws -> [WebhookDelivery] {
        try await read { try $0.deadWebhooks(for: endpoint, after: number, limit: limit) }
    }

    /// See ``WebhookStore``.
    public func replayWebhooks(for endpoint: String, _ numbers: [Int]?, at date: Date) async throws -> Int {
        try await performSingly { try $0.replayWebhooks(for: endpoint, numbers, at: date) }
    }

    /// See ``WebhookStore``.
    public func deleteDeadWebhooks(before date: Date) async throws {
        try await performSingly { try $0.deleteDeadWebhooks(before: date) }
    }
}
