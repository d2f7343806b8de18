import HTTPServer
import Metrics

/// Counts and measures requests by their route. A label's values are those of the routes, never what a client sent.
struct RequestMetrics: Sendable {
    /// The route of requests that match none.
    static let noRoute = "none"

    /// The methods that routes have.
    private static let methods: Set<HTTPMethod> = [.get, .head, .post, .put, .patch, .delete, .options]
    private static let otherMethod = "any"

    private let requests: Counter
    private let durations: Histogram
    private let errors: Counter

    init(_ metrics: MetricsRegistry) {
        requests = metrics.add(
            Counter(
                "darkroom_http_requests_total", "Requests by route and status of the response.",
                labels: ["method", "route", "status"]))
        durations = metrics.add(
            Histogram(
                "darkroom_http_request_duration_seconds",
                "Time from the head of a request to the head of its response, reception of the body included.",
                bounds: Histogram.requestSeconds, labels: ["method", "route"]))
        errors = metrics.add(
            Counter(
                "darkroom_rejections_total", "Responses with an error, by its code.",
                labels: ["code"]))
    }

    /// A request was answered.
    func answered(_ method: HTTPMethod, route: String?, status: HTTPStatus, since start: ContinuousClock.Instant) {
        // Without a route, and below a prefix, the method is any that a client chose.
        let known = route != nil && Self.methods.contains(method)
        let labels = [known ? method.rawValue : Self.otherMethod, route ?? Self.noRoute]
        requests.add(1, labels + ["\(status.rawValue)"])
        durations.observe(since: start, labels)
    }

    /// A request was answered with an error.
    func rejected(_ error: APIError) { errors.add(1, [error.code.rawValue]) }
}
