import Bytes
import Concurrency
import Logging
import MediaModel
import ObjectStore
import Synchronization
import Testing

@testable import MediaWorker

/// What uploads do to the memory that they share.
@Suite("Spool memory")
struct SpoolMemoryTests {
    private let store = MemoryStore()
    private let budget = MemoryBudget(bytes: 1 << 20)

    @Test("uploads wait while no memory is free, and all of them succeed")
    func allFinish() async throws {
        let names = ["video/landscape-moov-last.mp4", "video/recorder.webm", "voice/voice.wav", "video/landscape.mp4"]
        let pipeline = pipeline()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                let bytes = try sample(names[number % names.count])
                group.addTask {
                    let upload = try await pipeline.begin(key: "k/\(number)", policy: everything)
                    try await send(bytes, to: upload, chunkSize: 30_000)
                    _ = try await upload.finish().commit()
                }
            }
            try await group.waitForAll()
        }
        #expect(store.state.withLock { $0.objects.keys.filter { !$0.rawValue.hasSuffix("-thumb.jpg") }.count } == 24)
        await eventually { budget.used == 0 }
    }

    @Test("however an upload ends, its memory is returned")
    func memoryIsReturned() async throws {
        let pipeline = pipeline()
        func begin() async throws -> UploadSession { try await pipeline.begin(key: "k", policy: everything) }
        let bytes = try sample("video/landscape-moov-last.mp4")
        var upload = try await begin()
        try await send(Array(bytes.prefix(100_000)), to: upload, chunkSize: 10_000)
        #expect(budget.used >= 100_000)
        await upload.abort()
        await eventually { budget.used == 0 }
        upload = try await begin()
        try await send(Array(bytes.prefix(100_000)), to: upload, chunkSize: 10_000)
        await #expect(throws: MediaError.self) { try await upload.finish() }
        await eventually { budget.used == 0 }
        upload = try await begin()
        try await send(bytes, to: upload, chunkSize: 10_000)
        let validated = try await upload.finish()
        await eventually { budget.used == 0 }
        await validated.abort()
    }

    @Test("an upload that is cancelled while it waits lets the others continue")
    func cancelled() async throws {
        // Longer than the test can take on a busy machine: an upload that has waited this long continues without
        // memory.
        var settings = settings()
        settings.memoryTimeout = .seconds(600)
        let pipeline = UploadPipeline(store: store, workers: workers, spools: settings)
        let bytes = try sample("voice/voice.wav") + [UInt8](repeating: 0, count: 1_000_000)
        let first = try await pipeline.begin(key: "1", policy: everything)
        let second = try await pipeline.begin(key: "2", policy: everything)
        // The second exceeds the limit: any further upload has to wait.
        try await send(Array(bytes.prefix(700_000)), to: first, chunkSize: 50_000)
        try await send(Array(bytes.prefix(700_000)), to: second, chunkSize: 50_000)
        let third = try await pipeline.begin(key: "3", policy: everything)
        let sending = Task { try await send(bytes, to: third, chunkSize: 50_000) }
        await eventually { budget.waiting == 1 }
        sending.cancel()
        await #expect(throws: MediaError.self) { try await sending.value }
        #expect(budget.waiting == 0 && store.state.withLock { $0.openWriters } == 2)
        try await send(Array(bytes.dropFirst(700_000)), to: second, chunkSize: 50_000)
        _ = try await second.finish().commit()
        await first.abort()
        await eventually { budget.used == 0 }
    }

    @Test(
        "stalled uploads that hold the memory do not stop others: after a timeout these use the disk",
        arguments: ["voice/voice.wav", "video/landscape-moov-last.mp4", "video/recorder.webm"])
    func notStopped(name: String) async throws {
        var settings = settings()
        settings.memoryTimeout = .milliseconds(50)
        settings.memoryLimit = 1 << 20
        settings.boxes = BoxWalker.Limits(mediaData: 8 << 20, others: 8 << 20)
        let pipeline = UploadPipeline(store: store, workers: workers, spools: settings)
        let filler = try sample("voice/voice.wav") + [UInt8](repeating: 0, count: 1_000_000)
        let stalled = try await pipeline.begin(key: "1", policy: everything)
        let overdrawn = try await pipeline.begin(key: "2", policy: everything)
        try await send(Array(filler.prefix(250_000)), to: stalled, chunkSize: 50_000)
        let big = try await pipeline.begin(key: "3", policy: everything, declaredLength: 1_000_000)
        try await send(Array(filler.prefix(900_000)), to: big, chunkSize: 50_000)
        try await send(Array(filler.prefix(250_000)), to: overdrawn, chunkSize: 50_000)
        var bytes = try sample(name)
        if name.hasSuffix("mp4") { bytes += box("free", 1_500_000) }
        for length in [bytes.count, nil] {
            let upload = try await pipeline.begin(key: "k", policy: everything, declaredLength: length)
            try await send(bytes, to: upload, chunkSize: 60_000)
            let validated = try await upload.finish()
            #expect(validated.record.fileSize == bytes.count)
            await validated.abort()
        }
        for upload in [stalled, overdrawn, big] { await upload.abort() }
        await eventually { budget.used == 0 }
    }

    @Test("a video that was validated while it arrived holds no memory, however much follows")
    func releasedEarly() async throws {
        var settings = settings()
        settings.firstAttempt = 400_000
        let pipeline = UploadPipeline(store: store, workers: workers, spools: settings)
        let film = try sample("video/landscape.mp4")
        let media = [UInt8](repeating: 0, count: 1_000_000)
        let bytes = film + box("mdat", 9 * media.count)
        let upload = try await pipeline.begin(key: "k", policy: everything, declaredLength: bytes.count)
        try await send(Array(bytes.prefix(film.count + 16)), to: upload, chunkSize: 20_000)
        var sent = film.count + 16
        // The session notes the result of the inspection when further bytes arrive.
        await #expect(throws: Never.self) {
            while budget.used > 0, sent < bytes.count {
                try await upload.receive(ByteChunk(bytes[sent..<sent + 1]))
                sent += 1
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(budget.used == 0 && sent < bytes.count)
        try await send(Array(bytes.dropFirst(sent)), to: upload, chunkSize: 100_000)
        let validated = try await upload.finish()
        #expect(budget.used == 0 && validated.record.fileSize == bytes.count)
        #expect(try validated.inspection.thumbnail == inspectBytes(film).thumbnail)
        await validated.abort()
    }

    @Test(
        "a file that ends before its last sample is rejected as truncated, although it was validated while it arrived")
    func truncated() async throws {
        var settings = settings()
        settings.firstAttempt = 100_000
        let pipeline = UploadPipeline(store: store, workers: workers, spools: settings)
        let film = try sample("video/landscape.mp4")
        let upload = try await pipeline.begin(key: "k", policy: everything, declaredLength: film.count)
        try await send(Array(film.dropLast(1000)), to: upload, chunkSize: 20_000)
        await #expect { try await upload.finish() } throws: { ($0 as? MediaError)?.code == .truncated }
        await eventually { budget.used == 0 }
    }

    @Test("announced fragments are waited for, others are rejected", arguments: [true, false])
    func fragments(isAnnounced: Bool) async throws {
        var settings = settings()
        settings.firstAttempt = 300_000
        let pipeline = UploadPipeline(store: store, workers: workers, spools: settings)
        var film = try sample("video/fragmented.mp4")
        let upload: UploadSession
        if isAnnounced {
            upload = try await pipeline.begin(key: "k", policy: everything)
            try await send(film, to: upload, chunkSize: 1000)
            #expect(try await upload.finish().inspection.duration == (try inspectBytes(film).duration))
        } else {
            film = try sample("video/landscape.mp4")
            upload = try await pipeline.begin(key: "k", policy: everything)
            try await send(film + box("moof", 100), to: upload, chunkSize: 1000)
            await #expect { try await upload.finish() } throws: { ($0 as? MediaError)?.code == .unreadable }
        }
        await upload.abort()
    }

    @Test("a file of many small boxes cannot fill the memory with their headers")
    func manyBoxes() async throws {
        var settings = settings()
        settings.memoryLimit = 100_000
        settings.boxes = BoxWalker.Limits(mediaData: 10_000, others: 10_000)
        let pipeline = UploadPipeline(store: store, workers: workers, spools: settings)
        var policy = everything
        policy.kinds = [.video]
        let upload = try await pipeline.begin(key: "k", policy: policy, declaredLength: 1 << 30)
        let head = try sample("video/landscape.mp4").prefix(32)
        try await upload.receive(ByteChunk(head))
        let boxes = (0..<100).flatMap { _ in box("free", 8192) }
        await #expect { while true { try await upload.receive(ByteChunk(boxes)) } } throws: {
            ($0 as? MediaError)?.code == .unreadable
        }
        #expect(budget.used <= 6 << 20)
        await eventually { budget.used == 0 }
    }

    private let workers = WorkerPool(threads: 1, maximumWaiting: 100, logger: .silent)

    private func settings() -> SpoolSettings {
        SpoolSettings(
            memoryLimit: 8 << 20, budget: budget, directory: "/tmp", threads: .init(name: "spool", threads: 1))
    }

    private func pipeline() -> UploadPipeline { UploadPipeline(store: store, workers: workers, spools: settings()) }
}

/// Sends `bytes` in chunks.
func send(_ bytes: [UInt8], to upload: UploadSession, chunkSize: Int) async throws {
    for start in stride(from: 0, to: bytes.count, by: chunkSize) {
        try await upload.receive(ByteChunk(bytes[start..<min(start + chunkSize, bytes.count)]))
    }
}
