package import Foundation
import JSON
import Logging
package import Realtime

/// A user of the tests.
package struct TestUser: ConnectionIdentity {
    package let id: String

    package init(id: String) {
        self.id = id
    }
}

/// Accepts clients with the token `good`; acknowledges and echoes their events.
package final class EchoApplication: SocketIOApplication {
    package let log = AsyncStream<String>.makeStream()
    package let hub: SocketIOHub
    package let expires: Date?

    package init(hub: SocketIOHub, expires: Date? = nil) {
        self.hub = hub
        self.expires = expires
    }

    package func decision(on request: SocketIOConnectRequest) -> ConnectDecision {
        guard request.auth["token"] == "good" else { return .reject(message: "Not authorized", data: ["code": 401]) }
        let user = request.handshake.query["user"] ?? "ann"
        return .accept(TestUser(id: user), until: expires, rooms: ["user_\(user)"])
    }

    package func connected(_ socket: SocketIOSocket) {
        socket.emit("hello", [.string(socket.user?.id ?? "")])
        log.continuation.yield("connected")
    }

    package func received(_ event: SocketIOEvent, from socket: SocketIOSocket) -> SocketIOReply {
        switch event.name {
        case "tell":
            hub.emit("told", event.arguments, to: ["user_ann", "user_bob"], except: socket.id)
            return .none
        case "leave": return .acknowledgeAndDisconnect(["bye"])
        default: return .acknowledge(event.arguments)
        }
    }

    package func expired(_ socket: SocketIOSocket) { socket.emit("expired", []) }

    package func disconnected(_ socket: SocketIOSocket) { log.continuation.yield("disconnected") }
}

package struct SocketIOFixture {
    /// The server has not answered what every test relies on.
    package struct UnexpectedAnswer: Error {
        let text: String?
    }

    package let hub = SocketIOHub()
    package let application: EchoApplication
    package let server: SocketIOServer
    package let query = ["EIO": "4", "transport": "polling"]

    package init(
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

    package func request(_ transport: String, sid: String? = nil, user: String = "ann") -> SocketIOHandshake {
        var query = ["EIO": "4", "transport": transport, "user": user]
        query["sid"] = sid
        return SocketIOHandshake(query: query)
    }

    package func get(_ sid: String? = nil) async -> String {
        String(decoding: await server.get(request("polling", sid: sid)).body, as: UTF8.self)
    }

    package func post(_ sid: String, _ body: String) async -> EngineIOResponse {
        await server.post(request("polling", sid: sid), body: Array(body.utf8))
    }

    /// The id of a new polling session.
    package func handshake() async throws -> String {
        let response = await get()
        let json = try JSONValue(parsing: String(response.dropFirst()))
        guard let id = json["sid"]?.stringValue else { throw UnexpectedAnswer(text: response) }
        return id
    }

    /// The session id of a client that is connected by polling.
    package func connectByPolling() async throws -> String {
        let sid = try await handshake()
        _ = await post(sid, #"40{"token":"good"}"#)
        var received = ""
        while !received.contains("hello") { received += await get(sid) }
        return sid
    }

    /// A client connected over a WebSocket alone.
    package func connect(user: String = "ann") async throws -> (EngineIOSocket, FakeClient) {
        let client = FakeClient()
        guard let socket = server.open(request("websocket", user: user), transport: client) else {
            throw UnexpectedAnswer(text: nil)
        }
        _ = await client.next()
        await socket.receive(text: #"40{"token":"good"}"#)
        let (connected, hello) = (await client.next(), await client.next())
        guard connected?.hasPrefix(#"40{"sid":""#) == true else { throw UnexpectedAnswer(text: connected) }
        guard hello == #"42["hello","\#(user)"]"# else { throw UnexpectedAnswer(text: hello) }
        return (socket, client)
    }
}
