/// A response whose body was collected.
public struct HTTPClientResponse: Sendable, Hashable {
    /// Status and header.
    public let head: HTTPClientResponseHead
    /// The body as received, without its transfer coding.
    public let body: [UInt8]
    /// The status code.
    public var status: Int { head.status }
    /// The lines of the header.
    public var headers: HTTPClientHeaders { head.headers }

    /// A response.
    public init(head: HTTPClientResponseHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }
}
