import Synchronization

/// Counts the requests that are handed to the responder.
struct RequestCountMiddleware: HTTPMiddleware {
    let counts: Counts

    func respond(to request: HTTPRequest, next: any HTTPResponder) async -> HTTPResponse {
        counts.requests.add(1, ordering: .relaxed)
        return await next.respond(to: request)
    }
}
