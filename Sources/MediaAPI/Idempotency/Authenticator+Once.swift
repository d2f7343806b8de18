import ChatBridge
import HTTPServer

extension Authenticator {
    /// Handles a request of `caller` by `handler`, once for each `Idempotency-Key`.
    /// - Throws: what ``IdempotentRequests/handle(_:of:_:)`` throws.
    func once(
        _ request: HTTPRequest, of caller: Caller, _ handler: (HTTPRequest) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        guard let idempotency else { return try await handler(request) }
        let sender: IdempotentRequests.Sender = caller.isService ? .service(caller.user.id) : .user(caller.user.id)
        return try await idempotency.handle(request, of: sender, handler)
    }
}
