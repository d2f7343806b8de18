import Bytes
import ChatBridge
import Concurrency
import JSON
import Synchronization
import Testing

@testable import HTTPServer
@testable import MediaAPI
@testable import Realtime

@Suite("A SignalR hub's clients without a WebSocket")
struct HubTransportTests {
    /// Its methods return when the test is finished.
    private struct Methods: HubApplication {
        let called = AsyncStream<Void>.makeStream()
        let finished = AsyncStream<Void>.makeStream()

        func connected(_ connection: UserConnection) {}
        func disconnected(_ connection: UserConnection) {}
        func invoke(_ call: HubInvocation, by connection: UserConnection) async throws(HubError) -> JSONValue {
            called.continuation.finish()
            for await _ in finished.stream {}
            return .null
        }
    }

    /// A client that reads nothing.
    private final class StuckSender: ResponseSender {
        let started = AsyncStream<Void>.makeStream()
        let aborted = AsyncStream<Void>.makeStream()
        let writes = Mutex(0)

        func write(_ chunk: ByteChunk) async throws {
            writes.withLock { $0 += 1 }
            started.continuation.finish()
            for await _ in aborted.stream {}
            throw RequestBodyError.tooSlow
        }

        func abort() { aborted.continuation.finish() }
    }

    private let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}"
    private let hub = HubServer.makeHub()
    private let methods = Methods()

    /// An endpoint whose time limits exceed the duration of any test, unless one is given.
    private func endpoint(clientTimeout: Duration = .seconds(3600)) -> HubEndpoint {
        var configuration = HubConfiguration()
        configuration.clientTimeout = clientTimeout
        configuration.negotiationTimeout = .seconds(3600)
        let server = HubServer(configuration: configuration, hub: hub, application: methods)
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
        let endpoint = endpoint(clientTimeout: .milliseconds(200))
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

    @Test("aborting an event stream fails the send that waits for its client, and every later one")
    func abortedEvents() async throws {
        let sender = StuckSender()
        let transport = EventStreamTransport(writer: ResponseWriter(sender: sender), posted: PostedFrames())
        let connection = UserConnection(user: ChatCaller(id: "ann"), expires: nil, transport: transport)
        for text in ["one", "two", "three"] { connection.send(text) }
        let running = Task { await connection.run() }
        for await _ in sender.started.stream {}
        connection.abort()
        #expect(await running.value(within: .seconds(120)) != nil)
        #expect(sender.writes.withLock { $0 } == 1)
        await #expect(throws: (any Error).self) { try await transport.send(text: "late") }
        #expect(sender.writes.withLock { $0 } == 1)
    }

    @Test("an event stream that is closed in order does not wait for a client that does not read")
    func closedEvents() async throws {
        let sender = StuckSender()
        let transport = EventStreamTransport(
            writer: ResponseWriter(sender: sender), posted: PostedFrames(), farewell: .milliseconds(50))
        let connection = UserConnection(user: ChatCaller(id: "ann"), expires: nil, transport: transport)
        connection.send("one")
        let running = Task { await connection.run() }
        for await _ in sender.started.stream {}
        connection.close()
        #expect(await running.value(within: .seconds(120)) != nil)
    }

    @Test("messages in MessagePack are posted and polled as bytes")
    func messagePack() async throws {
        let endpoint = endpoint()
        let token = try token(endpoint)
        _ = try await endpoint.connect(request(.get, token))
        let start = "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}"
        #expect(try await endpoint.post(request(.post, token, start)).status == .ok)
        let answer = try await endpoint.connect(request(.get, token))
        #expect(answer.headers["Content-Type"] == "application/octet-stream")
        guard case .bytes(let handshake) = answer.body else { throw CancellationError() }
        #expect(Array(handshake) == Array("{}\u{1e}".utf8))
        for case let holder as any ResponseHolder in answer.held { holder.responseWasWritten() }
        hub.send("Event", [1], to: ["ann"])
        let event = try await endpoint.connect(request(.get, token))
        guard case .bytes(let bytes) = event.body else { throw CancellationError() }
        let record: [[UInt8]] = [[13, 0x96, 1, 0x80, 0xC0, 0xA5], Array("Event".utf8), [0x91, 1, 0x90]]
        #expect(Array(bytes) == Array(record.joined()))
        for case let holder as any ResponseHolder in event.held { holder.responseWasWritten() }
        _ = try await endpoint.delete(request(.delete, token))
    }

    @Test("HEAD is no poll: it is rejected with 405, and takes no frame")
    func head() async throws {
        let endpoint = endpoint()
        let token = try token(endpoint)
        _ = try await endpoint.connect(request(.get, token))
        #expect(try await endpoint.post(request(.post, token, handshake)).status == .ok)
        let response = try await endpoint.connect(request(.head, token))
        #expect(response.status == .methodNotAllowed && response.headers["Allow"] == "DELETE, GET, POST")
        let answer = try await endpoint.connect(request(.get, token))
        guard case .bytes(let bytes) = answer.body else { throw CancellationError() }
        #expect(Array(bytes) == Array("{}\u{1e}".utf8))
        for case let holder as any ResponseHolder in answer.held { holder.responseWasWritten() }
        _ = try await endpoint.delete(request(.delete, token))
    }

    @Test("an event stream sends no binary frames")
    func binaryEvents() async throws {
        let connection = UserConnection(
            user: ChatCaller(id: "ann"), expires: nil,
            transport: EventStreamTransport(writer: ResponseWriter(sender: StuckSender()), posted: PostedFrames()))
        #expect(!connection.sendsBinary)
    }

    @Test(
        "while a call is processed, 256 KiB of posted messages wait; more is rejected with 429, until it is processed")
    func postedLimit() async throws {
        let endpoint = endpoint()
        let token = try token(endpoint)
        _ = try await endpoint.connect(request(.get, token))
        #expect(try await endpoint.post(request(.post, token, handshake)).status == .ok)
        let call = request(.post, token, "{\"type\":1,\"target\":\"Wait\",\"arguments\":[]}\u{1e}")
        let calling = Task { try await endpoint.post(call).status }
        for await _ in methods.called.stream {}
        let entry = try #require(endpoint.connections.entry(token, of: "ann"))
        let ping = "{\"type\":6}\u{1e}"
        let pings = String(repeating: ping, count: (100 << 10) / ping.utf8.count)
        #expect(entry.posted.enqueue(Array(pings.utf8)) && entry.posted.enqueue(Array(pings.utf8)))
        #expect(try await endpoint.post(request(.post, token, pings)).status == .tooManyRequests)
        methods.finished.continuation.finish()
        #expect(try await calling.value == .ok)
        #expect(try await wait { try await endpoint.post(request(.post, token, pings)).status == .ok })
        #expect(try await endpoint.delete(request(.delete, token)).status == 202)
    }

    @Test("requests whose messages are not processed are released when the connection has ended")
    func drained() async throws {
        let posted = PostedFrames()
        #expect(posted.enqueue([1]))
        let posting = Task { await posted.post([2]) }
        let draining = Task { await posted.drain() }
        #expect(await posting.value(within: .seconds(120)) != nil)
        await draining.value
        #expect(await posted.post([3]))
    }

    @Test("a user has at most 8 connections that wait for their first GET, and each accepts at most 4 KiB before it")
    func pending() async throws {
        let endpoint = endpoint()
        let tokens = try (0..<10).map { _ in try token(endpoint) }
        for token in tokens.prefix(8) {
            #expect(try await endpoint.post(request(.post, token, handshake)).status == .ok)
        }
        #expect(try await endpoint.post(request(.post, tokens[8], handshake)).status == .tooManyRequests)
        let long = String(repeating: " ", count: 4 << 10)
        #expect(try await endpoint.post(request(.post, tokens[0], long)).status == .conflict)
        #expect(try await endpoint.delete(request(.delete, tokens[0])).status == 202)
        #expect(try await endpoint.connect(request(.get, tokens[9])).status == .ok)
        // It is begun: another may wait.
        let another = try token(endpoint)
        #expect(try await endpoint.post(request(.post, another, handshake)).status == .ok)
        for token in tokens[1..<8] + [tokens[9], another] { _ = try await endpoint.delete(request(.delete, token)) }
    }
}
