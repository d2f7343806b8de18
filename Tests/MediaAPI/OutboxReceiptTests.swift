import ChatTestSupport
import Concurrency
import Foundation
import Logging
import MediaAPI
import Synchronization
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite
@testable import Realtime

/// Delivers to the given connections.
private struct HubNotifier: Notifier {
    struct Unreachable: Error {}

    let connections: any ConnectionRegistry
    /// The recipients who cannot be reached.
    var failing: Set<String> = []

    func deliver(_ entry: OutboxEntry, receipt: WriteReceipt) async throws {
        if failing.contains(entry.draft.recipient) { throw Unreachable() }
        connections.send(entry, entry.draft.payload, to: [entry.draft.recipient], receipt: receipt)
    }
}

/// A client whose frames are written when the test allows it.
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

/// Records how many queued entries the store has to skip each time it is read.
private final class CountingStore: OutboxStore {
    let store: SQLiteChatStore
    let passed = Mutex<[Int]>([])

    init(_ store: SQLiteChatStore) { self.store = store }

    func dueOutbox(
        of dialects: Set<Dialect>?, limit: Int, after lowestSequence: Int, except queued: Set<Int>
    ) async throws -> [OutboxEntry] {
        passed.withLock { $0.append(queued.count) }
        return try await store.dueOutbox(of: dialects, limit: limit, after: lowestSequence, except: queued)
    }
    func nextRetry(of dialects: Set<Dialect>?, except queued: Set<Int>) async throws -> OutboxRetry? {
        try await store.nextRetry(of: dialects, except: queued)
    }
    func outboxBacklog() async throws -> [Dialect: OutboxBacklog] { try await store.outboxBacklog() }
    func delivered(_ sequences: [Int]) async throws { try await store.delivered(sequences) }
    func fanOut(_ entry: OutboxEntry, to users: Set<String>, remaining: Set<String>) async throws {
        try await store.fanOut(entry, to: users, remaining: remaining)
    }
    func postpone(_ sequence: Int, for delay: Duration) async throws {
        try await store.postpone(sequence, for: delay)
    }
    func moveToDeadLetters(_ sequence: Int, reason: String, at date: Date) async throws {
        try await store.moveToDeadLetters(sequence, reason: reason, at: date)
    }
}

@Suite("The outbox and its connections")
struct OutboxReceiptTests {
    private let fixture: StoreFixture
    private let signal = WakeSignal()

    init() throws { fixture = try StoreFixture() }

    private func deliverer(to connections: any ConnectionRegistry) -> OutboxDeliverer {
        OutboxDeliverer(
            store: fixture.store, notifiers: [.bananatalk: HubNotifier(connections: connections)], signal: signal,
            logger: Logger { _ in })
    }

    private func waiting() async throws -> Int { try await fixture.store.waitingOutbox() }

    /// Returns when the outbox has `count` entries.
    private func wait(for count: Int, _ deliverer: OutboxDeliverer) async throws {
        while try await waiting() != count {
            try await deliverer.deliverDue()
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    @Test("an entry stays until a socket's bytes are written, and a slow socket delays no other")
    func slowSocket() async throws {
        let hub = ConnectionHub { event, _ in event }
        let (slow, fast) = (GatedClient(), FakeClient())
        let slowConnection = UserConnection(user: ChatCaller(id: "bob"), expires: nil, transport: slow)
        let fastConnection = UserConnection(user: ChatCaller(id: "cid"), expires: nil, transport: fast)
        for connection in [slowConnection, fastConnection] {
            hub.add(connection)
            Task { await connection.run() }
        }
        let deliverer = deliverer(to: hub)
        for _ in 1...40 { try await fixture.send(from: "ann", to: "bob") }
        for _ in 1...40 { try await fixture.send(from: "ann", to: "cid") }
        try await deliverer.deliverDue()
        for _ in 1...40 { #expect(await fast.next() == "newMessage") }
        // Each was queued once for Bob, and none was written.
        try await wait(for: 40, deliverer)
        slow.open(10)
        try await wait(for: 30, deliverer)
        // Entries that are written later are delivered as well.
        try await fixture.send(from: "ann", to: "cid")
        try await deliverer.deliverDue()
        #expect(await fast.next() == "newMessage")
        // After a kill the next process delivers them again.
        try await wait(for: 30, deliverer)
        let after = try SQLiteChatStore(path: fixture.folder.database)
        #expect(try await after.dueOutbox(limit: 100).map(\.draft.recipient) == Array(repeating: "bob", count: 30))
        // A connection that ends releases what was queued for it.
        slowConnection.abort()
        try await wait(for: 0, deliverer)
    }

    @Test("entries queued for slow connections are not read again while others wait for a retry or their dialect")
    func lowestSequence() async throws {
        let hub = ConnectionHub { event, _ in event }
        let connection = UserConnection(user: ChatCaller(id: "bob"), expires: nil, transport: StuckClient())
        hub.add(connection)
        let store = CountingStore(try fixture.sqlite)
        let deliverer = OutboxDeliverer(
            store: store, notifiers: [.bananatalk: HubNotifier(connections: hub, failing: ["cid"])],
            logger: Logger { _ in })
        try await fixture.sqlite.write([OutboxDraft(recipient: "bob", event: "e")], in: .signalr)
        for _ in 1...40 { try await fixture.send(from: "ann", to: "bob") }
        try await fixture.send(from: "ann", to: "cid")
        for _ in 1...3 { try await fixture.send(from: "ann", to: "bob") }
        // Only the entry that waits for a retry is due again.
        #expect(try await deliverer.deliverDue() == .seconds(1))
        for seconds in [1.0, 2, 4] {
            store.passed.withLock { $0 = [] }
            fixture.clock.advance(seconds)
            #expect(try await deliverer.deliverDue() == .seconds(seconds * 2))
            #expect(store.passed.withLock { $0 } == [3, 3])
        }
        // The dialect is served by the next process.
        #expect(try await waiting() == 45)
        let next = RecordingNotifier()
        try await OutboxDeliverer(
            store: fixture.another(), notifiers: [.signalr: next], logger: Logger { _ in }
        ).deliverDue()
        var received = next.received.stream.makeAsyncIterator()
        #expect(await received.next(isolation: nil) == "bob: 0")
        connection.abort()
    }

    @Test("an entry stays until it was written to each of the user's sockets")
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
        let sid = try await fixture.connectByPolling()
        try await self.fixture.send(from: "eve", to: "ann")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
        var response: EngineIOResponse? = await fixture.server.get(fixture.request("polling", sid: sid))
        let text = String(decoding: response?.body ?? [], as: UTF8.self)
        #expect(text.contains("newMessage"))
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
        #expect(response?.receipts.count == 1)
        response = nil
        try await deliverer.deliverDue()
        #expect(try await waiting() == 0)
        // Messages for a poll that never comes are released with the session.
        try await self.fixture.send(from: "eve", to: "ann")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
        _ = await fixture.post(sid, "1")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 0)
    }

    @Test("the entries of a client stay queued when it is upgraded from polling to a WebSocket")
    func upgrade() async throws {
        let fixture = SocketIOFixture()
        let deliverer = deliverer(to: fixture.hub)
        let sid = try await fixture.connectByPolling()
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

    @Test("after suspension, connections that end remove no entries")
    func suspended() async throws {
        let hub = ConnectionHub { event, _ in event }
        let connection = UserConnection(user: ChatCaller(id: "bob"), expires: nil, transport: GatedClient())
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
