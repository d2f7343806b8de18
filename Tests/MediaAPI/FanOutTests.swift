import ChatTestSupport
import Foundation
import Logging
import MediaAPI
import Synchronization
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite
@testable import Realtime

/// A node that has just started over a store in which another process has left messages to a group.
private struct Node {
    struct Unreadable: Error {}

    let hub = ConnectionHub { event, _ in event }
    let store: SQLiteChatStore
    let deliverer: OutboxDeliverer
    let failures = Shared(0)

    final class Shared: Sendable {
        private let value: Mutex<Int>
        init(_ value: Int) { self.value = Mutex(value) }
        func set(_ new: Int) { value.withLock { $0 = new } }
        /// Whether there was one left.
        func acquire() -> Bool {
            value.withLock { value in
                defer { value = max(value - 1, 0) }
                return value > 0
            }
        }
    }

    init(_ fixture: StoreFixture, store: SQLiteChatStore) {
        self.store = store
        let (clock, failures) = (fixture.clock, failures)
        let chat = Chat(
            dialect: .rooms, core: ChatCore(store: store, ids: fixture.ids, now: { clock.now }, wake: {}),
            rules: ChatRules(), urls: { $0 })
        let notifier = ConnectionNotifier(chat: chat, connections: hub) { entry, _, _ in
            if failures.acquire() { throw Unreadable() }
            return entry.draft.payload
        }
        deliverer = OutboxDeliverer(store: store, notifiers: [.rooms: notifier], logger: Logger { _ in })
    }

    func connect(_ user: String, _ transport: any FrameTransport) {
        let connection = UserConnection(user: ChatCaller(id: user), expires: nil, transport: transport)
        hub.add(connection)
        Task { await connection.run() }
    }

    /// The recipients of the entries in the store, due or not, in order.
    func recipients() async throws -> [String] { try await store.outboxRecipients() }
}

extension SQLiteChatStore {
    fileprivate func outboxRecipients() throws -> [String] {
        try connection.rows("SELECT recipient FROM outbox ORDER BY sequence") { $0.text(0) }
    }
}

@Suite("After a restart, news for a conversation")
struct FanOutTests {
    private let fixture: StoreFixture

    init() async throws {
        fixture = try StoreFixture()
        let former = try fixture.anotherSQLite()
        try await former.upsert(
            Conversation(id: "g", dialect: .rooms, members: ["ann", "bob", "cid"], createdAt: fixture.clock.now))
        try await former.write([OutboxDraft(recipient: "g", audience: .members, event: "new")], in: .rooms)
    }

    @Test("is written once for each absent member, however often it is tried")
    func retried() async throws {
        let node = Node(fixture, store: try fixture.sqlite)
        let bob = FakeClient()
        node.connect("bob", bob)
        node.failures.set(3)
        for seconds in [0.0, 1, 2, 4] {
            fixture.clock.advance(seconds)
            try await node.deliverer.deliverDue()
        }
        #expect(await bob.next() == "new")
        while try await node.recipients().contains("g") { try await node.deliverer.deliverDue() }
        #expect(try await node.recipients() == ["ann", "cid"])
    }

    @Test("is written once for each member, also when one reads slowly until the next kill")
    func killedAgain() async throws {
        let first = Node(fixture, store: try fixture.sqlite)
        first.connect("bob", StuckClient())
        try await first.deliverer.deliverDue()
        #expect(try await first.recipients() == ["g", "ann", "cid"])
        let second = Node(fixture, store: try fixture.anotherSQLite())
        let cid = FakeClient()
        second.connect("cid", cid)
        try await second.deliverer.deliverDue()
        #expect(await cid.next() == "new")
        while try await !second.recipients().allSatisfy(["ann", "bob"].contains) {
            try await second.deliverer.deliverDue()
        }
        #expect(try await second.recipients() == ["ann", "bob"])
    }
}
