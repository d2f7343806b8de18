/// The parts of a request that Engine.IO needs, and that an application may want to know about a client.
public struct SocketIOHandshake: Sendable, Hashable {
    /// The decoded query; of repeated names the first counts.
    public var query: [String: String]
    /// The header fields named in ``keptHeaders``, by lower-case name.
    public private(set) var headers: [String: String]
    /// Where the request comes from.
    public var origin: ClientOrigin
    /// Whether it has counted for its address, which is given back once the client has authenticated.
    public var countsForAddress = true

    /// The header fields that are kept. Only a few, because a handshake is kept in memory as long as its session, and
    /// there may be thousands of sessions.
    public static let keptHeaders: Set<String> = ["authorization", "cookie", "user-agent"]

    /// The handshake of a request. Header fields other than ``keptHeaders`` are dropped.
    public init(query: [String: String], headers: [String: String] = [:], origin: ClientOrigin = ClientOrigin()) {
        self.query = query
        self.headers = headers.filter { Self.keptHeaders.contains($0.key) }
        self.origin = origin
    }
}
