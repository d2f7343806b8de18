import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

@Suite("Items of imports")
struct ImportItemTests {
    private let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture() }

    @Test(
        "the medium of an object is saved with the end of its item, once; an object that is known, or in use, leaves no preview",
        arguments: StoreEngine.allCases)
    func registered(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let job = try await claimed(["a.mp4", "b.mp4", "c.mp4"])
        let (first, second, third) = (try await item(of: job), try await item(of: job), try await item(of: job))
        let a = try await medium("m1", of: first)
        #expect(try await store.end(first, .registered(a), change: nil) == .done)
        #expect(try await store.media("m1")?.record == a.record)
        #expect(try await store.end(first, .registered(a), change: nil) == nil)
        try await store.reserve(objects: ["x.jpg"])
        // Another process has registered it meanwhile.
        var known = MediaItem(id: "m2", owner: "bob", record: .video("b.mp4"), createdAt: fixture.clock.now)
        known.record.thumbnailKey = nil
        #expect(try await store.register(known) == .registered)
        #expect(try await store.end(second, .registered(medium("m3", of: second)), change: nil) == .unchanged)
        #expect(try await store.media("m3") == nil)
        // A client may write it still.
        try await store.reserve(objects: ["c.mp4"])
        #expect(try await store.end(third, .registered(medium("m4", of: third)), change: nil) == .skipped)
        #expect(try await Set(store.pendingDeletions(limit: 10)) == ["m3-thumb.jpg", "m4-thumb.jpg"])
        #expect(try await store.isReserved("m1-thumb.jpg") == false)
        #expect(try await store.complete(job.id, by: "one"))
        #expect(try await store.job(job.id)?.counts.items == [.done: 1, .unchanged: 1, .skipped: 1])
    }

    @Test("an item that is not its holder's any more saves no medium", arguments: StoreEngine.allCases)
    func lost(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let job = try await claimed(["a.mp4"])
        let first = try await item(of: job)
        let media = try await medium("m1", of: first)
        try await store.release(job.id, by: "one")
        #expect(try await store.end(first, .registered(media), change: nil) == nil)
        #expect(try await store.media("m1") == nil)
        #expect(try await store.pendingDeletions(limit: 10) == ["m1-thumb.jpg"])
    }

    @Test(
        "pages that a runner selects go on where another's ended, and add no object twice",
        arguments: StoreEngine.allCases)
    func pages(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let request = MediaJobRequest(importing: "x/", rules: ["* ann"])
        let job = try await store.add(
            MediaJob(id: "j", origin: .service, request: request, createdAt: fixture.clock.now))
        _ = try await store.claim(job.id, by: "one", lease: .zero)
        #expect(
            try await store.selectionPosition(of: job.id, by: "one")
                == SelectionPosition(request: request, cursor: nil))
        #expect(
            try await store.add(Selection(objects: ["x/a", "x/b"], next: .object("x/b")), to: job.id, by: "one") == 2)
        #expect(try await store.selectionPosition(of: job.id, by: "one")?.cursor == .object("x/b"))
        _ = try await store.claim(job.id, by: "two", lease: .zero)
        #expect(try await store.selectionPosition(of: job.id, by: "one") == nil)
        #expect(try await store.add(Selection(objects: ["x/z"], next: nil), to: job.id, by: "one") == nil)
        #expect(try await store.selectionPosition(of: job.id, by: "two")?.cursor == .object("x/b"))
        #expect(try await store.add(Selection(objects: ["x/b", "x/c"], next: nil), to: job.id, by: "two") == 1)
        #expect(try await store.selectionPosition(of: job.id, by: "two") == nil)
        #expect(try await store.job(job.id)?.counts == .init(items: [.waiting: 3], isComplete: true))
    }

    private func claimed(_ keys: [String]) async throws -> MediaJob {
        let job = try await store.add(
            MediaJob(
                id: "j", origin: .service, request: MediaJobRequest(importing: nil, keys: keys, rules: ["* ann"]),
                createdAt: fixture.clock.now))
        _ = try await store.claim(job.id, by: "one", lease: .seconds(10))
        while try await store.fill(job.id, by: "one", limit: 100) != nil {}
        return job
    }

    private func item(of job: MediaJob) async throws -> MediaJobItem {
        guard case .item(let item) = try await store.nextItem(of: job.id, by: "one") else {
            throw ChatError(.notFound, "no item")
        }
        return item
    }

    /// A medium whose preview is reserved.
    private func medium(_ id: String, of item: MediaJobItem) async throws -> MediaItem {
        try await store.reserve("\(id)-thumb.jpg", for: item)
        var record = MediaRecord.video(item.object)
        record.thumbnailKey = "\(id)-thumb.jpg"
        return MediaItem(id: id, owner: "ann", record: record, createdAt: fixture.clock.now)
    }
}
