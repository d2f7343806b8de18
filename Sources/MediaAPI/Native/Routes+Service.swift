import ChatBridge
import HTTPServer
import OpenAPI

extension Routes {
    /// Adds a route of the native API: it requires a service token, and its errors are problem details. A request for a user
    /// (`X-On-Behalf-Of`) counts for the user, one of the service itself for no one.
    /// - Parameter isOnce: whether `Idempotency-Key` is handled here, and not by the route.
    mutating func onService(
        _ method: HTTPMethod, _ path: String, _ authenticator: Authenticator,
        _ description: RouteDescription, errors: any ErrorEnvelope = ProblemDetails(), isOnce: Bool = true,
        _ handler: @escaping @Sendable (HTTPRequest, PathParameters, Caller) async throws -> HTTPResponse
    ) {
        on(method, path, description, access: .service, errors: errors) { request, parameters in
            let caller = try await authenticator.caller(of: request, by: authenticator.service)
            guard let user = request.headers["X-On-Behalf-Of"] else {
                guard isOnce else { return try await handler(request, parameters, caller) }
                return try await authenticator.once(request, of: caller) { try await handler($0, parameters, caller) }
            }
            guard ChatIdentifier.isValid(user) else { throw APIError.invalid("X-On-Behalf-Of", "is no user's id") }
            return try await authenticator.limits.handle(request, of: user) { request in
                guard isOnce else { return try await handler(request, parameters, caller) }
                return try await authenticator.once(request, of: caller.acting(for: user)) {
                    try await handler($0, parameters, caller)
                }
            }
        }
    }
}
