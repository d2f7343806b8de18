import ChatTestSupport
import Concurrency
import Foundation
import JSON
import Logging
import MediaAPI
import Synchronization
import Testing

@testable import ChatBridge
@testable import Realtime

/// The hubs of other nodes, which record what is sent to them and hold its receipts until they are asked to release them.
private final class RecordingPeers: HubPeers {
    private struct Recorded {
        var events: [HubEvent] = []
        var receipts: [WriteReceipt] = []
        var connections: [PeerConnection] = []
        var statuses: [String: String] = [:]
        var expected: Set<String> = []
    }

    let isCongested: Bool
    let includesChatServer: Bool
    private let recorded = Mutex(Recorded())

    init(isCongested: Bool = false, includesChatServer: Bool = false) {
        self.isCongested = isCongested
        self.includesChatServer = includesChatServer
    }

    var events: [HubEvent] { recorded.withLock { $0.events } }
    func release() { recorded.withLock { $0.receipts = [] } }
    func connect(_ user: String) { recorded.withLock { $0.connections.append(PeerConnection(groups: [user])) } }

    func attach(_ receiver: any HubReceiver) {}
    func send(_ event: HubEvent, receipt: WriteReceipt?) {
        recorded.withLock { recorded in
            recorded.events.append(event)
            if let receipt { recorded.receipts.append(receipt) }
        }
    }
    func isExpected(_ user: String) -> Bool { recorded.withLock { $0.expected.contains(user) } }
    func expect(_ user: String) { recorded.withLock { _ = $0.expected.insert(user) } }
    func changed(_ connection: String, to state: PeerConnection?) {}
    func connections(in group: String) -> [PeerConnection] {
        recorded.withLock { $0.connections.filter { $0.groups.contains(group) } }
    }
    func isAnyConnection(of group: String, in other: String) -> Bool { false }
    func setStatus(_ status: String?, of user: String) { recorded.withLock { $0.statuses[user] = status } }
    func status(of user: String) -> String? { recorded.withLock { $0.statuses[user] } }
}

@Suite("Delivery where there are other nodes")
struct OtherNodesTests {
    private let fixture: StoreFixture

    init() throws { fixture = try StoreFixture() }

    private func notifier(_ hub: ConnectionHub) throws -> ConnectionNotifier {
        let clock = fixture.clock
        let chat = Chat(
            dialect: .rooms, core: ChatCore(store: try fixture.sqlite, ids: fixture.ids, now: { clock.now }, wake: {}),
            rules: ChatRules(), urls: { $0 })
        return ConnectionNotifier(chat: chat, connections: hub) { entry, _, _ in entry.draft.payload }
    }

    private func entry(isInherited: Bool = false) -> OutboxEntry {
        OutboxEntry(
            sequence: 1, dialect: .rooms, draft: OutboxDraft(recipient: "bob", event: "new", payload: ["number": 1]),
            attempts: 0, createdAt: fixture.clock.now, isInherited: isInherited)
    }

    @Test(
        "an event is sent to the others though no connection of its receiver is known, and is delivered when they have it"
    )
    func absent() async throws {
        let peers = RecordingPeers()
        let hub = ConnectionHub(peers: peers) { event, _ in event }
        let bob = FakeClient()
        let connection = UserConnection(user: ChatCaller(id: "ann"), expires: nil, transport: bob)
        hub.add(connection)
        let isDelivered = Atomic(false)
        try await notifier(hub).deliver(
            entry(), receipt: WriteReceipt { isDelivered.store(true, ordering: .relaxed) })
        #expect(peers.events == [HubEvent("new", [["number": 1]], to: ["bob"])])
        let isEarly = isDelivered.load(ordering: .relaxed)
        #expect(!isEarly)
        peers.release()
        let isDone = isDelivered.load(ordering: .relaxed)
        #expect(isDone)
    }

    @Test("an event of another node reaches the connections of this one, and no other node again")
    func received() async throws {
        let peers = RecordingPeers()
        let hub = ConnectionHub(peers: peers) { event, payload in event + payload.encodedText() }
        let client = FakeClient()
        let connection = UserConnection(user: ChatCaller(id: "bob"), expires: nil, transport: client)
        hub.add(connection)
        let sending = Task { await connection.run() }
        let (written, continuation) = AsyncStream.makeStream(of: String.self)
        hub.whenWritten { tag, user in continuation.yield(tag + " " + user) }
        hub.receive(HubEvent("new", [5], to: ["bob", "ann"], tag: "message"), receipt: nil)
        #expect(await client.next() == "new5")
        for await text in written {
            #expect(text == "message bob")
            break
        }
        #expect(peers.events.isEmpty)
        connection.close()
        await sending.value
    }

    @Test("while too much waits for the others, events stay in the outbox")
    func congested() async throws {
        let peers = RecordingPeers(isCongested: true)
        let notifier = try notifier(ConnectionHub(peers: peers) { event, _ in event })
        await #expect(throws: FanOutCongested.self) { try await notifier.deliver(entry(), receipt: WriteReceipt {}) }
        #expect(peers.events.isEmpty)
    }

    @Test(
        "events from before a restart wait for their receivers, unless they are connected elsewhere or to a chat server"
    )
    func restarted() async throws {
        let alone = try notifier(ConnectionHub(peers: RecordingPeers()) { event, _ in event })
        await #expect(throws: RecipientAbsent.self) {
            try await alone.deliver(entry(isInherited: true), receipt: WriteReceipt {})
        }
        let (others, chatServer) = (RecordingPeers(), RecordingPeers(includesChatServer: true))
        others.connect("bob")
        for peers in [others, chatServer] {
            let notifier = try notifier(ConnectionHub(peers: peers) { event, _ in event })
            try await notifier.deliver(entry(isInherited: true), receipt: WriteReceipt {})
            #expect(peers.events.map(\.name) == ["new"])
        }
    }

    @Test("events for a user whose node has ended wait until they connect elsewhere, and those for others do not")
    func nodeEnded() async throws {
        let peers = RecordingPeers()
        let notifier = try notifier(ConnectionHub(peers: peers) { event, _ in event })
        peers.expect("bob")
        await #expect(throws: RecipientAbsent.self) { try await notifier.deliver(entry(), receipt: WriteReceipt {}) }
        peers.connect("bob")
        try await notifier.deliver(entry(), receipt: WriteReceipt {})
        #expect(peers.events.map(\.groups) == [["bob"]])
    }

    @Test("presence counts the connections to all nodes, and the status is that of the last node")
    func presence() {
        let peers = RecordingPeers()
        let hub = ConnectionHub(peers: peers) { event, _ in event }
        let presence = Presence(connections: hub, now: { Date() })
        peers.setStatus("away", of: "bob")
        #expect(!presence.status(of: "bob").isOnline && presence.status(of: "bob").selected == nil)
        peers.connect("bob")
        #expect(presence.status(of: "bob").connections == 1 && presence.status(of: "bob").selected == "away")
        presence.setStatus("busy", for: "bob")
        #expect(peers.status(of: "bob") == "busy")
        #expect(!presence.disconnected("bob"))
    }

    @Test("a user is offline when the last node has no connection of theirs, and online since the first has one")
    func nodes() {
        let peers = RecordingPeers()
        let hub = ConnectionHub(peers: peers) { event, _ in event }
        let presence = Presence(connections: hub, now: { Date() })
        let connection = UserConnection(user: ChatCaller(id: "bob"), expires: nil, transport: FakeClient())
        peers.connect("bob")
        hub.add(connection)
        #expect(!presence.connected("bob"))
        hub.remove(connection)
        #expect(!presence.disconnected("bob") && !presence.lost("bob"))
        #expect(presence.lost("cid"))
    }

    @Test("a user was last seen by the node that saw them last")
    func lastSeen() async throws {
        let (clock, store) = (fixture.clock, fixture.store)
        let hub = ConnectionHub(peers: RecordingPeers()) { event, _ in event }
        let history = Presence.History(store: store, dialect: .rooms, logger: .silent)
        let presence = Presence(connections: hub, storedIn: history, now: { clock.now })
        presence.disconnected("bob")
        await presence.storeLastSeen(of: "bob")
        #expect(await presence.statuses(of: ["bob"])["bob"]?.lastSeen == clock.now)
        clock.advance(60)
        // Another node.
        try await store.recordLastSeen("bob", in: .rooms, at: clock.now)
        #expect(await presence.statuses(of: ["bob"])["bob"]?.lastSeen == clock.now)
        clock.advance(60)
        presence.disconnected("bob")
        #expect(await presence.statuses(of: ["bob"])["bob"]?.lastSeen == clock.now)
    }

    @Test("who was removed from a conversation receives no event of it, neither of a message nor of the conversation")
    func removedMember() async throws {
        let store = fixture.store
        try await store.upsert(
            Conversation(id: "g", dialect: .rooms, members: ["ann", "bob"], createdAt: fixture.clock.now))
        let message = ChatMessage(
            id: "m", dialect: .rooms, conversation: "g", sender: "ann", type: .text, text: "hi",
            createdAt: fixture.clock.now)
        _ = try await store.save([
            MessageDraft(message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil) { _ in
                []
            }
        ])
        let hub = ConnectionHub { event, _ in event }
        let client = FakeClient()
        let connection = UserConnection(user: ChatCaller(id: "bob"), expires: nil, transport: client)
        hub.add(connection)
        let sending = Task { await connection.run() }
        func entry(_ draft: OutboxDraft) -> OutboxEntry {
            OutboxEntry(sequence: 1, dialect: .rooms, draft: draft, attempts: 0, createdAt: fixture.clock.now)
        }
        let entries = [
            entry(OutboxDraft(recipient: "bob", event: "message", message: "m")),
            entry(OutboxDraft(recipient: "bob", event: "conversation", joined: "g")),
            entry(OutboxDraft(recipient: "bob", event: "other")),
        ]
        let notifier = try notifier(hub)
        for entry in entries { try await notifier.deliver(entry, receipt: WriteReceipt {}) }
        for event in ["message", "conversation", "other"] { #expect(await client.next() == event) }
        try await store.update("g", in: .rooms) { $0.members.remove("bob") }
        for entry in entries { try await notifier.deliver(entry, receipt: WriteReceipt {}) }
        #expect(await client.next() == "other")
        connection.close()
        await sending.value
    }
}
