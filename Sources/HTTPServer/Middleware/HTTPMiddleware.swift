/// A step that every request passes on its way to the responder, and every response on its way back.
public protocol HTTPMiddleware: Sendable {
    /// The response to `request`: that of `next`, perhaps changed, or one of its own, in which case `next` is not called.
    func respond(to request: HTTPRequest, next: any HTTPResponder) async -> HTTPResponse
}

/// A responder behind middleware. The first of the list sees the request first and the response last.
public struct MiddlewareChain: HTTPResponder {
    private let first: any HTTPResponder

    /// A chain through `middleware`, in this order, to `responder`.
    public init(_ middleware: [any HTTPMiddleware], responder: any HTTPResponder) {
        var first = responder
        for step in middleware.reversed() { first = Step(middleware: step, next: first) }
        self.first = first
    }

    /// The response of the whole chain.
    public func respond(to request: HTTPRequest) async -> HTTPResponse { await first.respond(to: request) }

    private struct Step: HTTPResponder {
        let middleware: any HTTPMiddleware
        let next: any HTTPResponder

        func respond(to request: HTTPRequest) async -> HTTPResponse {
            await middleware.respond(to: request, next: next)
        }
    }
}
