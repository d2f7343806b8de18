import HTTPServer
import Logging

extension Router {
    /// Adds a route of the native API: it requires a service token, and errors are problem details.
    mutating func onService(
        _ method: HTTPMethod, _ path: String, _ authenticator: Authenticator, _ logger: Logger,
        _ handler: @escaping @Sendable (HTTPRequest, PathParameters, Caller) async throws -> HTTPResponse
    ) {
        on(method, path) { request, parameters in
            await ProblemDetails().answering(request, logger: logger) {
                try await handler(request, parameters, authenticator.service(of: request))
            }
        }
    }
}
