import ChatTestSupport
import Foundation
import JSON
import Logging
import MediaModel
import Synchronization
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

@Suite("Messages that are deleted by themselves")
struct SelfDestructTests {
    private static let dialects: Set<Dialect> = [.bananatalk]
    private let dialect = Dialect.bananatalk

    private func send(
        _ selfDestruct: SelfDestruct, in fixture: StoreFixture, media: MediaRecord? = nil
    ) async throws -> ChatMessage {
        var draft = fixture.draft(from: "ann", to: "bob", media: media)
        if let media { try await fixture.store.reserve(objects: media.objects) }
        draft.message.selfDestruct = selfDestruct
        return try await fixture.store.save([draft])[0].message
    }

    private func read(_ fixture: StoreFixture, _ message: ChatMessage, _ selection: ReadSelection = .all) async throws
        -> [ChatMessage]
    {
        let started = Mutex<[String: ChatMessage]>([:])
        let marked = try await fixture.store.markRead(
            conversation: message.conversation, in: dialect, reader: "bob", selection: selection,
            at: fixture.clock.now, outbox: { _ in [] },
            started: { message in
                started.withLock { $0[message.id] = message }
                return []
            })
        #expect(started.withLock { Set($0.keys) }.isSubset(of: marked))
        return started.withLock { Array($0.values) }
    }

    private func deleter(of store: any ChatStore, _ fixture: StoreFixture) -> DueMessageDeleter {
        let events: DueMessageDeleter.Events = { message in
            [OutboxDraft(recipient: "ann", event: "gone", payload: ["id": .string(message.id)])]
        }
        let clock = fixture.clock
        return DueMessageDeleter(
            store: store, events: [dialect: events], now: { clock.now }, wake: {}, logger: Logger { _ in })
    }

    @Test(
        "the timer of a message starts when it is read, once, and with it the date at which it is due",
        arguments: StoreEngine.allCases)
    func timer(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, now) = (fixture.store, fixture.clock.now)
        let message = try await send(SelfDestruct(timer: 10), in: fixture)
        try await fixture.send(from: "ann", to: "bob", text: "stays")
        #expect(try await store.nextDueMessage(in: Self.dialects) == nil)
        fixture.clock.advance(5)
        let started = try await read(fixture, message)
        #expect(started.map(\.id) == [message.id])
        #expect(started.first?.selfDestruct == SelfDestruct(timer: 10, destructAt: now + 15))
        #expect(started.first?.receipts.map(\.user) == ["bob"])
        fixture.clock.advance(5)
        #expect(try await read(fixture, message).isEmpty)
        #expect(try await store.nextDueMessage(in: Self.dialects) == now + 15)
        #expect(try await store.nextDueMessage(in: [.rooms]) == nil)
        #expect(try await store.dueMessages(in: Self.dialects, at: now + 14.999, limit: 9).isEmpty)
        #expect(try await store.dueMessages(in: Self.dialects, at: now + 15, limit: 9).map(\.id) == [message.id])
        #expect(
            try await store.message(message.id, in: dialect, viewer: nil)?.selfDestruct?.destructAt == now + 15)
        // Editing a message leaves its time as it is.
        _ = try await store.edit(message.id, in: dialect, text: "edited", at: now, outbox: [])
        #expect(try await store.dueMessages(in: Self.dialects, at: now + 15, limit: 9).map(\.text) == ["edited"])
    }

    @Test("a timer that a change of the message starts counts as well", arguments: StoreEngine.allCases)
    func changed(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, now) = (fixture.store, fixture.clock.now)
        let message = try await send(SelfDestruct(timer: 10), in: fixture)
        try await store.updateMessage(message.id, in: dialect, by: "bob", outbox: { _ in [] }) {
            _ = $0.startSelfDestruct(at: now)
        }
        #expect(try await store.nextDueMessage(in: Self.dialects) == now + 10)
        #expect(try await store.dueMessages(in: Self.dialects, at: now + 10, limit: 9).map(\.id) == [message.id])
    }

    @Test("the earlier of both dates counts, and those that were due first come first", arguments: StoreEngine.allCases)
    func dates(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let (store, now) = (fixture.store, fixture.clock.now)
        let later = try await send(SelfDestruct(timer: 100, expiresAt: now + 60), in: fixture)
        let sooner = try await send(SelfDestruct(timer: 20, expiresAt: now + 60), in: fixture)
        let listened = try await send(SelfDestruct(timer: 5), in: fixture)
        #expect(try await store.nextDueMessage(in: Self.dialects) == now + 60)
        let started = Mutex(0)
        for _ in 0..<2 {
            _ = try await store.markListened(listened.id, in: dialect, listener: "bob", at: now, outbox: []) { _ in
                started.withLock { $0 += 1 }
                return []
            }
        }
        #expect(started.withLock { $0 } >= 1)
        #expect(try await store.nextDueMessage(in: Self.dialects) == now + 5)
        #expect(try await read(fixture, later, .these([sooner.id, later.id])).count == 2)
        let due = try await store.dueMessages(in: Self.dialects, at: now + 60, limit: 9)
        #expect(due.map(\.id) == [listened.id, sooner.id, later.id])
        #expect(try await store.dueMessages(in: Self.dialects, at: now + 60, limit: 1).map(\.id) == [listened.id])
    }

    @Test(
        "what is due is deleted for everyone with its files, also by a process that starts later, and announced once",
        arguments: StoreEngine.allCases)
    func deletion(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine, requiresReservations: true)
        let clock = fixture.clock
        let message = try await send(
            SelfDestruct(expiresAt: clock.now + 60), in: fixture, media: .video("v.mp4"))
        let kept = try await fixture.send(from: "ann", to: "bob", text: "stays").message
        let entries = try await fixture.store.dueOutbox(limit: 10)
        try await fixture.store.delivered(entries.map(\.sequence))
        #expect(try await deleter(of: fixture.store, fixture).deleteDue() == clock.now + 60)
        clock.advance(60)
        // Two processes at once, and one of them again.
        let (one, two) = (deleter(of: fixture.store, fixture), deleter(of: try fixture.another(), fixture))
        async let first = one.deleteDue()
        async let second = two.deleteDue()
        _ = try await (first, second, one.deleteDue())
        let events = try await fixture.store.dueOutbox(limit: 10).map(\.draft)
        #expect(events.map(\.event) == ["gone"] && events.first?.payload == ["id": .string(message.id)])
        let deleted = try await fixture.store.message(message.id, in: dialect, viewer: "ann")
        #expect(deleted?.deletedAt == clock.now && deleted?.attachments == [] && deleted?.selfDestruct == nil)
        #expect(Set(try await fixture.store.pendingDeletions(limit: 9)) == ["v.mp4", "v.mp4-thumb.jpg"])
        #expect(
            try await fixture.store.unreadCount(of: "bob", conversation: message.conversation, in: dialect) == 1)
        #expect(try await fixture.store.message(kept.id, in: dialect, viewer: nil)?.deletedAt == nil)
        #expect(try await fixture.store.nextDueMessage(in: Self.dialects) == nil)
    }

    @Test("a message is completed by what its conversation says, as it is when the message is saved")
    func completed() async throws {
        let fixture = try StoreFixture()
        let first = try await fixture.send(from: "ann", to: "bob").message
        try await fixture.store.update(first.conversation, in: dialect) { $0.setSetting("timer", 7) }
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.complete = { message, conversation in
            message.selfDestruct = SelfDestruct(timer: conversation.settings["timer"]?.integerValue)
        }
        let saved = try await fixture.store.save([draft])[0].message
        #expect(saved.selfDestruct?.timer == 7)
        #expect(try await fixture.store.message(saved.id, in: dialect, viewer: nil)?.selfDestruct?.timer == 7)
    }

    @Test("a deleter runs until it is cancelled, and deletes what becomes due meanwhile")
    func running() async throws {
        let fixture = try StoreFixture()
        let message = try await send(SelfDestruct(expiresAt: fixture.clock.now + 3600), in: fixture)
        let deleter = deleter(of: fixture.store, fixture)
        let running = Task { await deleter.run() }
        fixture.clock.advance(3600)
        while try await fixture.store.message(message.id, in: dialect, viewer: nil)?.deletedAt == nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        running.cancel()
        await running.value
    }

    @Test("a message that cannot be deleted keeps no other one from being deleted")
    func undeletable() async throws {
        let fixture = try StoreFixture()
        let due = fixture.clock.now + 60
        var messages: [ChatMessage] = []
        for _ in 0..<3 { messages.append(try await send(SelfDestruct(expiresAt: due), in: fixture)) }
        try await fixture.sqlite.failDeletion(of: messages[0].id)
        fixture.clock.advance(60)
        let deleter = deleter(of: fixture.store, fixture)
        for _ in 0..<2 { #expect(try await deleter.deleteDue() == due) }
        var isDeleted: [Bool] = []
        for message in messages {
            let stored = try await fixture.store.message(message.id, in: dialect, viewer: nil)
            isDeleted.append(stored?.deletedAt != nil)
        }
        #expect(isDeleted == [false, true, true])
    }
}

extension SQLiteChatStore {
    /// Makes every deletion of a message fail.
    fileprivate func failDeletion(of message: String) throws {
        try transact {
            try connection.run(
                """
                CREATE TRIGGER failing BEFORE UPDATE OF deleted_at ON messages WHEN old.id = '\(message)'
                BEGIN SELECT RAISE(ABORT, 'the test says so'); END
                """)
        }
    }
}
