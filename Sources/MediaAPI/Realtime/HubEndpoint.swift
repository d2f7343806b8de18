import ChatBridge
package import HTTPServer
package import Realtime

/// Carries a SignalR hub over HTTP (TransportProtocols.md): negotiation, and the WebSocket. Neither long polling nor
/// server-sent events: negotiation offers WebSockets alone.
package struct HubEndpoint: Sendable {
    let server: HubServer
    private let sockets: UserSocketServer
    private let endpoint: UserSocketEndpoint

    package init(server: HubServer, authenticate: @escaping TokenAuthentication) {
        self.server = server
        sockets = UserSocketServer(hub: server.lobby, application: server)
        endpoint = UserSocketEndpoint(
            server: sockets, authenticate: authenticate, maximumFrame: server.configuration.maximumFrameBytes,
            tokenParameter: "access_token")
    }

    /// `POST …/negotiate`
    package func negotiate(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (caller, _) = try await endpoint.caller(of: request)
        let version = request.queryParameter("negotiateVersion")
        guard let answer = server.negotiate(version: version, user: caller.id) else {
            throw APIError(code: .busy, message: "Too many connections are being made; try again later")
        }
        return .json(answer, headers: ["Cache-Control": "no-store"])
    }

    /// `GET` of the hub: its WebSocket, with the `id` that was negotiated or without any.
    package func connect(_ request: HTTPRequest) async throws -> HTTPResponse {
        let (caller, expires) = try await endpoint.caller(of: request)
        guard let id = request.queryParameter("id") else {
            return try endpoint.open(request, for: caller, until: expires)
        }
        let server = server
        switch server.claim(id, for: caller.id) {
        case .granted: break
        case .unknown: return .text("No Connection with that ID", status: .notFound)
        case .taken: return .text("The connection has its socket", status: .conflict)
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

    package func shutdown() async {
        await server.close()
        await sockets.shutdown()
    }
}
