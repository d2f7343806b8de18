package import HTTPServer
package import Realtime

/// Registers the routes of a dialect that has no descriptions yet, and so no `openapi.json`: as ``DialectRoutes``, which requires a
/// description of each.
package struct UndescribedRoutes {
    private(set) var described: DialectRoutes

    init(_ described: DialectRoutes) { self.described = described }

    /// The prefix of the dialect's paths; empty at the root.
    package var prefix: String { described.prefix }

    /// See ``DialectRoutes/on(_:_:_:errors:_:)``.
    package mutating func on(
        _ method: HTTPMethod, _ path: String, errors: (any ErrorEnvelope)? = nil,
        _ handler: @escaping DialectRoutes.Handler
    ) {
        described.add(method, path, nil, access: .user, errors: errors, described.authenticating(handler))
    }

    /// See ``DialectRoutes/open(_:_:_:errors:_:)``.
    package mutating func open(
        _ method: HTTPMethod, _ path: String, _ handler: @escaping DialectRoutes.OpenHandler
    ) {
        described.add(method, path, nil, access: .open, errors: nil, described.counting(handler))
    }

    /// See ``DialectRoutes/authorizing(_:_:_:access:errors:_:)``.
    package mutating func authorizing(
        _ method: HTTPMethod, _ path: String, errors: (any ErrorEnvelope)? = nil,
        _ handler: @escaping DialectRoutes.OpenHandler
    ) {
        described.add(method, path, nil, access: .open, errors: errors, handler)
    }

    /// See ``DialectRoutes/openOrService(_:_:_:_:)``.
    package mutating func openOrService(
        _ method: HTTPMethod, _ path: String,
        _ handler: @escaping @Sendable (_ request: HTTPRequest, _ isService: Bool) async throws -> HTTPResponse
    ) {
        described.add(method, path, nil, access: .open, errors: nil, described.countingUnlessService(handler))
    }

    /// See ``DialectRoutes/sendErrors(under:)``.
    package mutating func sendErrors(under path: String) { described.sendErrors(under: path) }

    /// See ``DialectRoutes/mountSocketIO(_:)``.
    package mutating func mountSocketIO(_ server: SocketIOServer) { described.mountSocketIO(server) }
}

extension DialectRoutes {
    /// Adds routes without descriptions, of a dialect that is not described.
    package mutating func undescribed(_ add: (inout UndescribedRoutes) -> Void) {
        var routes = UndescribedRoutes(self)
        add(&routes)
        self = routes.described
    }
}
