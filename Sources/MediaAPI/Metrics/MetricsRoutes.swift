import HTTPServer
import Metrics

/// `GET /metrics`: all metrics in Prometheus's text format.
struct MetricsRoutes: Sendable {
    let metrics: MetricsRegistry
    /// Whether no token is needed; otherwise a service token is required.
    let isOpen: Bool
    let authenticator: Authenticator

    func mount(on routes: inout Routes) {
        if isOpen {
            routes.on(.get, "/metrics", .metrics) { _, _ in await page() }
        } else {
            routes.onService(.get, "/metrics", authenticator, .metrics) { _, _, _ in await page() }
        }
    }

    private func page() async -> HTTPResponse {
        HTTPResponse(
            contentType: MetricsText.contentType, MetricsText.encode(await metrics.families()).utf8)
    }
}
