import ChatTestSupport
import Concurrency
import Foundation
import JSON
import Logging
import Synchronization
import Testing

@testable import ChatBridge

/// Takes events as the test says.
private final class TestReceiver: PushReceiver {
    private let state = Mutex<(failure: [String: PushFailure], received: [String])>(([:], []))

    /// The events in the order of attempts.
    var received: [String] { state.withLock { $0.received } }

    func fail(_ ids: [String], isRefusal: Bool) {
        let failure = PushFailure(reason: "it was rejected", isRefusal: isRefusal)
        state.withLock { $0.failure = Dictionary(ids.map { ($0, failure) }) { first, _ in first } }
    }

    func send(_ event: PushEvent) async throws(PushFailure) {
        let failure = state.withLock { state in
            state.received.append(event.id)
            return state.failure[event.id]
        }
        if let failure { throw failure }
    }
}

/// Users who are connected.
private struct Connected: ConnectionRegistry {
    var users: Set<String> = []
    func connectionCount(of user: String) -> Int { users.contains(user) ? 1 : 0 }
    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {}
}

@Suite("Events for devices", .serialized)
struct PushDelivererTests {
    private let fixture: StoreFixture
    private let receiver = TestReceiver()

    init() throws { fixture = try StoreFixture() }

    private func chat() -> Chat {
        Chat(
            dialect: .bananatalk,
            core: ChatCore(store: fixture.store, ids: fixture.ids, now: { [fixture] in fixture.clock.now }, wake: {}),
            rules: ChatRules(), urls: { $0 })
    }

    private func deliverer(_ limits: DeadLetterLimits = DeadLetterLimits()) -> PushDeliverer {
        let chat = chat()
        let event: PushDeliverer.Event = { entry in
            PushEvent(id: entry.draft.message ?? "", date: entry.createdAt, data: [:])
        }
        return PushDeliverer(
            store: fixture.store, events: [chat.dialect: event], receiver: receiver, deadLetterLimits: limits,
            now: { [fixture] in fixture.clock.now }, logger: Logger { _ in })
    }

    /// Sends a message from ann with an event for the devices of the others. Returns its ID.
    @discardableResult
    private func send(to receiver: String = "bob") async throws -> SavedMessage {
        var draft = fixture.draft(from: "ann", to: receiver)
        let (chat, sockets) = (chat(), draft.outbox)
        draft.outbox = { sockets($0) + chat.pushDrafts(of: $0) }
        return try await fixture.store.save([draft])[0]
    }

    @Test(
        "wait beside those for sockets, which are delivered however many of them wait", arguments: StoreEngine.allCases)
    func separate(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for _ in 1...40 { try await send() }
        let queue = Dialect(rawValue: "bananatalk:push")
        #expect(try await fixture.store.outboxBacklog().mapValues(\.count) == [.bananatalk: 40, queue: 40])
        let notifier = RecordingNotifier()
        let sockets = OutboxDeliverer(
            store: fixture.store, notifiers: [.bananatalk: notifier], servedElsewhere: [queue], logger: Logger { _ in })
        try await sockets.deliverDue()
        #expect(try await fixture.store.outboxBacklog().mapValues(\.count) == [queue: 40])
        try await deliverer().deliverDue()
        #expect(try await fixture.store.waitingOutbox() == 0 && Set(receiver.received).count == 40)
    }

    @Test("of which one is refused are sent, and that one again later", arguments: StoreEngine.allCases)
    func refused(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let messages = [try await send().message.id, try await send().message.id, try await send().message.id]
        receiver.fail([messages[1]], isRefusal: true)
        let deliverer = deliverer()
        #expect(try await deliverer.deliverDue() == .seconds(1))
        #expect(Set(receiver.received) == Set(messages) && receiver.received.count == 3)
        try await deliverer.deliverDue()
        #expect(receiver.received.count == 3)
        fixture.clock.advance(1)
        #expect(try await deliverer.deliverDue() == .seconds(2))
        receiver.fail([], isRefusal: true)
        fixture.clock.advance(2)
        #expect(try await deliverer.deliverDue() == nil)
        #expect(receiver.received.suffix(2) == [messages[1], messages[1]])
        #expect(try await fixture.store.outboxBacklog()[Dialect(rawValue: "bananatalk:push")] == nil)
    }

    @Test("are left where they are while the receiver fails")
    func paused() async throws {
        var messages: [String] = []
        for _ in 1...40 { messages.append(try await send().message.id) }
        receiver.fail(messages, isRefusal: false)
        let deliverer = deliverer()
        let pause = try #require(try await deliverer.deliverDue())
        #expect(pause > .zero && pause <= .seconds(1))
        // Some were tried at once, and no other one is now.
        #expect(receiver.received.count == 16)
        try await deliverer.deliverDue()
        #expect(receiver.received.count == 16)
    }

    @Test("are given up with the outbox's limits, and can be replayed")
    func abandoned() async throws {
        let message = try await send().message.id
        receiver.fail([message], isRefusal: true)
        let deliverer = deliverer(DeadLetterLimits(age: .seconds(60), attempts: 2))
        try await deliverer.deliverDue()
        fixture.clock.advance(60)
        try await deliverer.deliverDue()
        let queue = Dialect(rawValue: "bananatalk:push")
        #expect(try await fixture.store.deadLetterCounts() == [queue: 1])
        receiver.fail([], isRefusal: true)
        #expect(try await fixture.store.replayDeadLetters(nil) == 1)
        try await deliverer.deliverDue()
        #expect(receiver.received == [message, message, message])
        #expect(try await fixture.store.outboxBacklog()[queue] == nil)
    }

    @Test(
        "are for members with devices who are not connected and have not read or deleted the message",
        arguments: StoreEngine.allCases)
    func recipients(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let chat = chat()
        let group = Conversation(
            id: "group", dialect: .bananatalk, members: ["ann", "bob", "cid", "dan", "eva", "fay", "gus"],
            isDirect: false, createdAt: fixture.clock.now)
        try await fixture.store.upsert(group)
        for user in ["ann", "bob", "cid", "eva", "fay", "gus", "outsider"] {
            try await chat.registerDevice("\(user)-1", platform: "ios", of: ChatCaller(id: user), limit: 8)
        }
        let sent = try await chat.send(
            chat.newMessage(.text, from: ChatCaller(id: "ann"), in: "group", text: "hello"), by: ChatCaller(id: "ann")
        ) { chat.pushDrafts(of: $0) }
        // cid is connected, dan has no device, eva has read it, fay has deleted it, gus is no member any more.
        _ = try await chat.markRead("group", .all, by: ChatCaller(id: "eva")) { _ in [] }
        try await chat.hide(sent.message.id, in: "group", from: ChatCaller(id: "fay"))
        try await fixture.store.update("group", in: .bananatalk, outbox: { _ in [] }) { $0.members.remove("gus") }
        let entry = try #require(try await fixture.store.dueOutbox(limit: 10).first)
        let request = try await chat.pushRequest(for: entry, without: Connected(users: ["cid"]))
        #expect(request?.recipients.map(\.user) == ["bob"] && request?.recipients[0].devices.map(\.key) == ["bob-1"])
        #expect(request?.message.id == sent.message.id && request?.conversation.id == "group")
        #expect(try await chat.pushRequest(for: entry, without: Connected(users: ["bob", "cid"])) == nil)
        _ = try await chat.deleteForAll(sent.message.id, in: "group", by: ChatCaller(id: "ann")) { _ in [] }
        #expect(try await chat.pushRequest(for: entry, without: Connected()) == nil)
    }

    @Test("name some users each, and each user once")
    func parts() async throws {
        let members = Set((1...50).map { "user\($0)" })
        try await fixture.store.upsert(
            Conversation(
                id: "group", dialect: .bananatalk, members: members.union(["ann"]), isDirect: false,
                createdAt: fixture.clock.now))
        let chat = chat()
        let drafts = Mutex<[OutboxDraft]>([])
        _ = try await chat.send(
            chat.newMessage(.text, from: ChatCaller(id: "ann"), in: "group", text: "hello"), by: ChatCaller(id: "ann")
        ) { saved in
            drafts.withLock { $0 = chat.pushDrafts(of: saved) }
            return chat.pushDrafts(of: saved)
        }
        let users = drafts.withLock { $0 }.map { $0.payload["users"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        #expect(users.map(\.count) == [20, 20, 10] && Set(users.joined()) == members)
        let entries = try await fixture.store.dueOutbox(limit: 10)
        #expect(Set(entries.map(chat.pushID)).count == 3)
    }
}
