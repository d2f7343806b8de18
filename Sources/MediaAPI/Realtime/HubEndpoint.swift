import ChatBridge
package import HTTPServer
package import Realtime

/// Serves a SignalR hub over HTTP (TransportProtocols.md): negotiation, the WebSocket, and for clients that cannot use one,
/// server-sent events and long polling, both with `POST` in the other direction.
package struct HubEndpoint: Sendable {
    let server: HubServer
    let connections = HubConnections()
    let sockets: UserSocketServer
    let endpoint: UserSocketEndpoint

    /// An endpoint of `server` whose clients are authenticated by `authenticate`.
    /// - Parameter limits: those of clients: negotiations and connections are requests.
    package init(
        server: HubServer, limits: RequestLimits = .none, authenticate: @escaping TokenAuthentication
    ) {
        self.server = server
        sockets = UserSocketServer(hub: server.openConnections, application: server)
        endpoint = UserSocketEndpoint(
            server: sockets, authenticate: authenticate, maximumFrame: server.configuration.maximumFrameBytes,
            tokenParameter: "access_token", limits: limits)
    }

    /// Handles `POST …/negotiate`.
    /// - Throws: errors of authentication, ``APIError`` `busy` when too many connections are being negotiated.
    package func negotiate(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (caller, _) = try await endpoint.caller(of: request)
        try await endpoint.limits.admit(user: caller.id)
        let version = request.queryParameter("negotiateVersion")
        guard let response = server.negotiate(version: version, user: caller.id) else {
            throw APIError(code: .busy, message: "Too many connections are being made; try again later")
        }
        return .json(response, headers: Self.uncached)
    }

    /// Handles `GET` of the hub, and no `HEAD`, whose response would have no frame: opens a WebSocket, with or without a negotiated `id`, or an event stream; or is a poll.
    /// - Throws: errors of authentication, ``APIError`` when the request has no `id` and is not an upgrade, or there are too
    ///   many connections.
    package func connect(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.method == .get else {
            return .text("Method not allowed", status: .methodNotAllowed, headers: ["Allow": "DELETE, GET, POST"])
        }
        let (caller, expires) = try await endpoint.caller(of: request)
        guard let id = request.queryParameter("id") else {
            return try await endpoint.open(request, for: caller, until: expires)
        }
        guard request.headers.members(of: "Upgrade").isEmpty else {
            let server = server
            return try await endpoint.open(request, for: caller, until: expires) {
                rejection(of: server.claim(id, for: caller.id))
            } lifetime: { serve in
                server.opened(id)
                await serve()
                server.closed(id)
            }
        }
        return try await connectWithoutSocket(request, id, caller, until: expires)
    }

    /// The response to a request for a connection that the caller cannot have; `nil` when they can.
    func rejection(of claim: HubServer.Claim) -> HTTPResponse? {
        switch claim {
        case .granted: nil
        case .unknown: .text("No Connection with that ID", status: .notFound)
        case .alreadyClaimed: .text("The connection has its socket", status: .conflict)
        }
    }

    static let uncached: HTTPFields = ["Cache-Control": "no-store"]
}

extension HubEndpoint: RealtimeServer {
    package func run() async { await server.run() }

    package var connectionCount: Int { server.openConnections.count }

    package func disconnect(user: String) { sockets.disconnect(user: user) }

    package func shutdown() async {
        await server.close()
        await sockets.shutdown()
    }
}
