import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import Testing

@Suite("The files of a user")
struct UserFileTests {
    private static let signalr = Dialect(rawValue: "signalr")

    private func save(
        _ id: String, of owner: String, _ record: MediaRecord, in dialect: Dialect? = nil, _ fixture: StoreFixture
    ) async throws {
        try await fixture.store.reserve(objects: record.objects)
        try await fixture.store.save(
            MediaItem(id: id, dialect: dialect, owner: owner, record: record, createdAt: fixture.clock.now))
    }

    private func keys(
        _ user: String, _ filter: MediaFilter = MediaFilter(), of size: Int = 100, in store: any ChatStore
    ) async throws -> [String] {
        var (keys, position): ([String], MediaPosition?) = ([], nil)
        while true {
            let page = try await store.userFiles(of: user, matching: filter, after: position, limit: size)
            keys += page.map(\.key)
            guard let last = page.last, page.count == size else { return keys }
            position = MediaPosition(createdAt: last.createdAt, id: last.key)
        }
    }

    @Test(
        "are those that their messages and media show, each once, and count for what they have stored",
        arguments: StoreEngine.allCases)
    func listed(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        let sent = try await fixture.send(from: "ann", to: "bob", media: .video("chat/v.mp4"))
        fixture.clock.advance(1)
        try await save("m1", of: "ann", .voice("native/a.m4a"), fixture)
        try await save("m2", of: "ann", .voice("signalr/b.m4a"), in: Self.signalr, fixture)
        // A second medium of the same object.
        try await save("m3", of: "ann", .voice("native/a.m4a"), fixture)
        try await save("m4", of: "bob", .voice("native/a.m4a"), fixture)
        let forwarded = try await fixture.send(
            from: "bob", to: "cid", media: .video("chat/v.mp4"),
            forwardedFrom: ForwardOrigin(sender: "ann", messageID: sent.message.id, text: ""))
        let files = try await store.userFiles(of: "ann", matching: MediaFilter(), after: nil, limit: 10)
        #expect(files.map(\.key) == ["signalr/b.m4a", "native/a.m4a", "chat/v.mp4"])
        #expect(files.map(\.kind) == [.audio, .audio, .video])
        #expect(files.map(\.dialect) == [Self.signalr, nil, .bananatalk])
        #expect(files.map(\.bytes) == [30_000, 30_000, 15_000_000])
        #expect(files.map(\.uses) == [1, 2, 1])
        #expect(files.last?.createdAt == sent.message.createdAt && files.allSatisfy { $0.owner == "ann" })
        #expect(try await store.mediaUsage(of: "ann") == MediaUsage(items: 3, bytes: 15_060_000))
        // What is forwarded is the forwarder's as well.
        #expect(try await keys("bob", in: store) == ["native/a.m4a", "chat/v.mp4"])
        #expect(try await store.mediaUsage(of: "cid") == MediaUsage())
        _ = try await store.deleteForAll(sent.message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        _ = try await store.deleteMedia("m1", everywhere: false)
        #expect(try await keys("ann", in: store) == ["signalr/b.m4a", "native/a.m4a"])
        _ = try await store.deleteMedia("m3", everywhere: true)
        #expect(try await store.mediaUsage(of: "ann") == MediaUsage(items: 1, bytes: 30_000))
        #expect(try await keys("bob", in: store) == ["native/a.m4a", "chat/v.mp4"])
        try await store.deleteConversation(forwarded.message.conversation, in: .bananatalk)
        #expect(try await keys("bob", in: store) == ["native/a.m4a"])
    }

    @Test("are listed page by page, the newest first, and by all conditions", arguments: StoreEngine.allCases)
    func pages(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        var all: [(key: String, date: Date)] = []
        for number in 0..<9 {
            let key = "k/\(number)"
            try await save(
                "m\(number)", of: "ann", number % 2 == 0 ? .voice(key) : .video(key),
                in: number == 4 ? Self.signalr : nil, fixture)
            all.append((key, fixture.clock.now))
            if number % 3 == 2 { fixture.clock.advance(1) }
        }
        let newest = Array(all.map(\.key).reversed())
        for size in [1, 2, 3, 9, 10] { #expect(try await keys("ann", of: size, in: fixture.store) == newest) }
        let voices = [8, 6, 4, 2, 0].map { "k/\($0)" }
        #expect(try await keys("ann", MediaFilter(kind: .audio), of: 2, in: fixture.store) == voices)
        #expect(try await keys("ann", MediaFilter(dialect: Self.signalr), in: fixture.store) == ["k/4"])
        #expect(try await keys("ann", MediaFilter(dialect: .native), of: 3, in: fixture.store).count == 8)
        let middle = MediaFilter(since: all[3].date, before: all[6].date)
        #expect(try await keys("ann", middle, of: 2, in: fixture.store) == ["k/5", "k/4", "k/3"])
        #expect(try await keys("nobody", in: fixture.store).isEmpty)
        let native = try await fixture.store.media(matching: MediaFilter(dialect: .native), after: nil, limit: 20)
        #expect(native.map(\.id) == [8, 7, 6, 5, 3, 2, 1, 0].map { "m\($0)" })
        let items = try await fixture.store.media(matching: MediaFilter(dialect: Self.signalr), after: nil, limit: 20)
        #expect(items.map(\.id) == ["m4"])
    }

    @Test("stay with their user when their previews are made again", arguments: StoreEngine.allCases)
    func reprocessed(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        try await fixture.send(from: "ann", to: "bob", media: .video("v.mp4"))
        let before = try await fixture.store.userFiles(of: "ann", matching: MediaFilter(), after: nil, limit: 2)
        let job = try await fixture.filledJob(MediaJobRequest())
        guard case .item(let item) = try await fixture.store.nextItem(of: job.id, by: "one") else {
            return #expect(Bool(false), "there is no item")
        }
        try await fixture.store.reserve("new.jpg", for: item)
        let change = MediaChange(objects: ["new.jpg"]) {
            var record = $0
            record.thumbnailKey = "new.jpg"
            return record
        }
        #expect(try await fixture.store.end(item, .made, change: change) == .done)
        #expect(try await fixture.store.userFiles(of: "ann", matching: MediaFilter(), after: nil, limit: 2) == before)
    }

    @Test(
        "are what a job selects that deletes the user, with the uploads in progress; their sizes are counted as they are deleted",
        arguments: StoreEngine.allCases)
    func erasing(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let store = fixture.store
        let sent = try await fixture.send(from: "ann", to: "bob", media: .video("chat/v.mp4"))
        try await save("m1", of: "ann", .video("chat/v.mp4"), in: Self.signalr, fixture)
        for number in 0..<3 { try await save("n\(number)", of: "ann", .voice("native/\(number)"), fixture) }
        try await save("m2", of: "bob", .voice("native/bob"), fixture)
        try await store.save(
            PresignedUpload(
                id: "u", dialect: Self.signalr, owner: "ann", key: "incoming/u", mimeType: "image/png", fileSize: 7,
                expires: fixture.clock.now + 60), within: nil)
        try await store.insert(
            ResumableUpload(
                id: "r", dialect: .native, owner: "ann", countedBytes: 5, createdAt: fixture.clock.now,
                expires: fixture.clock.now + 60,
                content: .init(length: 5, metadata: nil, key: "resumable/native/r/file")), within: nil)
        #expect(try await store.uploadsInProgress(of: "ann") == ["incoming/u", "resumable/native/r/file"])
        let uses = try await store.uses(of: "chat/v.mp4", by: "ann")
        #expect(uses.count == 2 && uses.contains(.media("m1")))
        #expect(
            uses.contains { use in
                if case .message(let message) = use { message.id == sent.message.id } else { false }
            })
        #expect(try await store.uses(of: "chat/v.mp4", by: "bob").isEmpty)
        let job = try await fixture.filledJob(MediaJobRequest(erasing: "ann"), page: 2)
        #expect(try await store.job(job.id)?.request.erasedUser == "ann")
        var objects: [String] = []
        while case .item(let item) = try await store.nextItem(of: job.id, by: "one") {
            objects.append(item.object)
            let reason = MediaJobItem.Reason("test", "It is a test.")
            let isFailing = item.object == "native/1"
            #expect(
                try await store.end(item, isFailing ? .failed(reason) : .erased, change: nil)
                    == (isFailing ? .failed : .done))
        }
        #expect(
            objects == [
                "user:ann", "incoming/u", "resumable/native/r/file", "chat/v.mp4", "native/0", "native/1", "native/2",
            ])
        #expect(try await store.complete(job.id, by: "one"))
        let counts = try #require(try await store.job(job.id)).counts
        #expect(counts.items == [.done: 6, .failed: 1] && counts.bytes == 15_060_000)
    }
}

extension StoreFixture {
    /// A job of which everything is selected, and that the runner `one` has.
    fileprivate func filledJob(_ request: MediaJobRequest, page: Int = 100) async throws -> MediaJob {
        let job = MediaJob(id: UUID().uuidString, origin: .service, request: request, createdAt: clock.now)
        _ = try await store.add(job)
        _ = try await store.claim(job.id, by: "one", lease: .seconds(10))
        while try await store.fill(job.id, by: "one", limit: page) != nil {}
        return job
    }
}
