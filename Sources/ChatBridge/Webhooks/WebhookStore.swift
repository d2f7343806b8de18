public import Foundation

/// The endpoints of webhooks, and the events that wait to be sent to them. Events of messages, media and jobs are written in the
/// transactions that change these. For errors see ``ChatStore``.
public protocol WebhookStore: Sendable {
    /// All endpoints, in the order of their creation.
    /// - Throws: ``StoreError/unavailable``.
    func webhookEndpoints() async throws -> [WebhookEndpoint]
    /// Creates, changes or deletes an endpoint in one transaction. With it its events are deleted.
    /// - Parameter change: changes the endpoint, which is `nil` where there is none and to delete it. `count` is how many there
    ///   are. What it throws is thrown, and nothing is changed then.
    /// - Returns: what it is now; `nil` where there is none.
    /// - Throws: ``StoreError/unavailable``; what `change` throws.
    func updateWebhookEndpoint(
        _ id: String, change: @escaping @Sendable (_ endpoint: inout WebhookEndpoint?, _ count: Int) throws -> Void
    ) async throws -> WebhookEndpoint?
    /// Writes events that belong to no other change.
    /// - Throws: ``StoreError/unavailable``.
    func write(_ events: [WebhookEvent], at date: Date) async throws
    /// At most `limit` events for an endpoint that are due, the oldest first; none of a subject whose earlier event waits for a
    /// retry.
    /// - Throws: ``StoreError/unavailable``.
    func dueWebhooks(for endpoint: String, limit: Int) async throws -> [WebhookDelivery]
    /// After how long the next event for an endpoint is due that waits for a retry; `nil` when there is none.
    /// - Throws: ``StoreError/unavailable``.
    func nextWebhookRetry(for endpoint: String) async throws -> Duration?
    /// The events of each endpoint that has some.
    /// - Throws: ``StoreError/unavailable``.
    func webhookBacklog() async throws -> [String: WebhookBacklog]
    /// Removes events that were delivered.
    /// - Throws: ``StoreError/unavailable``.
    func webhooksDelivered(_ sequences: [Int]) async throws
    /// Records a failed attempt; the event, and later ones of its subject for that endpoint, wait for `delay` of this process's
    /// uptime.
    /// - Throws: ``StoreError/unavailable``.
    func postponeWebhook(_ sequence: Int, for delay: Duration, reason: String) async throws
    /// Gives up the events for an endpoint that have waited since before `bound` and of which `sequence` is one (`nil`: all).
    /// Returns how many there were.
    /// - Throws: ``StoreError/unavailable``.
    func giveUpWebhooks(
        for endpoint: String, sequence: Int?, queuedBefore bound: Date, reason: String, at date: Date
    ) async throws -> Int
    /// At most `limit` events for an endpoint that were given up, after the one of that number.
    /// - Throws: ``StoreError/unavailable``.
    func deadWebhooks(for endpoint: String, after number: Int, limit: Int) async throws -> [WebhookDelivery]
    /// Has events that were given up wait again, each at its place. Returns how many there were.
    /// - Parameter numbers: which; `nil` for all of the endpoint. Those that do not exist are ignored.
    /// - Throws: ``StoreError/unavailable``.
    func replayWebhooks(for endpoint: String, _ numbers: [Int]?, at date: Date) async throws -> Int
    /// Deletes the events that were given up before `date`, and those of endpoints that were deleted meanwhile.
    /// - Throws: ``StoreError/unavailable``.
    func deleteDeadWebhooks(before date: Date) async throws
}
