import HTTPServer

extension Routes {
    /// Adds a route of the native API: it requires a service token, and its errors are problem details.
    mutating func onService(
        _ method: HTTPMethod, _ path: String, _ authenticator: Authenticator,
        _ handler: @escaping @Sendable (HTTPRequest, PathParameters, Caller) async throws -> HTTPResponse
    ) {
        on(method, path, errors: ProblemDetails()) { request, parameters in
            try await handler(request, parameters, authenticator.service(of: request))
        }
    }
}
