/// A response whose body is still arriving.
public struct HTTPClientStream: Sendable {
    /// Status and header.
    public let head: HTTPClientResponseHead
    /// The body.
    public let body: HTTPClientBody
    /// The status code.
    public var status: Int { head.status }
    /// The lines of the header.
    public var headers: HTTPClientHeaders { head.headers }
}
