import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

struct RenditionStoreTests {
    let fixture: StoreFixture
    var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture() }

    private func pending(_ key: String, job: String) -> MediaRecord {
        .video(key).with(Rendition(pending: .video720p, job: job))
    }

    private func made(_ key: String, job: String) -> Rendition {
        var rendition = Rendition(pending: .video720p, job: job)
        (rendition.status, rendition.key, rendition.fileSize) = (.ready, key, 1000)
        return rendition
    }

    /// The one item of a job, begun.
    private func item(of job: String) async throws -> MediaJobItem {
        guard case .granted(let claimed) = try await store.claim(job, by: "one", lease: .seconds(10)) else {
            throw ChatError(.notFound, "not granted")
        }
        while try await store.fill(claimed.id, by: "one", limit: 10) != nil {}
        guard case .item(let item) = try await store.nextItem(of: job, by: "one") else {
            throw ChatError(.notFound, "no item")
        }
        return item
    }

    @Test(
        "a message or medium with a pending rendition is saved together with the job that makes it, once",
        arguments: StoreEngine.allCases)
    func saved(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let saved = try await fixture.send(from: "ann", to: "bob", media: pending("v.mp4", job: "j1"))
        #expect(try await store.openJobs(of: .rendition, limit: 10) == ["j1"])
        let origin = ForwardOrigin(sender: "ann", messageID: saved.message.id, text: "")
        try await fixture.send(
            from: "bob", to: "cid", media: pending("v.mp4", job: "j1"), forwardedFrom: origin)
        try await store.save(
            MediaItem(id: "m1", owner: "ann", record: pending("n.mp4", job: "j2"), createdAt: fixture.clock.now))
        #expect(try await store.openJobs(of: .rendition, limit: 10) == ["j1", "j2"])
        #expect(try await store.openJobs(of: .service, limit: 10).isEmpty)
        let job = try #require(try await store.job("j1"))
        #expect(job.request == MediaJobRequest(making: .video720p, of: "v.mp4") && job.state == .waiting)
    }

    @Test(
        "a rendition that was made is in every record, and its object is deleted with the last of them",
        arguments: StoreEngine.allCases)
    func ready(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let saved = try await fixture.send(from: "ann", to: "bob", media: pending("v.mp4", job: "j1"))
        try await store.save(
            MediaItem(id: "m1", owner: "ann", record: .video("v.mp4"), createdAt: fixture.clock.now))
        let item = try await item(of: "j1")
        try await store.reserve("v-720p.mp4", for: item)
        let rendition = made("v-720p.mp4", job: "j1")
        let change = MediaChange(objects: ["v-720p.mp4"]) { $0.with(rendition) }
        #expect(try await store.end(item, .made, change: change) == .done)
        #expect(try await store.complete("j1", by: "one"))
        for record in try await store.records(of: "v.mp4") { #expect(record.rendition(.video720p) == rendition) }
        #expect(try await store.deleteMedia("m1", everywhere: false) == [])
        #expect(try await store.pendingDeletions(limit: 10).isEmpty)
        _ = try await store.deleteForAll(saved.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        #expect(
            Set(try await store.pendingDeletions(limit: 10)) == ["v.mp4", "v.mp4-thumb.jpg", "v-720p.mp4"])
    }

    @Test("a rendition that cannot be made says so in the record", arguments: StoreEngine.allCases)
    func failed(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await fixture.send(from: "ann", to: "bob", media: pending("v.mp4", job: "j1"))
        var failed = Rendition(pending: .video720p, job: "j1")
        (failed.status, failed.failure) = (.failed, "unreadable")
        let reason = MediaJobItem.Reason("unreadable", "It is broken.")
        let change = MediaChange(objects: []) { [failed] in $0.with(failed) }
        #expect(try await store.end(try await item(of: "j1"), .failed(reason), change: change) == .failed)
        #expect(try await store.records(of: "v.mp4").first?.renditions == [failed])
    }

    @Test(
        "a job that is cancelled leaves its rendition cancelled, and what was reserved for it is deleted",
        arguments: StoreEngine.allCases)
    func cancelled(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await fixture.send(from: "ann", to: "bob", media: pending("v.mp4", job: "j1"))
        let item = try await item(of: "j1")
        try await store.reserve("v-720p.mp4", for: item)
        #expect(try await store.cancelJob("j1")?.state == .cancelled)
        #expect(try await store.records(of: "v.mp4").first?.rendition(.video720p)?.status == .cancelled)
        #expect(try await store.pendingDeletions(limit: 10) == ["v-720p.mp4"])
        let rendition = made("v-720p.mp4", job: "j1")
        let change = MediaChange(objects: ["v-720p.mp4"]) { $0.with(rendition) }
        #expect(try await store.end(item, .made, change: change) == nil)
    }

    @Test(
        "a rendition is asked for together with its job, and not of what is gone; deleted amid its job it is skipped",
        arguments: StoreEngine.allCases)
    func requested(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await store.save(
            MediaItem(id: "m1", owner: "ann", record: .video("v.mp4"), createdAt: fixture.clock.now))
        let rendition = Rendition(pending: .video720p, job: "j1")
        let change = MediaChange(objects: []) { $0.with(rendition) }
        let gone = try #require(MediaJob(rendition, of: "gone.mp4", createdAt: fixture.clock.now))
        #expect(try await store.add(gone, changing: "gone.mp4", change) == false)
        #expect(try await store.job("j1") == nil)
        let job = try #require(MediaJob(rendition, of: "v.mp4", createdAt: fixture.clock.now))
        #expect(try await store.add(job, changing: "v.mp4", change))
        #expect(try await store.media("m1")?.record.renditions == [rendition])
        let item = try await item(of: "j1")
        try await store.reserve("v-720p.mp4", for: item)
        _ = try await store.deleteMedia("m1", everywhere: false)
        let ready = made("v-720p.mp4", job: "j1")
        let end = MediaChange(objects: ["v-720p.mp4"]) { $0.with(ready) }
        #expect(try await store.end(item, .made, change: end) == .skipped)
        #expect(
            Set(try await store.pendingDeletions(limit: 10)) == ["v.mp4", "v.mp4-thumb.jpg", "v-720p.mp4"])
    }
}
