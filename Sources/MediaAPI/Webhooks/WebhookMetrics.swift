import ChatBridge
import Metrics

/// The metrics of webhooks. Those of the store are left out when it cannot be read, which its own metrics show.
struct WebhookMetrics: Sendable {
    let store: any WebhookStore
    let deliverer: WebhookDeliverer

    /// The current values.
    func collect() async -> [MetricFamily] {
        let (delivered, failed) = deliverer.counts
        let sent = [
            MetricFamily(
                "darkroom_webhooks_delivered_total", .counter, "Events that endpoints have accepted from this process.",
                Self.samples(delivered)),
            MetricFamily(
                "darkroom_webhook_failures_total", .counter,
                "Attempts of this process to deliver an event that failed.",
                Self.samples(failed)),
        ]
        // Left out where the store cannot be read.
        guard let endpoints = try? await store.webhookEndpoints(), let backlog = try? await store.webhookBacklog()
        else {
            return sent
        }
        func all(_ value: (WebhookBacklog) -> Int) -> [MetricSample] {
            Self.samples(
                Dictionary(endpoints.map { ($0.id, backlog[$0.id].map(value) ?? 0) }) { first, _ in first })
        }
        let inactive = Dictionary(endpoints.map { ($0.id, $0.state == .active ? 0 : 1) }) { first, _ in first }
        return sent + [
            MetricFamily("darkroom_webhook_events", .gauge, "Events that wait for an endpoint.", all(\.waiting)),
            MetricFamily(
                "darkroom_webhook_dead_letters", .gauge, "Events for an endpoint that were given up.",
                all(\.deadLetters)),
            MetricFamily(
                "darkroom_webhook_paused", .gauge, "Whether an endpoint is paused or disabled (1).",
                Self.samples(inactive)),
        ]
    }

    private static func samples(_ values: [String: Int]) -> [MetricSample] {
        values.sorted { $0.key < $1.key }.map { MetricSample($0.value, "endpoint", $0.key) }
    }
}
