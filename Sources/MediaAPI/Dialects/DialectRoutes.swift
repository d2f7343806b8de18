package import ChatBridge
package import HTTPServer
import Logging
package import Realtime

/// The routes of one dialect while they are added, under the prefix that it is served at. Every call but those that say
/// otherwise takes a user's token; errors are told in the dialect's envelope.
package struct DialectRoutes {
    /// Answers a call whose caller is known.
    package typealias Handler =
        @Sendable (_ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller) async throws -> HTTPResponse
    /// Answers a call that anybody may make, or that proves its right in another way.
    package typealias OpenHandler =
        @Sendable (_ request: HTTPRequest, _ path: PathParameters) async throws -> HTTPResponse

    /// All routes of the service.
    private(set) var routes: Routes
    /// What stands before the dialect's own paths: empty at the root.
    package let prefix: String
    private let errors: any ErrorEnvelope
    private let authenticator: Authenticator
    private let logger: Logger

    init(_ routes: Routes, prefix: String, errors: any ErrorEnvelope, authenticator: Authenticator, logger: Logger) {
        self.routes = routes
        self.prefix = prefix
        self.errors = errors
        self.authenticator = authenticator
        self.logger = logger
    }

    /// Adds a call that takes a user's token.
    /// - Parameter errors: how this one tells errors, where it differs.
    package mutating func on(
        _ method: HTTPMethod, _ path: String, errors: (any ErrorEnvelope)? = nil, _ handler: @escaping Handler
    ) {
        let authenticator = authenticator
        open(method, path, errors: errors) { request, parameters in
            try await handler(request, parameters, authenticator.user(of: request).user)
        }
    }

    /// Adds a call that takes no token.
    package mutating func open(
        _ method: HTTPMethod, _ path: String, errors: (any ErrorEnvelope)? = nil, _ handler: @escaping OpenHandler
    ) {
        let (errors, logger) = (errors ?? self.errors, logger)
        routes.router.on(method, prefix + path) { request, parameters in
            await errors.answering(request, logger: logger) { try await handler(request, parameters) }
        }
    }

    /// Has errors under `path` told in the dialect's envelope where no route tells them itself.
    package mutating func tellErrors(under path: String) { routes.tellErrors(under: prefix + path, in: errors) }

    /// Answers `path` and everything below it by `responder`: for connections that last.
    mutating func mount(_ path: String, _ responder: @escaping Routes.Responder) {
        routes.mount(prefix + path, responder)
    }

    /// Serves Socket.IO at its usual path.
    package mutating func mountSocketIO(_ server: SocketIOServer) {
        let endpoint = SocketIOEndpoint(server: server)
        mount("/socket.io") { await endpoint.respond(to: $0) }
    }
}

extension PathParameters {
    /// What the path gives for `name`: a route that names it always has it.
    package func text(_ name: String) -> String { self[name] ?? "" }
}
