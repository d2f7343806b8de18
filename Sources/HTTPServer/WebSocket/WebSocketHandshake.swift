import Crypto
import Foundation

/// The opening handshake (RFC 6455 section 4.2).
enum WebSocketHandshake {
    /// Why a request cannot become a WebSocket.
    struct Rejection: Error {
        let response: HTTPResponse
    }

    private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// The value of `Sec-WebSocket-Accept`, or the response to a request that is no valid handshake.
    static func accept(_ request: HTTPRequest) -> Result<String, Rejection> {
        let fields = request.headers
        guard request.method == .get,
            fields.members(of: "Connection").contains(where: { equalsIgnoringCase($0, "upgrade") }),
            fields.members(of: "Upgrade").contains(where: { equalsIgnoringCase($0, "websocket") })
        else {
            return .failure(
                Rejection(
                    response: .text(
                        "this is a WebSocket: ask for the upgrade\n", status: .upgradeRequired,
                        headers: ["Upgrade": "websocket"])))
        }
        guard fields.values(of: "Sec-WebSocket-Version") == ["13"] else {
            return .failure(
                Rejection(
                    response: .text(
                        "the WebSocket version is 13\n", status: .upgradeRequired,
                        headers: ["Upgrade": "websocket", "Sec-WebSocket-Version": "13"])))
        }
        let keys = fields.values(of: "Sec-WebSocket-Key")
        guard keys.count == 1, Data(base64Encoded: keys[0])?.count == 16 else {
            return .failure(
                Rejection(response: .text("Sec-WebSocket-Key is 16 bytes in base64\n", status: .badRequest)))
        }
        return .success(acceptValue(of: keys[0]))
    }

    static func acceptValue(of key: String) -> String {
        Data(InsecureSHA1.hash((key + identifier).utf8)).base64EncodedString()
    }
}
