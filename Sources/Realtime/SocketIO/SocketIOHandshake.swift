public import Concurrency

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

/// What to answer to a polling request.
public struct EngineIOAnswer: Sendable, Hashable {
    /// The HTTP status: 200, 400, 403 or 503.
    public var status: Int
    /// `text/plain; charset=UTF-8` for payloads, `text/html` for `ok`, `application/json` for errors.
    public var contentType: String
    /// The body.
    public var body: [UInt8]
    /// What is to be held until the answer was written, or its connection has ended.
    public var receipts: [WriteReceipt] = []

    static func payload(_ text: String, receipts: [WriteReceipt] = []) -> EngineIOAnswer {
        EngineIOAnswer(
            status: 200, contentType: "text/plain; charset=UTF-8", body: Array(text.utf8), receipts: receipts)
    }

    static let ok = EngineIOAnswer(status: 200, contentType: "text/html", body: Array("ok".utf8))

    static let shutdown = EngineIOAnswer(
        status: 503, contentType: "application/json",
        body: Array(#"{"code":4,"message":"The service shuts down"}"#.utf8))

    static let full = EngineIOAnswer(
        status: 503, contentType: "application/json", body: Array(#"{"code":4,"message":"Too many sessions"}"#.utf8))
}
