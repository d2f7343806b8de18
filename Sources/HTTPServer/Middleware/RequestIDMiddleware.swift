import Bytes

/// Gives a request the ID that its client or a proxy chose (`X-Request-Id`), and returns the ID of each request in the same
/// field of the response.
struct RequestIDMiddleware: HTTPMiddleware {
    private static let field = "X-Request-Id"
    /// Longer IDs are not used.
    private static let maximumLength = 128

    func respond(to request: HTTPRequest, next: any HTTPResponder) async -> HTTPResponse {
        var request = request
        if let id = request.headers[Self.field], Self.isValid(id) { request.id = id }
        request.notes?.id = request.id
        var response = await next.respond(to: request)
        response.headers[Self.field] = request.id
        return response
    }

    /// Whether an ID can be in a log line and in a header field as it is.
    private static func isValid(_ id: String) -> Bool {
        !id.isEmpty && id.utf8.count <= maximumLength && id.utf8.allSatisfy(\.isTokenByte)
    }
}
