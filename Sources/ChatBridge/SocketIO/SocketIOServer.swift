public import Logging

/// The parts of a request that Engine.IO cares for, and what an application may want to know of a client.
public struct SocketIOHandshake: Sendable, Hashable {
    /// The query, decoded; of a name given twice the first.
    public var query: [String: String]
    /// The header fields by lower-case name.
    public var headers: [String: String]
    /// The client's address.
    public var address: String

    /// What a request says.
    public init(query: [String: String], headers: [String: String] = [:], address: String = "") {
        self.query = query
        self.headers = headers
        self.address = address
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
}

/// The way to a WebSocket client. Given by whoever owns the socket.
public protocol EngineIOTransport: Sendable {
    /// Sends one text frame; waits while the client is slow.
    func send(text: String) async throws
    /// Sends one binary frame.
    func send(binary: [UInt8]) async throws
    /// Closes the socket normally; called once at most, after which nothing is sent.
    func close() async
}

/// All Socket.IO sessions of one path. It does no I/O: requests and frames are told to it, frames leave through ``EngineIOTransport``.
///
/// To wire it: `GET` of the path without an `Upgrade` is ``get(_:)``, `POST` is ``post(_:body:)`` (collect at most
/// ``EngineIOConfiguration/maximumPayload`` bytes; over it, 413), `OPTIONS` is CORS's. A WebSocket request is first shown to
/// ``refusal(ofWebSocket:)``: what that returns is the HTTP answer instead of 101. Then, with the socket open, ``open(_:transport:)``, and every
/// message to ``EngineIOSocket/receive(text:)`` / ``EngineIOSocket/receive(binary:)``, the end to ``EngineIOSocket/closed()``. ``run()`` keeps the
/// heartbeats of all sessions in one task.
public final class SocketIOServer: Sendable {
    /// The timings and limits.
    public let configuration: EngineIOConfiguration
    /// Its rooms.
    public let hub: SocketIOHub

    /// A server for one application.
    public init(
        configuration: EngineIOConfiguration = EngineIOConfiguration(), hub: SocketIOHub,
        application: any SocketIOApplication, logger: Logger
    ) {
        self.configuration = configuration
        self.hub = hub
    }

    /// Answers a `GET`: the handshake, or a poll, which waits until there is something to say (at most a ping interval). Cancelling it closes the session.
    public func get(_ request: SocketIOHandshake) async -> EngineIOAnswer {
        EngineIOAnswer(status: 400, contentType: "application/json", body: [])
    }

    /// Answers a `POST` of packets.
    public func post(_ request: SocketIOHandshake, body: [UInt8]) async -> EngineIOAnswer {
        EngineIOAnswer(status: 400, contentType: "application/json", body: [])
    }

    /// Why a request to open a WebSocket is refused; `nil` when it may be upgraded.
    public func refusal(ofWebSocket request: SocketIOHandshake) -> EngineIOAnswer? { nil }

    /// Takes a WebSocket that has just opened. `nil` when its session has gone meanwhile: close the socket.
    public func open(_ request: SocketIOHandshake, transport: any EngineIOTransport) -> EngineIOSocket? { nil }

    /// Keeps the heartbeats until the task is cancelled.
    public func run() async {}

    /// Closes every session.
    public func shutdown() async {}

    /// How many sessions there are.
    public var sessionCount: Int { 0 }
}

/// An open WebSocket of a session: what its owner tells the server.
public final class EngineIOSocket: Sendable {
    /// Tells of a text frame. Waits while too many of the client's events wait to be worked on.
    public func receive(text: String) async {}
    /// Tells of a binary frame.
    public func receive(binary: [UInt8]) async {}
    /// Tells that the socket is closed, by whomever.
    public func closed() {}
}
