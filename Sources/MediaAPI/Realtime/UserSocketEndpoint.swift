import ChatBridge
import Foundation
package import HTTPServer
package import Realtime

/// Opens bidirectional WebSockets for authenticated users. The token is a query parameter, as browsers need it,
/// or in the `Authorization` header.
package struct UserSocketEndpoint: Sendable {
    let server: UserSocketServer
    let authenticate: TokenAuthentication
    /// The limits of clients: a connection is a request of its user.
    let limits: RequestLimits
    /// The longest accepted frame, in bytes; a longer one closes the socket with 1009.
    let maximumFrame: Int
    /// The name of the query parameter with the token.
    var tokenParameter = "token"

    /// An endpoint of `server`'s connections.
    /// - Parameters:
    ///   - authenticate: returns the caller of a token.
    ///   - maximumFrame: the longest frame that is accepted, in bytes: a longer one closes the socket with 1009.
    ///   - tokenParameter: the name of the query parameter with the token.
    package init(
        server: UserSocketServer, authenticate: @escaping TokenAuthentication, maximumFrame: Int,
        tokenParameter: String = "token", limits: RequestLimits = .none
    ) {
        self.server = server
        self.limits = limits
        self.authenticate = authenticate
        self.maximumFrame = maximumFrame
        self.tokenParameter = tokenParameter
    }

    /// The upgrade of `request` to a WebSocket.
    /// - Throws: errors of authentication, ``APIError`` when the request is not an upgrade or there are too many
    ///   connections.
    package func respond(to request: HTTPRequest) async throws -> HTTPResponse {
        let (caller, expires) = try await caller(of: request)
        return try await open(request, for: caller, until: expires)
    }

    /// The caller of the request's token, and when the token expires. Without a valid token the request counts for its address.
    /// - Throws: ``TokenError`` `missing` without a token; errors of `authenticate`; ``APIError`` `rateLimited`.
    func caller(of request: HTTPRequest) async throws -> (ChatCaller, expires: Date?) {
        do {
            guard let token = request.queryParameter(tokenParameter) ?? bearer(of: request), !token.isEmpty else {
                throw TokenError.missing
            }
            return try await authenticate(token)
        } catch let error as TokenError {
            try await limits.admit(addressOf: request)
            throw error
        }
    }

    /// The upgrade to a WebSocket of `caller`.
    /// - Parameters:
    ///   - claim: called when nothing else rejects the connection; returns the response that rejects it.
    ///   - lifetime: wraps the lifetime of the connection; it must call its argument once.
    /// - Throws: ``APIError`` `badRequest` when the request is not an upgrade, `busy` when there are too many
    ///   connections, `rateLimited` when the user has made too many requests.
    func open(
        _ request: HTTPRequest, for caller: ChatCaller, until expires: Date?, claim: () -> HTTPResponse? = { nil },
        lifetime: @escaping @Sendable (_ serve: () async -> Void) async -> Void = { await $0() }
    ) async throws -> HTTPResponse {
        guard request.headers.members(of: "Upgrade").contains(where: { $0.lowercased() == "websocket" }) else {
            throw APIError(code: .badRequest, message: "This address is for WebSockets")
        }
        guard server.acceptsConnection(of: caller.id) else {
            throw APIError(code: .busy, message: "There are too many connections; close one or try again later")
        }
        try await limits.admit(user: caller.id)
        if let rejection = claim() { return rejection }
        let server = server
        let upgrade = WebSocketUpgrade(maximumMessageSize: maximumFrame) { socket in
            let connection = UserConnection(
                user: caller, expires: expires, transport: WebSocketTransport(connection: socket))
            await lifetime {
                await server.serve(connection) { received in
                    for await message in socket.messages {
                        switch message {
                        case .text(let text): await received(.text(text))
                        case .binary(let bytes): await received(.binary(bytes))
                        }
                    }
                }
            }
        }
        return HTTPResponse(status: .switchingProtocols, body: .webSocket(upgrade))
    }

    private func bearer(of request: HTTPRequest) -> String? {
        guard let value = request.headers["Authorization"], value.prefix(7).lowercased() == "bearer " else {
            return nil
        }
        return String(value.dropFirst(7))
    }
}

extension UserSocketServer: RealtimeServer {}
