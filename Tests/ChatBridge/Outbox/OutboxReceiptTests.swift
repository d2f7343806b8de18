import Foundation
import Logging
import Synchronization
import Testing

@testable import ChatBridge

/// Tells through whatever connections it is given.
private struct HubNotifier: Notifier {
    let connections: any ConnectedUsers

    func deliver(_ entry: OutboxEntry, receipt: OutboxReceipt) async throws {
        connections.tell(entry, entry.draft.payload, to: [entry.draft.recipient], receipt: receipt)
    }
}

/// A client whose frames are written when the test says so.
private final class GatedClient: FrameTransport {
    private let gate = AsyncStream<Void>.makeStream()
    let written = AsyncStream<String>.makeStream()

    func open(_ frames: Int) { for _ in 0..<frames { gate.continuation.yield() } }

    func send(text: String) async throws {
        var gate = gate.stream.makeAsyncIterator()
        guard await gate.next(isolation: nil) != nil else { throw CancellationError() }
        written.continuation.yield(text)
    }
    func send(binary: [UInt8]) async throws { try await send(text: "") }
    func allowMessages(upTo bytes: Int) {}
    func close() { gate.continuation.finish() }
}

@Suite("The outbox and its connections")
struct OutboxReceiptTests {
    private let fixture: StoreFixture
    private let signal = WakeSignal()

    init() throws { fixture = try StoreFixture() }

    private func deliverer(to connections: any ConnectedUsers) -> OutboxDeliverer {
        OutboxDeliverer(
            store: fixture.store, notifiers: [.bananatalk: HubNotifier(connections: connections)], signal: signal,
            logger: Logger { _ in })
    }

    private func waiting() async throws -> Int { try await fixture.store.waitingOutbox() }

    /// Returns when the outbox holds `count` entries.
    private func wait(for count: Int, _ deliverer: OutboxDeliverer) async throws {
        while try await waiting() != count {
            try await deliverer.deliverDue()
            await Task.yield()
        }
    }

    @Test("an entry stays until a socket's bytes are written, and a slow socket holds up nobody else")
    func slowSocket() async throws {
        let hub = ConnectionHub { event, _ in event }
        let (slow, fast) = (GatedClient(), FakeClient())
        let slowConnection = UserConnection(caller: ChatCaller(id: "bob"), expires: nil, transport: slow)
        let fastConnection = UserConnection(caller: ChatCaller(id: "cid"), expires: nil, transport: fast)
        for connection in [slowConnection, fastConnection] {
            hub.add(connection)
            Task { await connection.run() }
        }
        let deliverer = deliverer(to: hub)
        for _ in 1...40 { try await fixture.send(from: "ann", to: "bob") }
        for _ in 1...40 { try await fixture.send(from: "ann", to: "cid") }
        try await deliverer.deliverDue()
        for _ in 1...40 { #expect(await fast.next() == "newMessage") }
        // Each was queued for bob once, and none of them was written.
        try await wait(for: 40, deliverer)
        slow.open(10)
        try await wait(for: 30, deliverer)
        // What is written later is told as well.
        try await fixture.send(from: "ann", to: "cid")
        try await deliverer.deliverDue()
        #expect(await fast.next() == "newMessage")
        // What a kill leaves is told again by the next process.
        try await wait(for: 30, deliverer)
        let after = try SQLiteChatStore(path: fixture.folder.database)
        #expect(try await after.dueOutbox(limit: 100).map(\.draft.recipient) == Array(repeating: "bob", count: 30))
        // A connection that ends lets go of what was queued for it.
        slowConnection.abort()
        try await wait(for: 0, deliverer)
    }

    @Test("an entry stays until each of its user's sockets has it")
    func severalSockets() async throws {
        let fixture = SocketIOFixture()
        let deliverer = deliverer(to: fixture.hub)
        let (_, first) = try await fixture.connect(user: "bob")
        let slow = GatedClient()
        slow.open(3)
        let socket = try #require(
            fixture.server.open(fixture.request("websocket", user: "bob"), transport: slow))
        await socket.receive(text: #"40{"token":"good"}"#)
        var frames = slow.written.stream.makeAsyncIterator()
        for _ in 1...3 { _ = await frames.next(isolation: nil) }
        try await self.fixture.send(from: "ann", to: "bob")
        try await deliverer.deliverDue()
        #expect(await first.next()?.contains("newMessage") == true)
        #expect(try await waiting() == 1)
        slow.open(1)
        #expect(await frames.next(isolation: nil)?.contains("newMessage") == true)
        try await wait(for: 0, deliverer)
        socket.closed()
    }

    @Test("an entry for a polling client stays until its poll is answered and the answer is written")
    func polling() async throws {
        let fixture = SocketIOFixture()
        let deliverer = deliverer(to: fixture.hub)
        let sid = try await fixture.handshake()
        _ = await fixture.post(sid, #"40{"token":"good"}"#)
        var received = ""
        while !received.contains("hello") { received += await fixture.get(sid) }
        try await self.fixture.send(from: "eve", to: "ann")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
        var answer: EngineIOAnswer? = await fixture.server.get(fixture.request("polling", sid: sid))
        let text = String(decoding: answer?.body ?? [], as: UTF8.self)
        #expect(text.contains("newMessage"))
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
        #expect(answer?.receipts.count == 1)
        answer = nil
        try await deliverer.deliverDue()
        #expect(try await waiting() == 0)
        // What waits for a poll that never comes is let go of with the session.
        try await self.fixture.send(from: "eve", to: "ann")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
        _ = await fixture.post(sid, "1")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 0)
    }

    @Test("a client that moves from polling to a WebSocket takes its entries along")
    func upgrade() async throws {
        let fixture = SocketIOFixture()
        let deliverer = deliverer(to: fixture.hub)
        let sid = try await fixture.handshake()
        _ = await fixture.post(sid, #"40{"token":"good"}"#)
        var received = ""
        while !received.contains("hello") { received += await fixture.get(sid) }
        try await self.fixture.send(from: "eve", to: "ann")
        try await deliverer.deliverDue()
        let client = GatedClient()
        var frames = client.written.stream.makeAsyncIterator()
        let socket = try #require(fixture.server.open(fixture.request("websocket", sid: sid), transport: client))
        await socket.receive(text: "2probe")
        client.open(1)
        #expect(await frames.next(isolation: nil) == "3probe")
        await socket.receive(text: "5")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
        client.open(1)
        #expect(await frames.next(isolation: nil)?.contains("newMessage") == true)
        try await wait(for: 0, deliverer)
        socket.closed()
    }

    @Test("after it is suspended, connections that end take nothing out")
    func suspended() async throws {
        let hub = ConnectionHub { event, _ in event }
        let connection = UserConnection(caller: ChatCaller(id: "bob"), expires: nil, transport: GatedClient())
        hub.add(connection)
        let running = Task { await connection.run() }
        let deliverer = deliverer(to: hub)
        try await fixture.send(from: "ann", to: "bob")
        try await deliverer.deliverDue()
        deliverer.suspend()
        connection.abort()
        await running.value
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
    }
}
