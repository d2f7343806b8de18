import Foundation
import JSON
import Logging
import Synchronization
import Testing

@testable import ChatBridge

/// A WebSocket client: what is sent to it can be awaited.
final class FakeClient: FrameTransport {
    private let stream: AsyncStream<String>
    private let sink: AsyncStream<String>.Continuation
    private let iterator: Mutex<AsyncStream<String>.Iterator>
    private let shutdowns = Mutex(0)

    init() {
        (stream, sink) = AsyncStream.makeStream()
        iterator = Mutex(stream.makeAsyncIterator())
    }

    func send(text: String) { sink.yield(text) }
    func send(binary: [UInt8]) { sink.yield("binary \(binary)") }
    func allowMessages(upTo bytes: Int) {}
    func close() { sink.finish() }
    func closeForShutdown() {
        shutdowns.withLock { $0 += 1 }
        sink.finish()
    }

    /// Whether the close code was that of a shutdown.
    var isClosedForShutdown: Bool { shutdowns.withLock { $0 } > 0 }

    /// The next frame; `nil` when the socket was closed.
    func next() async -> String? {
        var copy = iterator.withLock { $0 }
        return await copy.next(isolation: nil)
    }
}

/// A client that reads nothing.
final class StuckClient: FrameTransport {
    private let closed = AsyncStream<Void>.makeStream()

    func send(text: String) async throws {
        for await _ in closed.stream {}
        throw CancellationError()
    }
    func send(binary: [UInt8]) async throws { try await send(text: "") }
    func allowMessages(upTo bytes: Int) {}
    func close() { closed.continuation.finish() }
}

/// Accepts the token `good`; answers and echoes events.
final class EchoApplication: SocketIOApplication {
    let log = AsyncStream<String>.makeStream()
    let hub: SocketIOHub
    let expires: Date?

    init(hub: SocketIOHub, expires: Date? = nil) {
        self.hub = hub
        self.expires = expires
    }

    func verdict(on request: SocketIOConnectRequest) -> ConnectDecision {
        guard request.auth["token"] == "good" else { return .refuse(message: "Not authorized", data: ["code": 401]) }
        let user = request.handshake.query["user"] ?? "ann"
        return .accept(ChatCaller(id: user), until: expires, rooms: ["user_\(user)"])
    }

    func connected(_ socket: SocketIOSocket) {
        socket.emit("hello", [.string(socket.caller?.id ?? "")])
        log.continuation.yield("connected")
    }

    func received(_ event: SocketIOEvent, from socket: SocketIOSocket) -> SocketIOReply {
        switch event.name {
        case "tell":
            hub.emit("told", event.arguments, to: ["user_ann", "user_bob"], except: socket.id)
            return .none
        case "leave": return .acknowledgeAndDisconnect(["bye"])
        default: return .acknowledge(event.arguments)
        }
    }

    func expired(_ socket: SocketIOSocket) { socket.emit("expired", []) }

    func disconnected(_ socket: SocketIOSocket) { log.continuation.yield("disconnected") }
}

struct SocketIOFixture {
    let hub = SocketIOHub()
    let application: EchoApplication
    let server: SocketIOServer
    let query = ["EIO": "4", "transport": "polling"]

    init(
        configuration: EngineIOConfiguration = EngineIOConfiguration(),
        unauthenticated: UnauthenticatedLimits = UnauthenticatedLimits(), expires: Date? = nil,
        now: @escaping @Sendable () -> Date = { Date() }, uptime: (@Sendable () -> Duration)? = nil
    ) {
        application = EchoApplication(hub: hub, expires: expires)
        server = SocketIOServer(
            configuration: configuration, hub: hub, application: application,
            unauthenticated: UnauthenticatedSessions(limits: unauthenticated), now: now, uptime: uptime,
            logger: Logger { _ in })
    }

    func request(_ transport: String, sid: String? = nil, user: String = "ann") -> SocketIOHandshake {
        var query = ["EIO": "4", "transport": transport, "user": user]
        query["sid"] = sid
        return SocketIOHandshake(query: query)
    }

    func get(_ sid: String? = nil) async -> String {
        String(decoding: await server.get(request("polling", sid: sid)).body, as: UTF8.self)
    }

    func post(_ sid: String, _ body: String) async -> EngineIOAnswer {
        await server.post(request("polling", sid: sid), body: Array(body.utf8))
    }

    /// The id of a new polling session.
    func handshake() async throws -> String {
        let answer = await get()
        let json = try JSONValue(parsing: String(answer.dropFirst()))
        return try #require(json["sid"]?.stringValue)
    }

    /// A client connected over a WebSocket alone.
    func connect(user: String = "ann") async throws -> (EngineIOSocket, FakeClient) {
        let client = FakeClient()
        let socket = try #require(server.open(request("websocket", user: user), transport: client))
        _ = await client.next()
        await socket.receive(text: #"40{"token":"good"}"#)
        #expect(try #require(await client.next()).hasPrefix(#"40{"sid":""#))
        #expect(await client.next() == #"42["hello","\#(user)"]"#)
        return (socket, client)
    }
}

extension EngineIOConfiguration {
    /// One by which nobody is put out for the time that a test takes: what it is about goes by the test's clock.
    static var patient: EngineIOConfiguration {
        var configuration = EngineIOConfiguration()
        (configuration.pingInterval, configuration.connectTimeout) = (.seconds(86_400), .seconds(86_400))
        return configuration
    }
}

extension UnauthenticatedSessions {
    /// The same for clients that have not authenticated themselves.
    static var patient: UnauthenticatedSessions {
        var limits = UnauthenticatedLimits()
        limits.time = .seconds(86_400)
        return UnauthenticatedSessions(limits: limits)
    }
}
