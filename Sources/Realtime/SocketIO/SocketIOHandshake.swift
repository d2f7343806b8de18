/// The parts of a request that Engine.IO cares for, and what an application may want to know of a client.
public struct SocketIOHandshake: Sendable, Hashable {
    /// The query, decoded; of a name given twice the first.
    public var query: [String: String]
    /// The header fields that an application may want to know, by lower-case name: those of ``keptHeaders``.
    public private(set) var headers: [String: String]
    /// Where the request comes from.
    public var origin: ClientOrigin

    /// The header fields that are kept. A handshake lives as long as its session, and there may be thousands of those.
    public static let keptHeaders: Set<String> = ["authorization", "cookie", "user-agent"]

    /// What a request says. Of the headers only ``keptHeaders`` are kept.
    public init(query: [String: String], headers: [String: String] = [:], origin: ClientOrigin = ClientOrigin()) {
        self.query = query
        self.headers = headers.filter { Self.keptHeaders.contains($0.key) }
        self.origin = origin
    }
}
