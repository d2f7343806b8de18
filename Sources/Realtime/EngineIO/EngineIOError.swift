/// Why a request is rejected, with the codes of socket.io's own server.
enum EngineIOError: Int, Error, Sendable {
    case transportUnknown = 0
    case sessionUnknown = 1
    case badHandshakeMethod = 2
    case badRequest = 3
    case forbidden = 4
    case unsupportedVersion = 5

    var message: String {
        switch self {
        case .transportUnknown: "Transport unknown"
        case .sessionUnknown: "Session ID unknown"
        case .badHandshakeMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden: "Forbidden"
        case .unsupportedVersion: "Unsupported protocol version"
        }
    }

    var response: EngineIOResponse {
        EngineIOResponse(
            status: self == .forbidden ? 403 : 400, contentType: "application/json",
            body: Array("{\"code\":\(rawValue),\"message\":\"\(message)\"}".utf8))
    }
}

/// Why a session has ended, as socket.io names it.
enum EngineIOCloseReason: String, Sendable {
    case pingTimeout = "ping timeout"
    case transportClosed = "transport close"
    case transportError = "transport error"
    case parseError = "parse error"
    case forced = "forced close"
    case slowClient = "slow client"
}
