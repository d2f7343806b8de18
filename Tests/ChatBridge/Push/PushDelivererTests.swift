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
    /// The most recipients of an event that it takes.
    let maximumRecipients = Mutex(10)
    /// Finished when an event has arrived that is answered when its task is cancelled; `nil` to answer at once.
    let hanging = Mutex<AsyncStream<Void>.Continuation?>(nil)

    /// The events in the order of attempts.
    var received: [String] { state.withLock { $0.received } }

    func fail(_ ids: [String], _ kind: PushFailure.Kind) {
        let failure = PushFailure(reason: "it was rejected", kind: kind)
        state.withLock { $0.failure = Dictionary(ids.map { ($0, failure) }) { first, _ in first } }
    }

    func send(_ event: PushEvent) async throws(PushFailure) {
        let failure = state.withLock { state in
            state.received.append(event.id)
            return state.failure[event.id]
        }
        if let arrived = hanging.withLock({ $0 }) {
            arrived.finish()
            for await _ in AsyncStream<Void>.makeStream().stream {}
        }
        guard event.recipients.count <= maximumRecipients.withLock({ $0 }) else {
            throw PushFailure(reason: "it is too large", kind: .tooLarge)
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
            PushEvent(
                id: entry.draft.message ?? "", date: entry.createdAt, data: [:],
                recipients: [0, 2, 5].map { PushEvent.Recipient(place: $0, description: [:]) })
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

    /// Delivers until `isDone`, over the pauses of the deliverer, for two minutes at most.
    private func deliver(_ deliverer: PushDeliverer, until isDone: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(120)
        while ContinuousClock.now < end {
            let pause = try await deliverer.deliverDue()
            if try await isDone() { return }
            try await Task.sleep(for: min(pause ?? .milliseconds(10), .seconds(1)))
        }
        Issue.record("what is expected was not delivered")
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

    @Test("of which one is rejected are sent, and that one again later", arguments: StoreEngine.allCases)
    func rejected(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let messages = [try await send().message.id, try await send().message.id, try await send().message.id]
        receiver.fail([messages[1]], .rejected)
        let deliverer = deliverer()
        #expect(try await deliverer.deliverDue() == .seconds(1))
        #expect(Set(receiver.received) == Set(messages) && receiver.received.count == 3)
        try await deliverer.deliverDue()
        #expect(receiver.received.count == 3)
        fixture.clock.advance(1)
        #expect(try await deliverer.deliverDue() == .seconds(2))
        receiver.fail([], .rejected)
        fixture.clock.advance(2)
        #expect(try await deliverer.deliverDue() == nil)
        #expect(receiver.received.suffix(2) == [messages[1], messages[1]])
        #expect(try await fixture.store.outboxBacklog()[Dialect(rawValue: "bananatalk:push")] == nil)
    }

    @Test("are left where they are while the receiver fails, and all sent when it works again")
    func paused() async throws {
        var messages: [String] = []
        for _ in 1...40 { messages.append(try await send().message.id) }
        receiver.fail(messages, .unavailable)
        let deliverer = deliverer()
        let pause = try #require(try await deliverer.deliverDue())
        #expect(pause > .zero && pause <= .seconds(1))
        // Some were tried at once, and no other one is now.
        #expect(receiver.received.count == 16)
        try await deliverer.deliverDue()
        #expect(receiver.received.count == 16)
        receiver.fail([], .unavailable)
        fixture.clock.advance(1)
        try await deliver(deliverer) {
            try await fixture.store.outboxBacklog()[Dialect(rawValue: "bananatalk:push")] == nil
        }
        #expect(Set(receiver.received) == Set(messages) && receiver.received.count == 16 + 40)
    }

    @Test("that are too old are given up at once, however many wait, when the receiver fails again")
    func old() async throws {
        var messages: [String] = []
        for _ in 1...40 { messages.append(try await send().message.id) }
        receiver.fail(messages, .unavailable)
        let deliverer = deliverer()
        try await deliverer.deliverDue()
        #expect(receiver.received.count == 16)
        fixture.clock.advance(86_400)
        let young = try await send().message.id
        receiver.fail(messages + [young], .unavailable)
        let queue = Dialect(rawValue: "bananatalk:push")
        try await deliver(deliverer) { receiver.received.count == 17 }
        #expect(try await fixture.store.deadLetterCounts() == [queue: 40])
        #expect(try await fixture.store.outboxBacklog()[queue]?.count == 1)
    }

    @Test("that are too large for the receiver are sent for each recipient, with an ID of each")
    func tooLarge() async throws {
        receiver.maximumRecipients.withLock { $0 = 1 }
        let message = try await send().message.id
        try await deliverer().deliverDue()
        #expect(receiver.received == [message, "\(message)_0", "\(message)_2", "\(message)_5"])
        #expect(try await fixture.store.outboxBacklog()[Dialect(rawValue: "bananatalk:push")] == nil)
        // One that is too large even so is not tried again where others were taken.
        let other = try await send().message.id
        receiver.fail(["\(other)_2"], .tooLarge)
        try await deliverer().deliverDue()
        #expect(receiver.received.count == 8)
        #expect(try await fixture.store.outboxBacklog()[Dialect(rawValue: "bananatalk:push")] == nil)
        // One that is rejected does not keep the others from theirs.
        let third = try await send().message.id
        receiver.fail(["\(third)_0"], .rejected)
        try await deliverer().deliverDue()
        #expect(receiver.received.suffix(3) == ["\(third)_0", "\(third)_2", "\(third)_5"])
        #expect(try await fixture.store.outboxBacklog()[Dialect(rawValue: "bananatalk:push")] == nil)
        // Where none was taken all are.
        receiver.maximumRecipients.withLock { $0 = 0 }
        try await send()
        #expect(try await deliverer().deliverDue() == .seconds(1))
        #expect(try await fixture.store.outboxBacklog()[Dialect(rawValue: "bananatalk:push")]?.count == 1)
    }

    @Test("that were taken while the deliverer was cancelled are removed")
    func cancelled() async throws {
        try await send()
        let (arrived, continuation) = AsyncStream<Void>.makeStream()
        receiver.hanging.withLock { $0 = continuation }
        let deliverer = deliverer()
        let running = Task { await deliverer.run() }
        for await _ in arrived {}
        running.cancel()
        await running.value
        #expect(receiver.received.count == 1)
        #expect(try await fixture.store.outboxBacklog()[Dialect(rawValue: "bananatalk:push")] == nil)
    }

    @Test("are given up with the outbox's limits, and can be replayed")
    func abandoned() async throws {
        let message = try await send().message.id
        receiver.fail([message], .rejected)
        let deliverer = deliverer(DeadLetterLimits(age: .seconds(60), attempts: 2))
        try await deliverer.deliverDue()
        fixture.clock.advance(60)
        try await deliverer.deliverDue()
        let queue = Dialect(rawValue: "bananatalk:push")
        #expect(try await fixture.store.deadLetterCounts() == [queue: 1])
        // A receiver that still fails gets as much time again.
        #expect(try await fixture.store.replayDeadLetters(nil) == 1)
        try await deliverer.deliverDue()
        #expect(try await fixture.store.deadLetterCounts() == [:])
        fixture.clock.advance(60)
        try await deliverer.deliverDue()
        #expect(try await fixture.store.deadLetterCounts() == [queue: 1])
        receiver.fail([], .rejected)
        #expect(try await fixture.store.replayDeadLetters(nil) == 1)
        try await deliverer.deliverDue()
        #expect(receiver.received == Array(repeating: message, count: 5))
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
            drafts.withLock { $0 = chat.pushDrafts(of: saved).filter { $0.audience == .devices } }
            return chat.pushDrafts(of: saved)
        }
        let users = drafts.withLock { $0 }.map { $0.payload["users"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        #expect(users.map(\.count) == [10, 10, 10, 10, 10] && Set(users.joined()) == members)
        let entries = try await fixture.store.dueOutbox(limit: 10)
        #expect(Set(entries.map(chat.pushID)).count == 5)
    }
}
