import ChatTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

@testable import ChatBridge

@Suite("Deleting objects", .serialized)
struct DeletionTests {
    let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture(requiresReservations: true) }

    private func media(_ key: String) -> MediaRecord {
        MediaRecord(key: key, kind: .image, mimeType: "image/png", fileSize: 1)
    }

    private func owned(_ key: String) -> MediaItem {
        MediaItem(id: UUID().uuidString, owner: "ann", record: media(key), createdAt: fixture.clock.now)
    }

    private func claimed() async throws -> [String] { try await store.claimPendingDeletions(limit: 10).map(\.key) }

    @Test(
        "a reservation of a running process is not abandoned, whatever the clock and other processes do",
        arguments: StoreEngine.allCases, [-86_400.0, -30, 30, 86_400, 10_000_000])
    func steppedClock(engine: StoreEngine, step: TimeInterval) async throws {
        try fixture.use(engine)
        try await store.reserve(objects: ["a"])
        fixture.clock.step(step)
        let beside = try fixture.another()
        #expect(try await beside.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        #expect(try await beside.markAbandonedObjectsForDeletion(reservedFor: .zero) == [])
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        #expect(try await claimed() == [])
        try await store.save(owned("a"))
    }

    @Test(
        "a reservation of a process that has ended is abandoned, also if the clock was set back before",
        arguments: StoreEngine.allCases)
    func ended(engine: StoreEngine) async throws {
        try fixture.use(engine)
        fixture.clock.step(3600)
        var other: (any ChatStore)? = try fixture.another()
        try await other?.reserve(objects: ["a"])
        fixture.clock.step(-7200)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        await fixture.end(&other)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == ["a"])
    }

    @Test("a reference wins over a mark for deletion, whichever process made it", arguments: StoreEngine.allCases)
    func referenceWins(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await store.reserve(objects: ["a", "b"])
        try await store.markForDeletion(objects: ["a", "b"])
        // One is referenced by the upload that was abandoned too early, the other is reserved again.
        try await store.save(owned("a"))
        try await store.reserve(objects: ["b"])
        #expect(try await store.pendingDeletions(limit: 10) == [])
        #expect(try await claimed() == [])
    }

    @Test(
        "an object whose deletion has begun can be neither referenced nor reserved until it is released",
        arguments: StoreEngine.allCases)
    func claim(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await store.reserve(objects: ["a"])
        let original = try await fixture.send(from: "ann", to: "bob", media: media("m"))
        try await store.markForDeletion(objects: ["a"])
        _ = try await store.deleteForAll(original.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        #expect(Set(try await claimed()) == ["a", "m"])
        for key in ["a", "m"] {
            #expect(await code { try await store.save(owned(key)) } == .notFound)
            #expect(await code { try await store.reserve(objects: [key]) } == .unavailable)
        }
        try await store.release(objects: ["a", "m"])
        #expect(await code { try await store.save(owned("a")) } == .notFound)
        try await store.reserve(objects: ["a", "m"])
        try await store.save(owned("a"))
        fixture.clock.advance(100_000)
        #expect(try await claimed() == [])
    }

    @Test("an object that was neither reserved nor referenced cannot be referenced", arguments: StoreEngine.allCases)
    func unreserved(engine: StoreEngine) async throws {
        try fixture.use(engine)
        #expect(await code { try await store.save(owned("never")) } == .notFound)
    }

    @Test(
        "a deletion that a process began is completed by the next one, and not by one that runs at the same time",
        arguments: StoreEngine.allCases)
    func interrupted(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var other: (any ChatStore)? = try fixture.another()
        try await other?.reserve(objects: ["a"])
        try await other?.markForDeletion(objects: ["a"])
        #expect(try await other?.claimPendingDeletions(limit: 10).count == 1)
        #expect(try await claimed() == [])
        await fixture.end(&other)
        #expect(try await claimed() == ["a"])
    }

    @Test(
        "an object whose reservation was cancelled is deleted again some minutes later, also after a restart",
        arguments: StoreEngine.allCases)
    func late(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var first: (any ChatStore)? = try fixture.another()
        try await first?.reserve(objects: ["late"])
        await fixture.end(&first)
        var deleter: (any ChatStore)? = try fixture.another()
        func deletes() async throws -> [PendingDeletion] {
            _ = try await deleter?.markAbandonedObjectsForDeletion(reservedFor: nil)
            let claimed = try await deleter?.claimPendingDeletions(limit: 10) ?? []
            try await deleter?.release(objects: claimed.map(\.key))
            return claimed
        }
        let late = PendingDeletion(key: "late", mayArriveLate: true)
        #expect(try await deletes() == [late])
        #expect(try await deletes() == [])
        #expect(try await deleter?.nextRecheck() == .seconds(30))
        fixture.clock.advance(29)
        // A restart begins its own count.
        await fixture.end(&deleter)
        deleter = try fixture.another()
        #expect(try await deletes() == [])
        fixture.clock.advance(29)
        #expect(try await deletes() == [])
        fixture.clock.advance(1)
        #expect(try await deletes() == [late])
        fixture.clock.advance(599)
        #expect(try await deletes() == [])
        fixture.clock.advance(1)
        #expect(try await deletes().map(\.key) == ["late"])
        #expect(try await deleter?.nextRecheck() == nil)
        fixture.clock.advance(100_000)
        #expect(try await deletes() == [])
    }

    @Test(
        "the object of a deleted message, which was written completely, is deleted only once",
        arguments: StoreEngine.allCases)
    func shown(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let sent = try await fixture.send(from: "ann", to: "bob", media: media("m"))
        _ = try await store.deleteForAll(sent.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        #expect(try await store.claimPendingDeletions(limit: 10) == [PendingDeletion(key: "m", mayArriveLate: false)])
        try await store.release(objects: ["m"])
        #expect(try await store.nextRecheck() == nil)
    }

    private func code(_ body: () async throws -> Void) async -> ChatError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? ChatError)?.code }
    }
}

@Suite("Uploads straight to the store", .serialized)
struct OpenUploadTests {
    let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture(requiresReservations: true) }

    private func upload(_ id: String, owner: String = "ann", size: Int = 10) -> PresignedUpload {
        PresignedUpload(
            id: id, dialect: .intok, owner: owner, key: "in/\(id)", mimeType: "image/png", fileSize: size,
            expires: fixture.clock.now + 3600, lifetime: .seconds(3600), uploadLifetime: .seconds(300))
    }

    @Test(
        "a user's open uploads are limited in number and bytes; other users are not affected",
        arguments: StoreEngine.allCases)
    func bounds(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let allowance = UploadAllowance(files: 3, bytes: 100)
        for id in ["1", "2"] { try await store.save(upload(id), within: allowance) }
        for (id, size) in [("3", 81), ("4", Int.max)] {
            let error = await thrown(ChatError.self) {
                try await store.save(upload(id, size: size), within: allowance)
            }
            #expect(error?.code == .tooManyUploads)
        }
        try await store.save(upload("5", size: 80), within: allowance)
        await #expect(throws: ChatError.self) { try await store.save(upload("6", size: 0), within: allowance) }
        try await store.save(upload("7", owner: "bob"), within: allowance)
        // Uploads that were never made are abandoned soon after their URLs have expired.
        fixture.clock.advance(900)
        #expect(Set(try await store.uncheckedUploads(limit: 10)) == ["in/1", "in/2", "in/5", "in/7"])
        try await store.retainUploads(["in/1"])
        try await store.markForDeletion(objects: ["in/2", "in/5", "in/7"])
        #expect(try await store.uncheckedUploads(limit: 10) == [])
        #expect(try await store.presignedUpload("2", in: .intok) == nil)
        try await store.save(upload("8"), within: allowance)
        // A completed upload is kept until it expires.
        fixture.clock.advance(2699)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        fixture.clock.advance(1)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == ["in/1"])
    }

    @Test(
        "after a restart an open upload has all of its time again, whatever the clock says",
        arguments: StoreEngine.allCases)
    func restarted(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var other: (any ChatStore)? = try fixture.another()
        try await other?.save(upload("1"), within: nil)
        await fixture.end(&other)
        fixture.clock.step(10_000_000)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        fixture.clock.advance(3599)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == [])
        fixture.clock.advance(1)
        #expect(try await store.markAbandonedObjectsForDeletion(reservedFor: nil) == ["in/1"])
    }
}
