import Bytes
import ChatBridge
import Concurrency
import HTTPServer
import JSON
import Testing

@testable import MediaAPI
@testable import Realtime

@Suite("A SignalR hub's clients without a WebSocket")
struct HubTransportTests {
    private struct Methods: HubApplication {
        func connected(_ connection: UserConnection) {}
        func disconnected(_ connection: UserConnection) {}
        func invoke(_ call: HubInvocation, by connection: UserConnection) throws(HubError) -> JSONValue { .null }
    }

    private let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}"
    private let hub = HubServer.makeHub()

    private func endpoint(_ configuration: HubConfiguration = HubConfiguration()) -> HubEndpoint {
        let server = HubServer(configuration: configuration, hub: hub, application: Methods())
        return HubEndpoint(server: server) { (caller: ChatCaller(id: $0), expires: nil) }
    }

    private func token(_ endpoint: HubEndpoint, of user: String = "ann") throws -> String {
        try #require(endpoint.server.negotiate(version: "1", user: user)?["connectionToken"]?.stringValue)
    }

    private func request(_ method: HTTPMethod, _ token: String, _ body: String = "") -> HTTPRequest {
        HTTPRequest(
            method: method, target: "/hubs/chat?id=\(token)&access_token=ann", body: RequestBody(ByteChunk(body.utf8)))
    }

    /// Waits until `condition` is true, for two minutes at most.
    private func wait(until condition: () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test("the connection of a client that stops polling ends, and releases what waited to be sent")
    func endsWithoutPolls() async throws {
        var configuration = HubConfiguration()
        configuration.clientTimeout = .milliseconds(200)
        let endpoint = endpoint(configuration)
        let token = try token(endpoint)
        #expect(try await endpoint.connect(request(.get, token)).status == .ok)
        #expect(try await endpoint.post(request(.post, token, handshake)).status == .ok)
        let (released, continuation) = AsyncStream<Void>.makeStream()
        hub.send("Event", [1], to: ["ann"], receipt: WriteReceipt { continuation.finish() })
        let releasing = Task { for await _ in released {} }
        #expect(await releasing.value(within: .seconds(120)) != nil)
        #expect(try await wait { endpoint.connectionCount == 0 })
        #expect(try await wait { try await endpoint.post(request(.post, token)).status == .notFound })
    }
}
