/// Answers preflight requests, and adds to every other response the fields that let pages of other origins read it.
public struct CORSMiddleware: HTTPMiddleware {
    private let policy: CORSPolicy

    /// Middleware that applies `policy`.
    public init(_ policy: CORSPolicy) { self.policy = policy }

    /// The response to a preflight, or the response of `next` with the policy's fields.
    public func respond(to request: HTTPRequest, next: any HTTPResponder) async -> HTTPResponse {
        if let preflight = policy.preflight(request) { return preflight }
        var response = await next.respond(to: request)
        policy.decorate(&response, for: request)
        return response
    }
}
