package import ChatBridge
package import HTTPServer
package import OpenAPI
package import Realtime

/// Registers the routes of one dialect under a prefix, each with its description. Every route requires a user's token unless it is
/// added by ``open(_:_:_:errors:_:)`` or ``authorizing(_:_:_:access:errors:_:)``; errors are sent in the dialect's envelope.
package struct DialectRoutes {
    /// Handles a request of an authenticated caller.
    package typealias Handler =
        @Sendable (_ request: HTTPRequest, _ path: PathParameters, _ caller: ChatCaller) async throws -> HTTPResponse
    /// Handles a request that needs no token, or is authorized in another way.
    package typealias OpenHandler =
        @Sendable (_ request: HTTPRequest, _ path: PathParameters) async throws -> HTTPResponse

    /// All routes of the service.
    private(set) var routes: Routes
    /// The prefix of the dialect's paths; empty at the root.
    package let prefix: String
    /// The envelope of the dialect's errors.
    let errors: any ErrorEnvelope
    private let authenticator: Authenticator
    /// Performs the handlers of a user's requests, and records the files that they reject.
    private let recording:
        @Sendable (_ user: String, _ body: () async throws -> HTTPResponse) async throws -> HTTPResponse

    init(
        _ routes: Routes, prefix: String, errors: any ErrorEnvelope, authenticator: Authenticator,
        recording:
            @escaping @Sendable (_ user: String, _ body: () async throws -> HTTPResponse) async throws ->
            HTTPResponse = { try await $1() }
    ) {
        self.routes = routes
        self.prefix = prefix
        self.errors = errors
        self.authenticator = authenticator
        self.recording = recording
    }

    /// Adds a route that requires a user's token.
    /// - Parameter errors: the envelope of this route's errors; `nil` for the dialect's.
    package mutating func on(
        _ method: HTTPMethod, _ path: String, _ description: RouteDescription,
        errors: (any ErrorEnvelope)? = nil, _ handler: @escaping Handler
    ) {
        add(method, path, description, access: .user, errors: errors, authenticating(handler))
    }

    /// Adds a route that requires no token. Its requests count for the address that they come from.
    package mutating func open(
        _ method: HTTPMethod, _ path: String, _ description: RouteDescription,
        errors: (any ErrorEnvelope)? = nil, _ handler: @escaping OpenHandler
    ) {
        add(method, path, description, access: .open, errors: errors, counting(handler))
    }

    /// Adds a route whose handler authorizes requests, and counts them; or that needs no limit, because it computes nothing.
    package mutating func authorizing(
        _ method: HTTPMethod, _ path: String, _ description: RouteDescription, access: RouteAccess = .open,
        errors: (any ErrorEnvelope)? = nil, _ handler: @escaping OpenHandler
    ) {
        add(method, path, description, access: access, errors: errors, handler)
    }

    /// Adds a route for the chat server: it requires a service token. Its requests count for no one.
    package mutating func service(
        _ method: HTTPMethod, _ path: String, _ description: RouteDescription, _ handler: @escaping OpenHandler
    ) {
        let authenticator = authenticator
        add(method, path, description, access: .service, errors: nil) { request, parameters in
            let sender = try await authenticator.caller(of: request, by: authenticator.service)
            return try await authenticator.once(request, of: sender) { try await handler($0, parameters) }
        }
    }

    /// Adds a route that requires no token, and that the chat server may call with a service token.
    package mutating func openOrService(
        _ method: HTTPMethod, _ path: String, _ description: RouteDescription,
        _ handler: @escaping @Sendable (_ request: HTTPRequest, _ isService: Bool) async throws -> HTTPResponse
    ) {
        add(method, path, description, access: .open, errors: nil, countingUnlessService(handler))
    }

    /// Sends errors of paths under `path` that lead to no route in the dialect's envelope.
    package mutating func sendErrors(under path: String) { sendErrors(under: path, in: errors) }

    /// Sends errors of paths under `path` that lead to no route in an envelope.
    mutating func sendErrors(under path: String, in envelope: any ErrorEnvelope) {
        routes.sendErrors(under: prefix + path, in: envelope)
    }

    /// Serves Socket.IO at its usual path. A new session counts for the address that it comes from, until its client has authenticated;
    /// where the address has used up its requests, one whose head has a valid token counts for the user.
    package mutating func mountSocketIO(_ server: SocketIOServer) {
        let endpoint = SocketIOEndpoint(server: server)
        let (authenticator, limits, errors) = (authenticator, authenticator.limits, errors)
        server.whenAuthenticated { limits.giveBack(origin: $0) }
        routes.mount(prefix + "/socket.io", errors: errors) { request, _ in
            guard request.queryParameter("sid") == nil else { return await endpoint.respond(to: request) }
            let isCounted = try await authenticator.admitSession(request)
            return await endpoint.respond(to: request, countsForAddress: isCounted)
        }
    }
}

extension DialectRoutes {
    /// Adds a route under the prefix.
    mutating func add(
        _ method: HTTPMethod, _ path: String, _ description: RouteDescription?, access: RouteAccess,
        errors: (any ErrorEnvelope)?, _ handler: @escaping OpenHandler
    ) {
        routes.on(method, prefix + path, description, access: access, errors: errors ?? self.errors, handler)
    }

    /// A handler that is called for requests with a user's token.
    func authenticating(_ handler: @escaping Handler) -> OpenHandler {
        let (authenticator, recording) = (authenticator, recording)
        return { request, parameters in
            let sender = try await authenticator.caller(of: request, by: authenticator.user)
            let caller = sender.user
            return try await authenticator.limits.handle(request, of: caller.id) { request in
                try await authenticator.once(request, of: sender) { request in
                    try await recording(caller.id) { try await handler(request, parameters, caller) }
                }
            }
        }
    }

    /// A handler whose requests count for the address that they come from.
    func counting(_ handler: @escaping OpenHandler) -> OpenHandler {
        let limits = authenticator.limits
        return { request, parameters in
            try await limits.admit(addressOf: request)
            return try await handler(request, parameters)
        }
    }

    /// A handler whose requests count for their address unless they have a service token.
    func countingUnlessService(
        _ handler: @escaping @Sendable (_ request: HTTPRequest, _ isService: Bool) async throws -> HTTPResponse
    ) -> OpenHandler {
        let authenticator = authenticator
        return { request, _ in
            // Clients that log in may still send a token that has expired.
            let isService = (try? await authenticator.refreshingKeys(for: request, authenticator.service)) != nil
            if !isService { try await authenticator.limits.admit(addressOf: request) }
            return try await handler(request, isService)
        }
    }
}

extension PathParameters {
    /// The value of the path parameter `name`; empty for a parameter that the route does not have.
    package func text(_ name: String) -> String { self[name] ?? "" }
}
