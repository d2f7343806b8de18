import ChatTestSupport
import Foundation
import MediaModel
import Testing

@testable import ChatBridge

@Suite("Keys that clients may write to by a URL", .serialized)
struct WatchedUploadTests {
    private let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture(requiresReservations: true) }

    private func upload(_ id: String, size: Int = 7, lifetime: Int = 86_400) -> PresignedUpload {
        PresignedUpload(
            id: id, dialect: .intok, owner: "ann", conversation: "c", key: "incoming/\(id)", mimeType: "image/png",
            fileSize: size, expires: fixture.clock.now + TimeInterval(lifetime), lifetime: .seconds(lifetime),
            uploadLifetime: .seconds(300))
    }

    /// The medium that an upload becomes.
    private func write(_ id: String) async throws {
        try await store.reserve(objects: ["shown-\(id)"])
        let record = MediaRecord(key: "shown-\(id)", kind: .image, mimeType: "image/png", fileSize: 7)
        try await store.save(
            MediaItem(
                id: id, dialect: .intok, conversation: "c", owner: "ann", record: record, createdAt: fixture.clock.now))
    }

    /// Deletes what is marked for deletion, as the service does. Returns its keys.
    private func deleted() async throws -> [String] {
        let marked = try await store.claimPendingDeletions(limit: 10).map(\.key)
        try await store.release(objects: marked)
        return marked
    }

    @Test(
        "what is written after an upload became a medium is deleted once no client can be writing any more, however slow",
        arguments: StoreEngine.allCases, [(7, 900), (1024 * 5_000, 5_900), (1024 * 1_000_000, 87_300)])
    func rewritten(engine: StoreEngine, expected: (size: Int, seconds: Int)) async throws {
        try fixture.use(engine)
        let (size, seconds) = expected
        try await store.save(upload("t", size: size), within: nil)
        fixture.clock.advance(10)
        try await write("t")
        #expect(try await !store.isReserved("incoming/t"))
        #expect(try await deleted() == ["incoming/t"])
        fixture.clock.advance(Double(seconds) - 11)
        #expect(try await store.markLateUploadsForDeletion(limit: 10) == 0)
        #expect(try await deleted() == [])
        fixture.clock.advance(1)
        #expect(try await store.markLateUploadsForDeletion(limit: 10) == 1)
        // Deleted once more soon after, because the object store may still complete a request whose client has
        // disconnected.
        for wait in [0.0, 30, 600] {
            fixture.clock.advance(wait)
            #expect(try await deleted() == ["incoming/t"])
        }
        fixture.clock.advance(1_000_000)
        #expect(try await store.markLateUploadsForDeletion(limit: 10) == 0)
        #expect(try await deleted() == [])
        for table in ["watched_uploads", "pending_objects", "pending_deletions", "deletion_rechecks"] {
            #expect(try await fixture.rowCount(of: table) == 0)
        }
    }

    @Test(
        "what is written after an upload was abandoned is deleted as well, and its user may begin another before",
        arguments: StoreEngine.allCases)
    func unusedUploads(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let allowance = UploadAllowance(files: 1, bytes: 1 << 40)
        try await store.save(upload("t", size: 1024 * 5_000), within: allowance)
        fixture.clock.advance(900)
        #expect(try await store.uncheckedUploads(limit: 10) == ["incoming/t"])
        try await store.markForDeletion(objects: ["incoming/t"])
        try await store.save(upload("u"), within: allowance)
        for wait in [0.0, 30, 600] {
            fixture.clock.advance(wait)
            #expect(try await deleted() == ["incoming/t"])
        }
        fixture.clock.advance(4_370)
        #expect(try await store.markLateUploadsForDeletion(limit: 10) >= 1)
        #expect(try await deleted().contains("incoming/t"))
    }

    @Test("an upload that waits for its message when its URL has expired is kept", arguments: StoreEngine.allCases)
    func waiting(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await store.save(upload("t"), within: nil)
        fixture.clock.advance(900)
        try await store.retainUploads(store.uncheckedUploads(limit: 10))
        #expect(try await store.markLateUploadsForDeletion(limit: 10) == 1)
        #expect(try await deleted() == [])
        #expect(try await store.presignedUpload("t", in: .intok) != nil)
    }

    @Test("the watch lasts longer than the upload, and begins again after a restart", arguments: StoreEngine.allCases)
    func restarted(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var other: (any ChatStore)? = try fixture.another()
        try await other?.save(upload("t", size: 1024 * 5_000, lifetime: 300), within: nil)
        await fixture.end(&other)
        fixture.clock.advance(100)
        #expect(try await store.markLateUploadsForDeletion(limit: 10) == 0)
        fixture.clock.advance(5_899)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        #expect(try await store.markLateUploadsForDeletion(limit: 10) == 0)
        fixture.clock.advance(1)
        #expect(try await store.markLateUploadsForDeletion(limit: 10) == 1)
    }

    @Test("where no minimum rate is configured, the watch lasts a day")
    func noRate() {
        #expect(PresignedUpload.slowness(of: 1, rate: 0) == .seconds(87_000))
        #expect(PresignedUpload.slowness(of: .max, rate: 1) == .seconds(87_000))
        #expect(PresignedUpload.slowness(of: 1024, rate: 1024) == .seconds(601))
    }

    @Test(
        "the watch of an upload that became a medium after its URL had expired ends at once",
        arguments: StoreEngine.allCases)
    func lateUpload(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await store.save(upload("t"), within: nil)
        fixture.clock.advance(1_000)
        #expect(try await store.uncheckedUploads(limit: 10) == ["incoming/t"])
        try await store.retainUploads(["incoming/t"])
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        try await write("t")
        #expect(try await deleted() == ["incoming/t"])
    }
}
