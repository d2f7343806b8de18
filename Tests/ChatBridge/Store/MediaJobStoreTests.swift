import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import TestSupport
import Testing

struct MediaJobStoreTests {
    let fixture: StoreFixture
    var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture() }

    // MARK: Selection

    @Test(
        "a request selects what messages and media reference, page by page, all of a message on one page",
        arguments: StoreEngine.allCases)
    func selection(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for number in 0..<5 { try await fixture.send(from: "ann", to: "bob", media: .video("chat/v\(number).mp4")) }
        var album = fixture.draft(from: "ann", to: "bob")
        album.message.attachments = [.voice("chat/a.m4a"), .video("album/b.mp4"), .voice("chat/c.m4a")]
        _ = try await store.save([album])
        try await store.save(
            MediaItem(id: "m1", owner: "ann", record: .video("native/n.mp4"), createdAt: fixture.clock.now))
        let all = (0..<5).map { "chat/v\($0).mp4" } + ["chat/a.m4a", "album/b.mp4", "chat/c.m4a", "native/n.mp4"]
        for limit in [1, 2, 5, 100] {
            #expect(try await selected(MediaJobRequest(), limit: limit) == all)
        }
        #expect(try await selected(MediaJobRequest(prefix: "album/")) == ["album/b.mp4"])
        #expect(try await selected(MediaJobRequest(kind: .audio)) == ["chat/a.m4a", "chat/c.m4a"])
        #expect(try await selected(MediaJobRequest(only: [.waveform]), limit: 1) == ["chat/a.m4a", "chat/c.m4a"])
        #expect(try await selected(MediaJobRequest(since: fixture.clock.now + 1)).isEmpty)
        #expect(try await selected(MediaJobRequest(since: fixture.clock.now)).count == all.count)
        let keys = ["x", "y", "z"]
        #expect(try await selected(MediaJobRequest(keys: keys), limit: 2) == keys)
    }

    @Test("what was deleted is not selected, and a prefix is not a pattern", arguments: StoreEngine.allCases)
    func gone(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let saved = try await fixture.send(from: "ann", to: "bob", media: .video("v.mp4"))
        try await fixture.send(from: "ann", to: "bob", media: .video("a_b.mp4"))
        _ = try await store.deleteForAll(saved.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        #expect(try await selected(MediaJobRequest()) == ["a_b.mp4"])
        #expect(try await selected(MediaJobRequest(prefix: "a%")).isEmpty)
        #expect(try await store.records(of: "v.mp4").isEmpty)
    }

    // MARK: Claims and leases

    @Test("a job belongs to one runner until its lease expires, and its unfinished item waits for the next")
    func claims() async throws {
        let job = try await job(objects: ["a.mp4", "b.mp4"])
        let lease = Duration.seconds(10)
        #expect(try await granted(job, by: "one").state == .running)
        #expect(try await store.claim(job.id, by: "two", lease: lease) == .held(for: lease))
        #expect(try await store.fill(job.id, by: "two", limit: 10) == nil)
        #expect(try await store.nextItem(of: job.id, by: "two") == .lost)
        while try await store.fill(job.id, by: "one", limit: 1) != nil {}
        let first = try await item(of: job, by: "one")
        #expect(first.object == "a.mp4" && first.attempts == 1)
        try await store.reserve("a-thumb-1.jpg", for: first)
        fixture.clock.advance(11)
        // The first runner did not renew its lease: the second resumes the job, and the first finds that it has lost it.
        #expect(try await granted(job, by: "two").counts[.waiting] == 2)
        #expect(try await store.pendingDeletions(limit: 10) == ["a-thumb-1.jpg"])
        #expect(try await store.renewLease(job.id, by: "one") == false)
        #expect(try await store.end(first, .made, change: nil) == nil)
        let again = try await item(of: job, by: "two")
        #expect(again.object == "a.mp4" && again.attempts == 2)
        #expect(try await store.renewLease(job.id, by: "two"))
        try await store.release(job.id, by: "two")
        _ = try await granted(job, by: "three")
    }

    @Test("a job ends when no item is left, and a requeued item counts as not begun")
    func ends() async throws {
        let job = try await job(objects: ["a.mp4", "b.mp4"])
        _ = try await granted(job, by: "one")
        #expect(try await store.complete(job.id, by: "one") == false)
        while try await store.fill(job.id, by: "one", limit: 10) != nil {}
        let first = try await item(of: job, by: "one")
        #expect(try await store.end(first, .requeue, change: nil) == .waiting)
        #expect(try await item(of: job, by: "one") == first)
        #expect(try await store.complete(job.id, by: "one") == false)
        let reason = MediaJobItem.Reason("unreadable", "It is broken.")
        #expect(try await store.end(first, .failed(reason), change: nil) == .failed)
        let second = try await item(of: job, by: "one")
        // Not before its time, and then again.
        #expect(
            try await store.end(second, .again(after: 5, reason), change: nil) == .waiting)
        #expect(try await store.nextItem(of: job.id, by: "one") == .later(.seconds(5)))
        fixture.clock.advance(5)
        let retried = try await item(of: job, by: "one")
        #expect(retried.attempts == 2)
        #expect(try await store.end(second, .skipped(.gone), change: nil) == nil)
        #expect(try await store.end(retried, .skipped(.gone), change: nil) == .skipped)
        #expect(try await store.nextItem(of: job.id, by: "one") == .none)
        #expect(try await store.complete(job.id, by: "one"))
        let ended = try #require(try await store.job(job.id))
        #expect(ended.state == .completed && ended.endedAt == fixture.clock.now)
        #expect(ended.counts.items == [.failed: 1, .skipped: 1] && ended.counts.isComplete)
        #expect(try await store.failures(of: job.id, after: 0, limit: 10).map(\.object) == ["a.mp4"])
        #expect(try await store.claim(job.id, by: "two", lease: .seconds(10)) == .ended)
    }

    @Test("a cancelled job has no runner; an idempotency key that was used returns its job")
    func cancelled() async throws {
        let job = try await job(objects: ["a.mp4"], key: "nightly")
        _ = try await granted(job, by: "one")
        while try await store.fill(job.id, by: "one", limit: 10) != nil {}
        let item = try await item(of: job, by: "one")
        #expect(try await store.cancelJob(job.id)?.state == .cancelled)
        #expect(try await store.end(item, .made, change: nil) == nil)
        #expect(try await store.jobs(of: .command, isOpen: true, limit: 10).isEmpty)
        #expect(try await store.cancelJob("nothing") == nil)
        let again = MediaJob(
            id: "other", origin: .command, request: MediaJobRequest(), idempotencyKey: "nightly",
            createdAt: fixture.clock.now)
        #expect(try await store.add(again).id == job.id)
        fixture.clock.advance(1)
        try await store.deleteEndedJobs(keeping: 0)
        #expect(try await store.job(job.id) == nil)
    }

    // MARK: Items that several processes process

    @Test(
        "an item has one holder: only who began it last can end it, and changes records",
        arguments: StoreEngine.allCases)
    func holders(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await fixture.send(from: "ann", to: "bob", media: .video("v.mp4"))
        let job = try await filled(["v.mp4"])
        let number = try #require(try await store.dueItems(of: job.id, by: "one", limit: 10)?.first)
        let first = try await begun(number, of: job, by: "slow")
        #expect(first.attempts == 1 && first.object == "v.mp4" && first.job == job.id)
        try await store.reserve("slow.jpg", for: first)
        #expect(try await store.dueItems(of: job.id, by: "one", limit: 10) == [])
        #expect(try await store.begin(number, of: job.id, by: "fast", isTakeover: false) == .held)
        #expect(try await store.requeueLostItems(of: job.id, by: "one") == 0)
        #expect(try await store.complete(job.id, by: "one") == false)
        // The first holder is taken for dead: what it reserved is marked for deletion, and it can neither reserve nor end.
        let second = try await begun(number, of: job, by: "fast", isTakeover: true)
        #expect(second.attempts == 2)
        #expect(try await store.pendingDeletions(limit: 10) == ["slow.jpg"])
        #expect(try await store.heldItems(among: [number], by: "slow") == [])
        #expect(try await store.heldItems(among: [number, number + 1], by: "fast") == [number])
        let error = await thrown(ChatError.self) { try await store.reserve("late.jpg", for: first) }
        #expect(error?.code == .notFound)
        try await store.reserve("fast.jpg", for: second)
        #expect(try await store.end(first, .made, change: change(to: "slow.jpg")) == nil)
        #expect(try await store.end(second, .made, change: change(to: "fast.jpg")) == .done)
        #expect(try await store.end(second, .made, change: change(to: "fast.jpg")) == nil)
        #expect(try await store.begin(number, of: job.id, by: "slow", isTakeover: true) == .ended)
        #expect(try await store.records(of: "v.mp4").first?.thumbnailKey == "fast.jpg")
        #expect(try await store.complete(job.id, by: "one"))
        #expect(try await store.job(job.id)?.counts.items == [.done: 1])
    }

    @Test(
        "another runner of a job leaves items to their holders, except those whose process has ended",
        arguments: StoreEngine.allCases)
    func lostHolders(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let job = try await filled(["a.mp4", "b.mp4"])
        let numbers = try #require(try await store.dueItems(of: job.id, by: "one", limit: 10))
        var other: (any ChatStore)? = try fixture.another()
        guard
            case .begun(let lost, _) = try await #require(other).begin(
                numbers[0], of: job.id, by: "other", isTakeover: false)
        else { throw ChatError(.notFound, "not begun") }
        try await #require(other).reserve("lost.jpg", for: lost)
        let kept = try await begun(numbers[1], of: job, by: "here")
        try await store.release(job.id, by: "one")
        _ = try await granted(job, by: "two")
        #expect(try await store.dueItems(of: job.id, by: "one", limit: 10) == nil)
        #expect(try await store.dueItems(of: job.id, by: "two", limit: 10) == [])
        #expect(try await store.requeueLostItems(of: job.id, by: "two") == 0)
        await fixture.end(&other)
        #expect(try await store.requeueLostItems(of: job.id, by: "one") == nil)
        #expect(try await store.requeueLostItems(of: job.id, by: "two") == 1)
        #expect(try await store.pendingDeletions(limit: 10) == ["lost.jpg"])
        #expect(try await store.dueItems(of: job.id, by: "two", limit: 10) == [numbers[0]])
        #expect(try await store.end(lost, .made, change: nil) == nil)
        #expect(try await store.end(kept, .skipped(.gone), change: nil) == .skipped)
        let again = try await begun(numbers[0], of: job, by: "here")
        #expect(again.attempts == 2)
        // Not before its delay, which the process measures that has the job.
        let reason = MediaJobItem.Reason("busy", "Try again.")
        #expect(try await store.end(again, .again(after: 5, reason), change: nil) == .waiting)
        #expect(try await store.dueItems(of: job.id, by: "two", limit: 10) == [])
        fixture.clock.advance(4)
        #expect(try await store.dueItems(of: job.id, by: "two", limit: 10) == [])
        fixture.clock.advance(1)
        #expect(try await store.dueItems(of: job.id, by: "two", limit: 10) == [numbers[0]])
    }

    @Test("what is being processed when its job is cancelled changes nothing", arguments: StoreEngine.allCases)
    func cancelledWithHolders(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await fixture.send(from: "ann", to: "bob", media: .video("v.mp4"))
        let job = try await filled(["v.mp4", "w.mp4"])
        #expect(try await store.openJobs(of: .command, limit: 10) == [job.id])
        #expect(try await store.openJobs(of: .service, limit: 10).isEmpty)
        let numbers = try #require(try await store.dueItems(of: job.id, by: "one", limit: 10))
        #expect(try await store.dueItems(of: job.id, by: "one", limit: 1) == [numbers[0]])
        let item = try await begun(numbers[0], of: job, by: "here")
        try await store.reserve("new.jpg", for: item)
        #expect(try await store.cancelJob(job.id)?.counts.items == [.waiting: 2])
        #expect(try await store.heldItems(among: numbers, by: "here") == [])
        #expect(try await store.end(item, .made, change: change(to: "new.jpg")) == nil)
        #expect(try await store.begin(numbers[1], of: job.id, by: "here", isTakeover: false) == .ended)
        #expect(try await store.records(of: "v.mp4").first?.thumbnailKey == "v.mp4-thumb.jpg")
        #expect(try await store.pendingDeletions(limit: 10) == ["new.jpg"])
        #expect(try await store.openJobs(of: .command, limit: 10).isEmpty)
    }

    // MARK: Changes of records

    @Test(
        "every reference gets the new object in the transaction that ends the item; the old one is marked for deletion",
        arguments: StoreEngine.allCases)
    func revised(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let media = MediaRecord.video("v.mp4")
        let original = try await fixture.send(from: "ann", to: "bob", media: media)
        let origin = ForwardOrigin(sender: "ann", messageID: original.message.id, text: "")
        let forwarded = try await fixture.send(from: "bob", to: "cid", media: media, forwardedFrom: origin)
        try await store.save(MediaItem(id: "m1", owner: "ann", record: media, createdAt: fixture.clock.now))
        let (_, item) = try await begun(["v.mp4"])
        try await store.reserve("v-thumb-2.jpg", for: item)
        fixture.clock.advance(60)
        let change = MediaChange(objects: ["v-thumb-2.jpg"]) { record in
            var record = record
            record.thumbnailKey = "v-thumb-2.jpg"
            return record
        }
        #expect(try await store.end(item, .made, change: change) == .done)
        for message in [original, forwarded] {
            let read = try #require(try await store.message(message.message.id, in: .bananatalk, viewer: nil))
            #expect(read.media?.thumbnailKey == "v-thumb-2.jpg" && read.updatedAt == fixture.clock.now)
        }
        #expect(try await store.media("m1")?.record.thumbnailKey == "v-thumb-2.jpg")
        #expect(try await store.pendingDeletions(limit: 10) == ["v.mp4-thumb.jpg"])
        #expect(try await store.abandonedObjects(reservedFor: .zero).isEmpty)
    }

    @Test("of several attachments of a message only the one is changed", arguments: StoreEngine.allCases)
    func album(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var album = fixture.draft(from: "ann", to: "bob")
        album.message.attachments = [.video("a.mp4"), .video("b.mp4")]
        let saved = try await store.save([album])[0]
        let (_, item) = try await begun(["b.mp4"])
        let change = MediaChange(objects: []) { record in
            var record = record
            record.duration = 1
            return record
        }
        #expect(try await store.end(item, .made, change: change) == .done)
        let read = try #require(try await store.message(saved.message.id, in: .bananatalk, viewer: nil))
        #expect(read.attachments.map(\.duration) == [45.5, 1] && read.attachments[0] == .video("a.mp4"))
        #expect(try await store.pendingDeletions(limit: 10).isEmpty)
    }

    @Test(
        "the same record is unchanged; an item without references is skipped and its new object marked for deletion",
        arguments: StoreEngine.allCases)
    func unchanged(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let saved = try await fixture.send(from: "ann", to: "bob", media: .video("v.mp4"))
        try await fixture.send(from: "ann", to: "bob", media: .video("w.mp4"))
        let (job, item) = try await begun(["w.mp4", "v.mp4"])
        #expect(
            try await store.end(item, .made, change: MediaChange(objects: []) { $0 })
                == .unchanged)
        let second = try await self.item(of: job, by: "one")
        try await store.reserve("v-thumb-2.jpg", for: second)
        _ = try await store.deleteForAll(saved.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        let change = MediaChange(objects: ["v-thumb-2.jpg"]) { $0 }
        #expect(try await store.end(second, .made, change: change) == .skipped)
        #expect(
            Set(try await store.pendingDeletions(limit: 10)) == ["v.mp4", "v.mp4-thumb.jpg", "v-thumb-2.jpg"])
    }

    @Test("a new object whose reservation was released is not referenced", arguments: StoreEngine.allCases)
    func unreserved(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await fixture.send(from: "ann", to: "bob", media: .video("v.mp4"))
        let (_, item) = try await begun(["v.mp4"])
        let change = MediaChange(objects: ["never.jpg"]) { record in
            var record = record
            record.thumbnailKey = "never.jpg"
            return record
        }
        let error = await thrown(ChatError.self) {
            try await store.end(item, .made, change: change)
        }
        #expect(error?.code == .notFound)
        #expect(try await store.records(of: "v.mp4").first?.thumbnailKey == "v.mp4-thumb.jpg")
    }

    @Test(
        "a reservation for an item is not abandoned when another process starts meanwhile",
        arguments: StoreEngine.allCases)
    func reserved(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let (_, item) = try await begun(["v.mp4"])
        try await store.reserve("long.jpg", for: item)
        fixture.clock.step(-3600)
        let service = try fixture.another()
        fixture.clock.advance(1_000_000)
        #expect(try await service.markAbandonedObjectsForDeletion(reservedFor: .seconds(60)) == [])
        #expect(try await store.abandonedObjects(reservedFor: .seconds(60)) == ["long.jpg"])
    }

    @Test(
        "a job is claimed at once when its runner's process has ended, and not while its runner renews the lease",
        arguments: StoreEngine.allCases)
    func leases(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let job = try await job(objects: ["a.mp4"])
        var other: (any ChatStore)? = try fixture.another()
        guard case .granted = try await #require(other).claim(job.id, by: "other", lease: .seconds(10)) else {
            throw ChatError(.notFound, "not granted")
        }
        let lease = Duration.seconds(10)
        for _ in 0..<5 {
            #expect(try await store.claim(job.id, by: "one", lease: lease) == .held(for: lease))
            fixture.clock.advance(9)
            // Even if the clock is set in between.
            fixture.clock.step(100_000)
            #expect(try await other?.renewLease(job.id, by: "other") == true)
        }
        #expect(try await store.claim(job.id, by: "one", lease: lease) == .held(for: lease))
        await fixture.end(&other)
        _ = try await granted(job, by: "one")
    }
}
