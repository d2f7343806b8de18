/// Why a request's body ended before its end.
public enum RequestBodyError: Error, Hashable, Sendable {
    /// The client closed the connection.
    case clientGone
    /// The client sent less than the minimum rate.
    case tooSlow
    /// The chunked framing was broken.
    case malformed
    /// The body is larger than `limit` bytes, as the reader of the body wanted it.
    case tooLarge(limit: Int)
    /// The body was iterated twice.
    case alreadyRead
    /// The server gave the request up in favour of others.
    case evicted
    /// The server's deadline for shutting down passed.
    case serverShutdown
}
