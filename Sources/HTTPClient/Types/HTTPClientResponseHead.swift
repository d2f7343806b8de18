/// The head of a response.
public struct HTTPClientResponseHead: Sendable, Hashable {
    /// The status code, 200 or above.
    public let status: Int
    /// The lines of the header.
    public let headers: HTTPClientHeaders

    /// A head.
    public init(status: Int, headers: HTTPClientHeaders = [:]) {
        self.status = status
        self.headers = headers
    }
}
