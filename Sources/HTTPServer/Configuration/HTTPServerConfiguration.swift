/// The settings and limits of a server.
public struct HTTPServerConfiguration: Sendable {
    /// The address to listen on: a name, an IPv4 or an IPv6 address.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 for any.
    public var port = 8080
    /// A socket that listens already, which is used instead of the address; `nil` for none. Others may hold it, too: it is left as it is.
    public var passedSocket: Int32?
    /// Whether a line is logged at level `info` for each request.
    public var logsAccess = false
    /// The number of threads that receive long bodies, 1 to 64.
    public var uploadThreads = 2
    /// The declared size from which a body counts as long, in bytes. A chunked body always does.
    public var longBodyThreshold = 64 << 10
    /// How long a connection must have been idle before it is closed in favour of a new one of the same address when there
    /// are too many. In favour of another address, which has fewer, it is closed at once.
    public var idleGrace: Duration = .seconds(1)
    /// How long a connection that has sent no request yet is kept when the server shuts down.
    public var firstRequestGrace: Duration = .seconds(1)
    /// The number of connections held at once. A new one replaces an idle one; if none is idle, it receives 503. Each
    /// idle connection costs about 1 KB, each WebSocket about 12 KB.
    public var maximumConnections = 16384
    /// Limits of request heads.
    public var headLimits = HeadLimits()
    /// The time allowed from the first byte of a head to its last.
    public var headDeadline: Duration = .seconds(10)
    /// The minimum rate of a request body, and of a client reading a response, in bytes per second, averaged over every
    /// `bodyRateWindow`. Time in which the server itself is not ready for bytes does not count.
    public var minimumBodyRate = 1024
    /// See `minimumBodyRate`; also the grace at the start.
    public var bodyRateWindow: Duration = .seconds(15)
    /// How many bytes of responses may wait in memory for their clients to read them, over all connections. Beyond it the
    /// connections whose clients read most slowly are closed.
    public var maximumWaitingResponseBytes = 256 << 20
    /// The time in which a client is to read a response that waits in memory: a large one has a higher minimum rate. Where
    /// `minimumBodyRate` is 0, there is no such limit.
    public var waitingResponseTime: Duration = .seconds(300)
    /// How long a connection may stay open between requests.
    public var idleTimeout: Duration = .seconds(75)
    /// How much is still read from a client that was answered before its body ended.
    public var drainLimits = DrainLimits()
    /// The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted: addresses or CIDR blocks.
    public var trustedProxies: [String] = []
    /// Which other origins may use the service; `nil`: no CORS fields are sent.
    public var cors: CORSPolicy?
    /// The value of the `Server` field; `nil` for none.
    public var serverName: String?
    /// The size of the buffers that bodies are received in, in bytes, 16 KB to 16 MB. Up to three are held for each
    /// body that is being received.
    public var receiveBufferSize = 256 << 10
    /// How often an otherwise silent WebSocket is pinged; one that is silent for twice as long is closed. `nil`: never.
    public var webSocketPingInterval: Duration?

    /// The defaults.
    public init() {}

    /// Limits of request heads.
    public struct HeadLimits: Sendable, Hashable {
        /// Size of request line and fields in bytes; 431 beyond.
        public var bytes = 16 << 10
        /// Number of fields; 431 beyond.
        public var count = 100
        /// Size of the target in bytes; 414 beyond.
        public var targetBytes = 8 << 10
    }

    /// What is still read from a client that was answered before its body ended.
    public struct DrainLimits: Sendable, Hashable {
        /// Bytes of one connection.
        public var bytes = 2 << 30
        /// Time for one connection.
        public var time: Duration = .seconds(30)
        /// Connections at once; the others are closed without being read.
        public var connections = 256
    }

    /// Checks every setting.
    /// - Throws: ``ConfigurationError`` for the first setting that is out of range.
    public func validate() throws(ConfigurationError) {
        func require(_ holds: Bool, _ key: String, _ remedy: String) throws(ConfigurationError) {
            guard holds else { throw ConfigurationError(key: key, remedy: remedy) }
        }
        try require((0...65535).contains(port), "port", "is 0 to 65535")
        try require((1...64).contains(uploadThreads), "uploadThreads", "is 1 to 64")
        try require(longBodyThreshold >= 0, "longBodyThreshold", "is not negative")
        try require(maximumConnections > 0, "maximumConnections", "is at least 1")
        try require((256...(1 << 20)).contains(headLimits.bytes), "headLimits.bytes", "is 256 to 1,048,576")
        try require((1...10_000).contains(headLimits.count), "headLimits.count", "is 1 to 10,000")
        try require(headLimits.targetBytes > 0, "headLimits.targetBytes", "is at least 1")
        try require(headDeadline > .zero, "headDeadline", "is positive")
        try require(minimumBodyRate >= 0, "minimumBodyRate", "is not negative")
        try require(bodyRateWindow > .zero, "bodyRateWindow", "is positive")
        try require(idleTimeout > .zero, "idleTimeout", "is positive")
        try require(drainLimits.bytes >= 0, "drainLimits.bytes", "is not negative")
        try require(drainLimits.connections >= 0, "drainLimits.connections", "is not negative")
        try require(
            (16 << 10...16 << 20).contains(receiveBufferSize), "receiveBufferSize", "is 16,384 to 16,777,216")
        try require((webSocketPingInterval ?? .seconds(1)) > .zero, "webSocketPingInterval", "is positive")
        for proxy in trustedProxies {
            try require(
                AddressBlock(proxy) != nil, "trustedProxies",
                "lists addresses or CIDR blocks; this is neither: \(proxy)")
        }
        if let cors, cors.origins == .any {
            try require(!cors.allowsCredentials, "cors.allowsCredentials", "requires listed origins")
        }
    }
}

/// A setting that is out of range.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting's name in ``HTTPServerConfiguration``.
    public let key: String
    /// What the setting must be.
    public let remedy: String

    /// The setting and what it may be, in one sentence.
    public var description: String { "\(key) \(remedy)" }
}
