/// Serializes a response's head.
struct ResponseHead {
    /// How the client finds the body's end.
    enum Framing: Equatable {
        /// No body and nothing to say about its length.
        case none
        /// `Content-Length`, in bytes.
        case length(Int)
        /// `Transfer-Encoding: chunked`.
        case chunked
    }

    var status: HTTPStatus
    var fields: HTTPFields
    var framing: Framing
    var keepAlive: Bool
    /// The `Date` field's value.
    var date: String
    var serverName: String?

    /// Fields that only the server may write, because it knows the connection.
    private static let owned = [
        "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Date", "Trailer",
    ]

    var bytes: [UInt8] {
        var text = "HTTP/1.1 \(status.rawValue) \(status.reasonPhrase)\r\nDate: \(date)\r\n"
        if let serverName { append(&text, "Server", serverName) }
        for (name, value) in fields where !Self.owned.contains(where: { equalsIgnoringCase($0, name) }) {
            append(&text, name, value)
        }
        switch framing {
        case .none: break
        case .length(let length): append(&text, "Content-Length", String(length))
        case .chunked: append(&text, "Transfer-Encoding", "chunked")
        }
        if status == .switchingProtocols {
            text += "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        } else if status == .upgradeRequired, let protocols = fields["Upgrade"] {
            append(&text, "Upgrade", protocols)
            text += keepAlive ? "Connection: Upgrade\r\n" : "Connection: Upgrade, close\r\n"
        } else if !keepAlive {
            text += "Connection: close\r\n"
        }
        return Array((text + "\r\n").utf8)
    }

    /// A field that would break out of its line is left out: its value must not be able to add another field.
    private func append(_ text: inout String, _ name: String, _ value: String) {
        guard Self.isWritable(name: name, value: value) else { return }
        text += "\(name): \(value)\r\n"
    }

    static func isWritable(name: String, value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(\.isTokenByte)
            && value.utf8.allSatisfy { ($0 >= 0x20 && $0 != 0x7f) || $0 == UInt8(ascii: "\t") }
    }
}
