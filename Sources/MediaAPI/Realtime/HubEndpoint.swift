import ChatBridge
package import HTTPServer
package import Realtime

/// Serves a SignalR hub over HTTP (TransportProtocols.md): negotiation and the WebSocket. Long polling and server-sent
/// events are not supported: negotiation offers WebSockets alone.
package struct HubEndpoint: Sendable {
    let server: HubServer
    private let sockets: UserSocketServer
    private let endpoint: UserSocketEndpoint

    /// An endpoint of `server` whose clients are authenticated by `authenticate`.
    package init(server: HubServer, authenticate: @escaping TokenAuthentication) {
        self.server = server
        sockets = UserSocketServer(hub: server.openConnections, application: server)
        endpoint = UserSocketEndpoint(
            server: sockets, authenticate: authenticate, maximumFrame: server.configuration.maximumFrameBytes,
            tokenParameter: "access_token")
    }

    /// Handles `POST …/negotiate`.
    /// - Throws: errors of authentication, ``APIError`` `busy` when too many connections are being negotiated.
    package func negotiate(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (caller, _) = try await endpoint.caller(of: request)
        let version = request.queryParameter("negotiateVersion")
        guard let response = server.negotiate(version: version, user: caller.id) else {
            throw APIError(code: .busy, message: "Too many connections are being made; try again later")
        }
        return .json(response, headers: ["Cache-Control": "no-store"])
    }

    /// Handles `GET` of the hub: opens a WebSocket, with or without a negotiated `id`.
    /// - Throws: errors of authentication, ``APIError`` when the request is not an upgrade or there are too many
    ///   connections.
    package func connect(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (caller, expires) = try await endpoint.caller(of: request)
        guard let id = request.queryParameter("id") else {
            return try endpoint.open(request, for: caller, until: expires)
        }
        let server = server
        switch server.claim(id, for: caller.id) {
        case .granted: break
        case .unknown: return .text("No Connection with that ID", status: .notFound)
        case .alreadyClaimed: return .text("The connection has its socket", status: .conflict)
        }
        return try endpoint.open(request, for: caller, until: expires) { serve in
            server.opened(id)
            await serve()
            server.closed(id)
        }
    }
}

extension HubEndpoint: RealtimeServer {
    package func run() async { await server.run() }

    package var connectionCount: Int { server.openConnections.count }

    package func shutdown() async {
        await server.close()
        await sockets.shutdown()
    }
}
