import ChatBridge
import HTTPServer
import OpenAPI

extension Routes {
    /// Adds a route of the native API: it requires a service token, and its errors are problem details. A request for a user
    /// (`X-On-Behalf-Of`) counts for the user, one of the service itself for no one.
    mutating func onService(
        _ method: HTTPMethod, _ path: String, _ authenticator: Authenticator,
        _ description: RouteDescription, errors: any ErrorEnvelope = ProblemDetails(),
        _ handler: @escaping @Sendable (HTTPRequest, PathParameters, Caller) async throws -> HTTPResponse
    ) {
        on(method, path, description, access: .service, errors: errors) { request, parameters in
            let caller = try await authenticator.caller(of: request, by: authenticator.service)
            guard let user = request.headers["X-On-Behalf-Of"] else {
                return try await handler(request, parameters, caller)
            }
            guard ChatIdentifier.isValid(user) else { throw APIError.invalid("X-On-Behalf-Of", "is no user's id") }
            return try await authenticator.limits.handle(request, of: user) {
                try await handler($0, parameters, caller)
            }
        }
    }
}
