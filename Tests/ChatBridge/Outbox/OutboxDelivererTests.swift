import Foundation
import Logging
import Synchronization
import Testing

@testable import ChatBridge

/// Notes what it was told, and fails for whom it is told to.
final class RecordingNotifier: Notifier {
    struct Unreachable: Error {}

    private let failing = Mutex<Set<String>>([])
    let told = AsyncStream<String>.makeStream()

    func fail(for users: Set<String>) { failing.withLock { $0 = users } }

    func deliver(_ entry: OutboxEntry) async throws {
        if failing.withLock({ $0.contains(entry.draft.recipient) }) { throw Unreachable() }
        told.continuation.yield("\(entry.draft.recipient): \(entry.draft.payload["unreadCount"]?.integerValue ?? 0)")
    }
}

struct OutboxDelivererTests {
    let fixture: StoreFixture
    let notifier = RecordingNotifier()
    let signal = WakeSignal()
    let deliverer: OutboxDeliverer

    init() throws {
        fixture = try StoreFixture()
        let clock = fixture.clock
        deliverer = OutboxDeliverer(
            store: fixture.store, notifiers: [.bananatalk: notifier], signal: signal,
            now: { clock.now }, logger: Logger { _ in })
    }

    func waiting() async throws -> Int { try await fixture.store.dueOutbox(at: .distantFuture, limit: 1000).count }

    @Test("what is written is told once woken, in order, and taken out")
    func delivery() async throws {
        let running = Task { await deliverer.run() }
        defer { running.cancel() }
        for _ in 1...3 {
            try await fixture.send(from: "ann", to: "bob")
            signal.wake()
        }
        var told = notifier.told.stream.makeAsyncIterator()
        for count in 1...3 { #expect(await told.next(isolation: nil) == "bob: \(count)") }
        try await deliverer.deliverDue()
        #expect(try await waiting() == 0)
    }

    @Test("what a crash left is told at the next start")
    func resumed() async throws {
        try await fixture.send(from: "ann", to: "bob")
        // The first store is never closed in an orderly way.
        let reopened = try SQLiteChatStore(path: fixture.folder.database)
        let deliverer = OutboxDeliverer(
            store: reopened, notifiers: [.bananatalk: notifier], signal: WakeSignal(), logger: Logger { _ in })
        let running = Task { await deliverer.run() }
        defer { running.cancel() }
        var told = notifier.told.stream.makeAsyncIterator()
        #expect(await told.next(isolation: nil) == "bob: 1")
    }

    @Test("a recipient who cannot be told holds up nobody else, and later hears everything in order")
    func retry() async throws {
        notifier.fail(for: ["bob"])
        try await fixture.send(from: "ann", to: "bob")
        try await fixture.send(from: "ann", to: "bob")
        try await fixture.send(from: "ann", to: "cid")
        try await deliverer.deliverDue()
        var told = notifier.told.stream.makeAsyncIterator()
        #expect(await told.next(isolation: nil) == "cid: 1")
        #expect(try await fixture.store.nextRetry() == fixture.clock.now + 1)
        notifier.fail(for: [])
        try await fixture.send(from: "ann", to: "bob")
        try await deliverer.deliverDue()
        #expect(try await waiting() == 3)
        fixture.clock.advance(1)
        try await deliverer.deliverDue()
        for count in 1...3 { #expect(await told.next(isolation: nil) == "bob: \(count)") }
        #expect(try await waiting() == 0)
        #expect(try await fixture.store.nextRetry() == nil)
    }

    @Test("each failure waits twice as long, up to a limit")
    func backoff() {
        let backoff = Backoff(first: .seconds(1), longest: .seconds(300))
        #expect((1...4).map(backoff.delay(after:)) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(backoff.delay(after: 1_000_000) == .seconds(300))
    }
}

struct ObjectSweeperTests {
    @Test("what a crash left, and what was doomed, is deleted; a store that fails is asked again")
    func sweeping() async throws {
        let fixture = try StoreFixture()
        try await fixture.store.reserve(objects: ["left.mp4"])
        fixture.clock.advance(1)
        let deleted = AsyncStream<[String]>.makeStream()
        let failures = Mutex(1)
        let signal = WakeSignal()
        let clock = fixture.clock
        let sweeper = ObjectSweeper(
            ledger: fixture.store, signal: signal, backoff: Backoff(first: .milliseconds(1), longest: .milliseconds(1)),
            now: { clock.now }, logger: Logger { _ in }
        ) { keys in
            let fails = failures.withLock { failures in
                failures -= 1
                return failures >= 0
            }
            if fails { throw CancellationError() }
            deleted.continuation.yield(keys)
        }
        try await fixture.store.reserve(objects: ["arriving.mp4"])
        let running = Task { await sweeper.run() }
        defer { running.cancel() }
        var keys = deleted.stream.makeAsyncIterator()
        #expect(await keys.next(isolation: nil) == ["left.mp4"])
        try await fixture.store.doom(objects: ["arriving.mp4"])
        signal.wake()
        #expect(await keys.next(isolation: nil) == ["arriving.mp4"])
        try await sweeper.sweep()
        #expect(try await fixture.store.doomedObjects(limit: 1).isEmpty)
    }
}
