import HTTPServer
import Logging

/// The routing of the service: routes by pattern, subtrees by prefix, and the error envelope of paths without a route.
package struct Routes: Sendable {
    typealias Responder = @Sendable (HTTPRequest) async -> HTTPResponse

    var router = Router()
    private var subtrees: [(prefix: String, responder: Responder)] = []
    private var envelopes: [(prefix: String, envelope: any ErrorEnvelope)] = []
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// Handles `prefix` and all paths below it by `responder`.
    mutating func mount(_ prefix: String, _ responder: @escaping Responder) {
        subtrees.append((prefix, responder))
    }

    /// Sends errors under `prefix` in `envelope` where no route does so itself. The longest matching prefix is used.
    mutating func tellErrors(under prefix: String, in envelope: any ErrorEnvelope) {
        envelopes.append((prefix, envelope))
        envelopes.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        let path = request.path
        if let subtree = subtrees.first(where: { path == $0.prefix || path.hasPrefix($0.prefix + "/") }) {
            return await subtree.responder(request)
        }
        let envelope = envelopes.first { path.hasPrefix($0.prefix) }?.envelope ?? ProblemDetails()
        return await envelope.answering(request, logger: logger) {
            switch router.match(request.method, path) {
            case .found(let handler, let parameters): return try await handler(request, parameters)
            case .notFound: throw APIError.notFound
            case .methodNotAllowed(let methods):
                throw APIError(
                    code: .methodNotAllowed, message: "\(request.method) is not for this address",
                    details: .allow(methods.map(\.rawValue)))
            }
        }
    }
}
