public import Bytes

/// A request, with its body in memory: it may have to be sent again.
public struct HTTPClientRequest: Sendable {
    /// The body of a request.
    public enum Body: Sendable {
        /// Nothing, and no `Content-Length`.
        case none
        /// These bytes, one chunk after the other, without copying them together. `Content-Length` is their sum, which
        /// may be 0.
        case chunks([ByteChunk])
    }

    /// Timeouts of a request. A request that exceeds one of them fails.
    public struct Timeouts: Sendable, Hashable {
        /// For the connection, with name resolution and TLS.
        public var connect: Duration
        /// For everything, from the call to the last byte of the response; `nil` for no limit.
        public var total: Duration?
        /// How long a transfer may move fewer than ``stallBytesPerSecond``. Waiting for a response counts, waiting for the
        /// reader of the response does not. Whole seconds, at least 1.
        public var stall: Duration
        /// A transfer below this rate counts as stalled, in bytes per second.
        public var stallBytesPerSecond: Int

        /// Timeouts that suit a nearby store.
        public init(
            connect: Duration = .seconds(5), total: Duration? = nil, stall: Duration = .seconds(15),
            stallBytesPerSecond: Int = 1024
        ) {
            self.connect = connect
            self.total = total
            self.stall = stall
            self.stallBytesPerSecond = stallBytesPerSecond
        }
    }

    /// `GET`, `PUT`, …
    public var method: String
    /// An absolute `http` or `https` URL, already escaped; its path is sent as it is written.
    public var url: String
    /// Lines of the header. `Host` and `Content-Length` are added where they are missing.
    public var headers: HTTPClientHeaders
    /// The body of a request.
    public var body: Body
    /// How long to wait.
    public var timeouts: Timeouts

    /// A request.
    public init(
        _ method: String, _ url: String, headers: HTTPClientHeaders = [:], body: Body = .none,
        timeouts: Timeouts = Timeouts()
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
    }
}
