import Concurrency
package import HTTPServer

/// Connects a Socket.IO server to HTTP: passes the polling requests and WebSockets of one path on to it.
package struct SocketIOEndpoint: Sendable {
    let server: SocketIOServer

    package init(server: SocketIOServer) {
        self.server = server
    }

    /// Handles a request.
    /// - Parameter countsForAddress: whether a session that it begins has counted for its address.
    package func respond(to request: HTTPRequest, countsForAddress: Bool = true) async -> HTTPResponse {
        let handshake = SocketIOHandshake(request, countsForAddress: countsForAddress)
        switch request.method {
        case .get where request.headers.members(of: "Upgrade").contains { $0.lowercased() == "websocket" }:
            if let rejection = server.rejection(ofWebSocket: handshake) { return HTTPResponse(rejection) }
            return HTTPResponse(status: .switchingProtocols, body: .webSocket(upgrade(handshake)))
        case .get:
            return HTTPResponse(await server.get(handshake))
        case .post:
            do {
                switch server.admission(ofPost: handshake) {
                case .rejected(let response): return HTTPResponse(response)
                case .bytes(let limit):
                    let body = try await request.body.collect(upTo: limit)
                    return HTTPResponse(await server.post(handshake, body: body))
                }
            } catch RequestBodyError.tooLarge {
                return .text("Payload too large", status: .contentTooLarge)
            } catch {
                // Only the body can fail here: the client did not send all of it, or its framing is broken.
                return .text("Bad request", status: .badRequest)
            }
        default:
            return .text("Method not allowed", status: .methodNotAllowed, headers: ["Allow": "GET, POST"])
        }
    }

    private func upgrade(_ handshake: SocketIOHandshake) -> WebSocketUpgrade {
        WebSocketUpgrade(maximumMessageSize: server.maximumFirstMessage) { connection in
            guard let socket = server.open(handshake, transport: WebSocketTransport(connection: connection)) else {
                await connection.close(code: server.isShutDown ? .goingAway : .normal)
                return
            }
            for await message in connection.messages {
                switch message {
                case .text(let text): await socket.receive(text: text)
                case .binary(let bytes): await socket.receive(binary: bytes)
                }
            }
            socket.closed()
        }
    }
}

extension SocketIOHandshake {
    fileprivate init(_ request: HTTPRequest, countsForAddress: Bool) {
        self.init(
            query: Dictionary(request.queryParameters.map { ($0.name, $0.value) }) { first, _ in first },
            headers: Dictionary(request.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first },
            origin: ClientOrigin(
                network: ClientNetwork.of(request.clientAddress), connection: request.connection,
                mayBeProxy: request.clientMayBeProxy))
        self.countsForAddress = countsForAddress
    }
}

/// A receipt that a response holds, which is confirmed once the kernel has accepted the response.
private final class HeldReceipt: ResponseHolder {
    private let receipt: WriteReceipt

    init(_ receipt: WriteReceipt) { self.receipt = receipt }

    func responseWasWritten() { receipt.confirm() }
}

extension HTTPResponse {
    fileprivate init(_ response: EngineIOResponse) {
        self.init(
            status: HTTPStatus(rawValue: response.status), headers: ["Cache-Control": "no-store"],
            contentType: response.contentType, response.body)
        held = response.receipts.map(HeldReceipt.init)
        if status == .serviceUnavailable { headers["Retry-After"] = "5" }
    }
}
