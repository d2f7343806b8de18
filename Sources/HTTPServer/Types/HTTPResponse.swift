public import Bytes

/// A response. The server adds `Date`, the framing (`Content-Length` or `Transfer-Encoding`) and `Connection`, and
/// leaves out fields whose name or value could not be written safely.
public struct HTTPResponse: Sendable {
    /// The status.
    public var status: HTTPStatus
    /// The header fields.
    public var headers: HTTPFields
    /// The body.
    public var body: ResponseBody
    /// Objects to hold until the kernel has accepted the whole response, or the connection has ended before; those that are a
    /// ``ResponseHolder`` learn which of the two.
    public var held: [any AnyObject & Sendable] = []

    /// A response made of its parts.
    public init(status: HTTPStatus = .ok, headers: HTTPFields = [:], body: ResponseBody = .none) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A response with a body in memory.
    public init(
        status: HTTPStatus = .ok, headers: HTTPFields = [:], contentType: String, _ bytes: some Collection<UInt8>
    ) {
        self.init(status: status, headers: headers, body: .bytes(ByteChunk(bytes)))
        self.headers["Content-Type"] = contentType
    }

    /// A short response in plain text.
    public static func text(_ text: String, status: HTTPStatus = .ok, headers: HTTPFields = [:]) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, contentType: "text/plain; charset=utf-8", text.utf8)
    }
}

/// An object that is held with a response.
public protocol ResponseHolder: AnyObject, Sendable {
    /// The kernel has accepted the whole response. Called on the connection's loop, and not at all if the connection ends before:
    /// then the object is released. Must return quickly.
    func responseWasWritten()
}

/// A response's body.
public enum ResponseBody: Sendable {
    /// No bytes.
    case none
    /// Bytes in memory.
    case bytes(ByteChunk)
    /// A part of a file, which the kernel copies to the socket.
    case file(FileRegion)
    /// Bytes that are written as they come to be.
    case stream(ResponseStream)
    /// The connection becomes a WebSocket.
    case webSocket(WebSocketUpgrade)
}

/// Answers requests.
public protocol HTTPResponder: Sendable {
    /// The response to `request`. Runs in a task of its own, which is cancelled when the client disconnects. It may
    /// return before the body was read: the client still receives the response.
    func respond(to request: HTTPRequest) async -> HTTPResponse
}
