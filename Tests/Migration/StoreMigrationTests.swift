import ChatBridge
import ChatStoreMongoDB
import ChatStoreSQLite
import ChatTestSupport
import Foundation
import MediaModel
import TestPrograms
import TestSupport
import Testing

@testable import Migration

@Suite("Moving a chat store from SQLite to MongoDB")
struct StoreMigrationTests {
    private let fixture: MigrationFixture

    init() throws { fixture = try MigrationFixture() }

    @Test("keeps everything that reads return, of all chat systems; hashes of both stores are the same")
    func everything() async throws {
        let source = try fixture.source
        try await FilledStore(fixture).fill()
        let before = try await StoreView(store: source, clock: fixture.fixture.clock).lines()
        let target = try fixture.target()
        let report = try #require(try await StoreMigration(from: source, to: target).run())
        #expect(report.differences == [])
        for part in report.parts { #expect(part.isEqual && part.expected > 0, "\(part)") }
        await target.close()

        let store = try fixture.target(isMigrating: false)
        let after = try await StoreView(store: store, clock: fixture.fixture.clock).lines()
        #expect(before.count > 500)
        for (index, line) in before.enumerated() {
            let other = index < after.count ? after[index] : "missing"
            #expect(line == other)
        }
        #expect(before.count == after.count)
        await store.close()
    }

    @Test("what waits is taken over by the service that uses the copy")
    func takenOver() async throws {
        let source = try fixture.source
        try await FilledStore(fixture).fill()
        let outbox = try await source.outboxBacklog().values.reduce(0) { $0 + $1.count }
        let target = try fixture.target()
        _ = try await StoreMigration(from: source, to: target).run()
        // Reserved by a process that has ended, for a time and without one.
        let abandoned = try await target.markAbandonedObjectsForDeletion(reservedFor: nil)
        #expect(Set(abandoned) == ["reserved", "being-written"])
        #expect(try await target.isReserved("incoming/open"))
        // The deletion of one had begun.
        let claimed = try await target.claimPendingDeletions(limit: 1_000).map(\.key)
        #expect(Set(claimed).isSuperset(of: ["vain", "marked", "reserved", "being-written"]))
        try await target.release(objects: claimed)
        #expect(try await target.nextRecheck() != nil)
        #expect(
            try await !target.claim(token: "used", in: FilledStore.dialects[1], expires: fixture.fixture.clock.now + 60)
        )
        // All events are due, in their order.
        var (seen, last): (Set<Int>, Int) = ([], 0)
        while case let due = try await target.dueOutbox(of: nil, limit: 10, after: last, except: []), !due.isEmpty {
            #expect(due.allSatisfy(\.isInherited) && due[0].sequence > last)
            seen.formUnion(due.map(\.sequence))
            last = due[due.count - 1].sequence
        }
        #expect(seen.count == outbox)
        // The job goes on where it was.
        guard case .granted(let job) = try await target.claim("running", by: "new", lease: .seconds(60)) else {
            Issue.record("the job cannot be claimed")
            return
        }
        #expect(job.counts[.failed] == 1 && job.counts[.running] == 0)
        while try await target.fill(job.id, by: "new", limit: 3) != nil {}
        let filled = try #require(try await target.job(job.id)).counts
        var originals: Set<String> = []
        var cursor: SelectionCursor?
        repeat {
            let page = try await source.select(MediaJobRequest(), after: cursor, limit: 100)
            originals.formUnion(page.objects)
            cursor = page.next
        } while cursor != nil
        #expect(filled.total == originals.count && filled.isComplete)
        await target.close()
    }

    @Test("new messages come after those that were copied, and members who had read everything have them unread")
    func goesOn() async throws {
        let (source, clock) = (try fixture.source, fixture.fixture.clock)
        try await FilledStore(fixture).fill()
        // The clock is set back: places are given in the order of writing all the same.
        clock.step(-86_400)
        let target = try fixture.target()
        _ = try await StoreMigration(from: source, to: target).run()
        for dialect in FilledStore.dialects {
            let group = dialect.rawValue + "-group"
            let old = try await target.summary(of: group, in: dialect, for: "bob")?.unreadCount ?? 0
            let message = ChatMessage(
                id: ObjectIDGenerator().next(at: clock.now).description, dialect: dialect, conversation: group,
                sender: "ann", type: .text, text: "new", createdAt: clock.now)
            _ = try await target.save([
                MessageDraft(message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil) {
                    _ in []
                }
            ])
            let summary = try #require(try await target.summary(of: group, in: dialect, for: "bob"))
            #expect(summary.unreadCount == old + 1 && summary.lastMessage?.id == message.id)
            let list = try await target.conversations(of: "bob", in: dialect, page: 1, limit: 10).0
            #expect(list.first?.conversation.id == group)
            let marked = try await target.markRead(
                conversation: group, in: dialect, reader: "bob", selection: .all, at: clock.now, outbox: { _ in [] })
            #expect(marked.last == message.id)
        }
        await target.close()
    }

    @Test(
        "goes on where a run was killed, and ends with the same result, nothing twice",
        arguments: [(0, true), (3, false), (9, true), (11, false), (12, false), (12, true)])
    func resumed(batches: Int, writesLast: Bool) async throws {
        let source = try fixture.source
        try await FilledStore(fixture).fill()
        try await many(700)
        let killed = try fixture.target()
        let failing = FailingTarget(killed, after: batches, writesLast: writesLast)
        await #expect(throws: ChatError.self) { _ = try await StoreMigration(from: source, to: failing).run() }
        // A store that is not complete cannot be used.
        let rejected = thrown(ChatError.self) { try fixture.target(isMigrating: false) }
        guard case .isIncomplete = rejected?.reason else {
            Issue.record("an incomplete store was opened")
            return
        }
        let report = try #require(try await StoreMigration(from: source, to: killed).run())
        #expect(report.differences == [])
        #expect(report.parts.filter { !$0.isEqual } == [])
        // Ended: there is nothing to do, and nothing is copied again.
        #expect(try await StoreMigration(from: source, to: killed).run() == nil)
        await killed.close()
    }

    /// Sends messages to one conversation.
    private func many(_ count: Int) async throws {
        let (source, clock, ids) = (try fixture.source, fixture.fixture.clock, ObjectIDGenerator())
        for start in stride(from: 0, to: count, by: 100) {
            _ = try await source.save(
                (start..<min(start + 100, count)).map { number in
                    let message = ChatMessage(
                        id: ids.next(at: clock.now).description, dialect: FilledStore.dialects[4],
                        conversation: "rooms-group", sender: number % 2 == 0 ? "ann" : "bob", type: .text,
                        text: "\(number)", createdAt: clock.now)
                    return MessageDraft(
                        message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil
                    ) { _ in [] }
                })
        }
    }
}
