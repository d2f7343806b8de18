package import HTTPServer
import Logging
import Metrics
import OpenAPI
import Tracing

/// The routes of the service, and the place where the error of a request becomes its response.
package struct Routes: HTTPResponder {
    /// Answers the requests of one route.
    package typealias Handler = @Sendable (HTTPRequest, PathParameters) async throws -> HTTPResponse

    private struct Route: Sendable {
        let pattern: String
        /// The envelope of the route's errors; `nil` for that of its path.
        let errors: (any ErrorEnvelope)?
        let handler: Handler
    }

    private var router = Router<Route>()
    private var subtrees: [(prefix: String, errors: (any ErrorEnvelope)?, handler: Handler)] = []
    private var envelopes: [(prefix: String, envelope: any ErrorEnvelope)] = []
    private let logger: Logger
    private let metrics: RequestMetrics
    private let limits: RequestLimits
    private let activity: ActivityFeed?
    private let tracer: Tracer?
    /// Every route and subtree, in the order in which they were added.
    private(set) var registered: [RegisteredRoute] = []

    /// - Parameter limits: those of clients; requests without a route count for their address.
    /// - Parameter activity: where answered requests are added.
    /// - Parameter tracer: records the traces of requests; `nil` where nothing is traced.
    init(
        logger: Logger, metrics: MetricsRegistry = MetricsRegistry(), limits: RequestLimits = .none,
        activity: ActivityFeed? = nil, tracer: Tracer? = nil
    ) {
        self.tracer = tracer
        self.logger = logger
        self.limits = limits
        self.activity = activity
        self.metrics = RequestMetrics(metrics)
    }

    /// Adds a route: `method` on paths like `pattern`.
    /// - Parameters:
    ///   - description: what it does; `nil` for another spelling of a route that is described.
    ///   - access: how its handler authenticates callers.
    ///   - errors: the envelope of its errors; `nil` for that of its path.
    mutating func on(
        _ method: HTTPMethod, _ pattern: String, _ description: RouteDescription?, access: RouteAccess = .unlimited,
        errors: (any ErrorEnvelope)? = nil, _ handler: @escaping Handler
    ) {
        router.on(method, pattern, Route(pattern: pattern, errors: errors, handler: handler))
        registered.append(
            RegisteredRoute(
                method: method, pattern: pattern, description: description, access: access, errors: errors))
    }

    /// Handles `prefix` and all paths below it by `handler`, with every method.
    /// - Parameter errors: the envelope of its errors; `nil` for that of its path.
    mutating func mount(_ prefix: String, errors: (any ErrorEnvelope)? = nil, _ handler: @escaping Handler) {
        subtrees.append((prefix, errors, handler))
        registered.append(
            RegisteredRoute(method: nil, pattern: prefix, description: nil, access: .unlimited, errors: errors))
    }

    /// Describes what a subtree does with a method on paths like `pattern`.
    mutating func describe(_ method: HTTPMethod, _ pattern: String, _ description: RouteDescription) {
        registered.append(
            RegisteredRoute(method: method, pattern: pattern, description: description, access: .open, errors: nil))
    }

    /// Sends errors under `prefix` in `envelope`, unless the route has its own. The longest matching prefix is used; without
    /// one, errors are problem details.
    mutating func sendErrors(under prefix: String, in envelope: any ErrorEnvelope) {
        envelopes.append((prefix, envelope))
        envelopes.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    /// The response of the request's route, or the response for the error that it threw.
    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        let start = ContinuousClock.now
        var (route, code): (String?, APIError.Code?)
        let response: HTTPResponse
        if let span = tracer?.begin(request) {
            response = await Span.$current.withValue(span) {
                await respond(to: request, route: &route, code: &code)
            }
            span.end(request, route: route, response.status, code)
        } else {
            response = await respond(to: request, route: &route, code: &code)
        }
        metrics.answered(request.method, route: route, status: response.status, since: start)
        if let route, !Self.isWatching(route) {
            activity?.add(
                .request(
                    method: request.method, route: route, status: response.status, code: code?.rawValue,
                    milliseconds: Int((ContinuousClock.now - start) / .milliseconds(1)), id: request.id))
        }
        return response
    }

    /// Whether requests of a route are those of people and programs that watch the service, or downloads, which are many.
    private static func isWatching(_ route: String) -> Bool {
        watchingRoutes.contains(route) || route.hasPrefix("/console")
    }

    private static let watchingRoutes: Set<String> = ["/healthz", "/readyz", "/metrics", "/v1/activity", "/objects/*"]

    /// The request with a body that is compared with its `Content-Digest`, where it has one.
    private func comparingContent(of request: HTTPRequest) async throws -> HTTPRequest {
        do {
            return try request.comparingBody(with: .content)
        } catch {
            try await limits.admit(addressOf: request)
            throw error
        }
    }

    /// - Parameters:
    ///   - route: becomes the pattern of the request's route; `nil` where there is none.
    ///   - code: becomes the code of the error that is the response.
    private func respond(
        to request: HTTPRequest, route name: inout String?, code: inout APIError.Code?
    ) async -> HTTPResponse {
        let path = request.path
        var envelope = envelopes.first { path.hasPrefix($0.prefix) }?.envelope ?? ProblemDetails()
        do {
            if let field = request.ambiguousField {
                try await limits.admit(addressOf: request)
                throw APIError.invalid(field, "is sent twice, or with several values: send it once")
            }
            let request = try await comparingContent(of: request)
            if let subtree = subtrees.first(where: { path == $0.prefix || path.hasPrefix($0.prefix + "/") }) {
                name = subtree.prefix + "/*"
                request.notes?.route = name
                if let errors = subtree.errors { envelope = errors }
                return try await subtree.handler(request, PathParameters())
            }
            switch router.match(request.method, path) {
            case .found(let route, let parameters):
                name = route.pattern
                request.notes?.route = name
                if let errors = route.errors { envelope = errors }
                return try await route.handler(request, parameters)
            case .notFound:
                try await limits.admit(addressOf: request)
                throw APIError.notFound
            case .methodNotAllowed(let methods):
                try await limits.admit(addressOf: request)
                throw APIError.methodNotAllowed(request.method, allowed: methods)
            }
        } catch {
            let error = APIError(error)
            error.log(request, logger)
            metrics.rejected(error)
            code = error.code
            return envelope.response(for: error)
        }
    }
}
