import ChatTestSupport
import Concurrency
import Foundation
import JSON
import Logging
import Synchronization
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

struct OutboxDelivererTests {
    let fixture: StoreFixture
    let notifier = RecordingNotifier()
    let signal = WakeSignal()
    let deliverer: OutboxDeliverer

    init() throws {
        fixture = try StoreFixture()
        deliverer = OutboxDeliverer(
            store: fixture.store, notifiers: [.bananatalk: notifier, .rooms: notifier], signal: signal,
            logger: Logger { _ in })
    }

    func waiting() async throws -> Int { try await fixture.store.waitingOutbox() }

    @Test("entries are delivered once woken, in order, and removed")
    func delivery() async throws {
        let running = Task { await deliverer.run() }
        defer { running.cancel() }
        for _ in 1...3 {
            try await fixture.send(from: "ann", to: "bob")
            signal.wake()
        }
        var received = notifier.received.stream.makeAsyncIterator()
        for count in 1...3 { #expect(await received.next(isolation: nil) == "bob: \(count)") }
        // It needs no signal for that.
        while try await waiting() > 0 { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test("what a crash left is delivered at the next start")
    func resumed() async throws {
        try await fixture.send(from: "ann", to: "bob")
        // The first store is never closed properly.
        let reopened = try SQLiteChatStore(path: fixture.folder.database)
        let deliverer = OutboxDeliverer(
            store: reopened, notifiers: [.bananatalk: notifier], signal: WakeSignal(), logger: Logger { _ in })
        let running = Task { await deliverer.run() }
        defer { running.cancel() }
        var received = notifier.received.stream.makeAsyncIterator()
        #expect(await received.next(isolation: nil) == "bob: 1")
    }

    @Test("a recipient who cannot be reached delays no other, and later receives everything in order")
    func retry() async throws {
        notifier.fail(for: ["bob"])
        try await fixture.send(from: "ann", to: "bob")
        try await fixture.send(from: "ann", to: "bob")
        try await fixture.send(from: "ann", to: "cid")
        try await deliverer.deliverDue()
        var received = notifier.received.stream.makeAsyncIterator()
        #expect(await received.next(isolation: nil) == "cid: 1")
        #expect(try await fixture.store.nextRetry() == .seconds(1))
        notifier.fail(for: [])
        try await fixture.send(from: "ann", to: "bob")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 3)
        fixture.clock.advance(1)
        try await deliverer.deliverDue()
        for count in 1...3 { #expect(await received.next(isolation: nil) == "bob: \(count)") }
        #expect(try await waiting() == 0)
        #expect(try await fixture.store.nextRetry() == nil)
    }

    @Test(
        "a user who cannot be reached delays neither the same ID in another dialect nor a conversation of that ID"
    )
    func recipients() async throws {
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.outbox = { _ in [OutboxDraft(recipient: "bob", event: "e", payload: ["unreadCount": 1])] }
        _ = try await fixture.store.save([draft])
        let entry = try #require(try await fixture.store.dueOutbox(limit: 1).first)
        try await fixture.store.postpone(entry.sequence, for: .seconds(60))
        // The same id names a conversation here, and another user there.
        for (dialect, audience) in [
            (Dialect.bananatalk, OutboxDraft.Audience.members), (.rooms, .user), (.rooms, .members),
        ] {
            try await fixture.sqlite.write(
                [OutboxDraft(recipient: "bob", audience: audience, event: "e", payload: ["unreadCount": 2])],
                in: dialect)
        }
        try await fixture.sqlite.write([OutboxDraft(recipient: "bob", event: "e")], in: .bananatalk)
        let due = try await fixture.store.dueOutbox(limit: 10)
        #expect(due.count == 3 && due.allSatisfy { $0.recipient != entry.recipient })
        // In one round of the deliverer, too.
        fixture.clock.advance(60)
        notifier.failNext()
        try await deliverer.deliverDue()
        #expect(try await waiting() == 2)
    }

    @Test("entries of an earlier process are recognised, however the clock was set")
    func inherited() async throws {
        var other: SQLiteChatStore? = try fixture.anotherSQLite()
        fixture.clock.step(86_400)
        _ = try await other?.save([fixture.draft(from: "ann", to: "bob")])
        other = nil
        fixture.clock.step(-86_400)
        try await fixture.send(from: "ann", to: "bob")
        #expect(try await fixture.store.dueOutbox(limit: 10).map(\.isInherited) == [true, false])
    }

    @Test("an entry whose event may be lost is delivered again, and the later ones of its recipient after it")
    func lost() async throws {
        let receipts = Mutex<[WriteReceipt]>([])
        let holding = HoldingNotifier(notifier) { receipt in receipts.withLock { $0.append(receipt) } }
        let deliverer = OutboxDeliverer(
            store: fixture.store, notifiers: [.bananatalk: holding], logger: Logger { _ in })
        for _ in 1...3 { try await fixture.send(from: "ann", to: "bob") }
        try await deliverer.deliverDue()
        let held = receipts.withLock { held in
            defer { held = [] }
            return held
        }
        #expect(held.count == 3)
        held[0].fail()
        held[1].fail()
        try await deliverer.deliverDue()
        var received = notifier.received.stream.makeAsyncIterator()
        for count in [1, 2, 3, 1, 2] { #expect(await received.next(isolation: nil) == "bob: \(count)") }
        #expect(try await waiting() == 3)
    }

    @Test("an entry that fails for too long is given up, and delivered when it is replayed")
    func abandoned() async throws {
        let clock = fixture.clock
        let deliverer = OutboxDeliverer(
            store: fixture.store, notifiers: [.bananatalk: notifier],
            deadLetterLimits: DeadLetterLimits(age: .seconds(100), attempts: 3), now: { clock.now },
            logger: Logger { _ in })
        notifier.fail(for: ["bob"])
        try await fixture.send(from: "ann", to: "bob")
        // A clock that was set gives nothing up by itself, nor do many attempts in a short time.
        clock.step(86_400)
        for _ in 1...2 {
            try await deliverer.deliverDue()
            clock.advance(4)
        }
        #expect(try await waiting() == 1)
        clock.step(-86_400)
        try await deliverer.deliverDue()
        #expect(try await waiting() == 1)
        clock.advance(100)
        try await deliverer.deliverDue()
        #expect(try await waiting() == 0)
        let letters = try await fixture.store.deadLetters(after: 0, limit: 10)
        #expect(letters.map(\.attempts) == [3] && letters.map(\.reason) == ["Unreachable()"])

        notifier.fail(for: [])
        _ = try await fixture.store.replayDeadLetters(nil)
        try await deliverer.deliverDue()
        var received = notifier.received.stream.makeAsyncIterator()
        #expect(await received.next(isolation: nil) == "bob: 1")
        #expect(try await waiting() == 0)
    }

    @Test("each failure waits twice as long, up to a limit")
    func backoff() {
        let backoff = Backoff(first: .seconds(1), longest: .seconds(300))
        #expect((1...4).map(backoff.delay(after:)) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(backoff.delay(after: 1_000_000) == .seconds(300))
    }
}

/// Records entries, and hands their receipts on instead of releasing them.
private struct HoldingNotifier: Notifier {
    let recorder: RecordingNotifier
    let hold: @Sendable (WriteReceipt) -> Void

    init(_ recorder: RecordingNotifier, hold: @escaping @Sendable (WriteReceipt) -> Void) {
        (self.recorder, self.hold) = (recorder, hold)
    }

    func deliver(_ entry: OutboxEntry, receipt: WriteReceipt) async throws {
        try await recorder.deliver(entry, receipt: receipt)
        hold(receipt)
    }
}

struct OrphanDeleterTests {
    @Test("what a crash left and what is marked is deleted, and a failed deletion is tried again")
    func deletesOrphans() async throws {
        let fixture = try StoreFixture()
        var crashed: SQLiteChatStore? = try fixture.anotherSQLite()
        try await crashed?.reserve(objects: ["left.mp4"])
        crashed = nil
        // The clock was set back before this process started, which must make no difference.
        fixture.clock.step(-3600)
        let deleted = AsyncStream<[String]>.makeStream()
        let failures = Mutex(1)
        let signal = WakeSignal()
        let orphanDeleter = OrphanDeleter(
            references: fixture.store, signal: signal,
            backoff: Backoff(first: .milliseconds(1), longest: .milliseconds(1)),
            logger: Logger { _ in }
        ) { keys in
            let fails = failures.withLock { failures in
                failures -= 1
                return failures >= 0
            }
            if fails { throw CancellationError() }
            deleted.continuation.yield(keys)
        }
        try await fixture.store.reserve(objects: ["arriving.mp4"])
        let running = Task { await orphanDeleter.run() }
        defer { running.cancel() }
        var keys = deleted.stream.makeAsyncIterator()
        #expect(await keys.next(isolation: nil) == ["left.mp4"])
        try await fixture.store.markForDeletion(objects: ["arriving.mp4"])
        signal.wake()
        #expect(await keys.next(isolation: nil) == ["arriving.mp4"])
        try await orphanDeleter.deleteOrphans()
        #expect(try await fixture.store.pendingDeletions(limit: 1).isEmpty)
    }

    @Test("what another process leaves that is killed later is deleted without being woken")
    func deletesPeriodically() async throws {
        let fixture = try StoreFixture()
        var other: SQLiteChatStore? = try fixture.anotherSQLite()
        try await other?.reserve(objects: ["left.mp4"])
        let (deleted, continuation) = AsyncStream<[String]>.makeStream()
        let orphanDeleter = OrphanDeleter(
            references: fixture.store, period: .milliseconds(20), logger: Logger { _ in }
        ) { continuation.yield($0) }
        let running = Task { await orphanDeleter.run() }
        defer { running.cancel() }
        other = nil
        for await keys in deleted {
            #expect(keys == ["left.mp4"])
            break
        }
    }
}
