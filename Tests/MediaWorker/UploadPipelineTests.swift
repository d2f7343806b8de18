import Bytes
import Concurrency
import Crypto
import FFmpeg
import Foundation
import Logging
import MediaModel
import ObjectStore
import Synchronization
import Testing

@testable import MediaWorker

@Suite("Upload pipeline")
struct UploadPipelineTests {
    private let store = MemoryStore()
    private let policy: MediaPolicy = {
        var policy = everything
        policy.maximumDuration = 600
        return policy
    }()

    @Test(
        "what is received is what is stored, with its type by content, the thumbnail first",
        arguments: [
            "video/landscape.mp4", "video/landscape-moov-last.mp4", "video/recorder.webm", "voice/voice.m4a",
            "voice/voice.webm", "image/orientation-6.jpg",
        ],
        [1000, 65_536, 10_000_000])
    func stored(name: String, chunkSize: Int) async throws {
        let bytes = try sample(name)
        let upload = try await pipeline().begin(key: "chat/1", policy: policy, filename: "../my \"fi\u{202E}le\".exe")
        try await send(bytes, to: upload, chunkSize: chunkSize)
        let validated = try await upload.finish()
        #expect(validated.record.fileSize == bytes.count && validated.record.sha256 == hexEncode(SHA256.hash(bytes)))
        #expect(store.state.withLock { $0.objects.isEmpty }, "nothing is visible before the commit")
        let media = try await validated.commit()
        let state = store.state.withLock { $0 }
        let object = try #require(state.objects[media.objectKey])
        #expect(object.bytes == bytes && object.attributes.contentType == media.mimeType)
        #expect(media.key == "chat/1." + validated.inspection.fileExtension)
        #expect(object.attributes.contentDisposition?.hasPrefix("inline; filename=\"my _file_.") ?? false)
        #expect(media.originalName == "my \"file\".exe")
        if media.kind == .audio {
            #expect(media.thumbnailKey == nil && media.waveform?.count == 64)
        } else {
            #expect(media.thumbnailKey == "chat/1-thumb.jpg")
            let thumbnail = try #require(media.thumbnailObjectKey)
            #expect(state.completed == [thumbnail, media.objectKey])
        }
        #expect(state.openWriters == 0)
    }

    @Test(
        "each kind has its own limit, enforced while the file arrives: at the head where that shows the kind, else at the end",
        arguments: [
            ("image/animated.gif", MediaKind.image), ("video/landscape.mp4", .video), ("voice/voice.m4a", .audio),
            ("voice/voice.wav", .audio),
        ])
    func limitByKind(name: String, kind: MediaKind) async throws {
        let bytes = try sample(name)
        var policy = policy
        policy.maximumBytesByKind = [kind: bytes.count - 1]
        #expect(await rejection(bytes, policy: policy, chunkSize: 4096) == .tooLarge)
        #expect(store.state.withLock { $0.openWriters } == 0)
        policy.maximumBytesByKind = [kind: bytes.count]
        for other in MediaKind.allCases where other != kind { policy.maximumBytesByKind[other] = 1 }
        #expect(await rejection(bytes, policy: policy, chunkSize: 4096) == nil)
    }

    @Test("documents may be restricted to some formats, and media that are not accepted are then no documents")
    func documentFormats() async throws {
        var policy = policy
        policy.kinds.insert(.document)
        policy.documentFormats = ["pdf"]
        policy.videoContainers = [.mp4]
        policy.audioContainers = []
        #expect(await rejection([UInt8]("%PDF-1.7\n".utf8), policy: policy, chunkSize: 100) == nil)
        #expect(await rejection([UInt8]("Just words.".utf8), policy: policy, chunkSize: 100) == .unsupported)
        #expect(await rejection(try sample("video/clip.webm"), policy: policy, chunkSize: 4096) == .unsupported)
        policy.maximumBytesByKind = [.document: 8]
        #expect(await rejection([UInt8]("%PDF-1.7\n".utf8), policy: policy, chunkSize: 100) == .tooLarge)
    }

    @Test(
        "of a JPEG, what is stored, measured and hashed is what is left without its metadata",
        arguments: [1000, 65_536], [MetadataRemoval.all, .location])
    func withoutMetadata(chunkSize: Int, removal: MetadataRemoval) async throws {
        let comment = Array("this is private".utf8)
        let original = try sample("image/orientation-6.jpg")
        let segment: [UInt8] = [0xFF, 0xED, 0, UInt8(comment.count + 2)] + comment
        var bytes = original
        bytes.insert(contentsOf: segment, at: 2)
        bytes += [1, 2]
        let expected = JPEGMetadataFilterTests.filtered(bytes, removal)
        #expect(expected.count <= original.count)
        let pipeline = UploadPipeline(store: store, workers: workers, metadata: MetadataRules(removal))
        let upload = try await pipeline.begin(key: "chat/1", policy: policy)
        try await send(bytes, to: upload, chunkSize: chunkSize)
        let validated = try await upload.finish()
        #expect(
            validated.record.fileSize == expected.count && validated.record.sha256 == hexEncode(SHA256.hash(expected)))
        let media = try await validated.commit()
        let object = try #require(store.state.withLock { $0.objects[media.objectKey] })
        #expect(object.bytes == expected)
        let whole = try inspectBytes(original)
        #expect(media.dimensions == whole.dimensions && media.blurHash == whole.blurHash && media.blurHash != nil)
        // Nothing else loses a byte.
        let video = try sample("video/landscape.mp4")
        let other = try await pipeline.begin(key: "chat/2", policy: policy)
        try await send(video, to: other, chunkSize: chunkSize)
        #expect(try await other.finish().record.fileSize == video.count)
    }

    @Test("too many bytes are rejected by the declared length before any arrive, or else by count")
    func tooLarge() async throws {
        var small = policy
        small.maximumBytes = 100_000
        await #expect { try await pipeline().begin(key: "k", policy: small, declaredLength: 100_001) } throws: {
            ($0 as? MediaError)?.code == .tooLarge
        }
        let code = await rejection(try sample("video/landscape.mp4"), policy: small, chunkSize: 30_000)
        #expect(code == .tooLarge)
        expectNothingLeft()
    }

    @Test("an upload without bytes is rejected as empty")
    func empty() async throws {
        #expect(await rejection([], policy: policy) == .empty)
    }

    @Test("text named .mp4 is rejected at its first chunk and never reaches the store")
    func earlyText() async throws {
        let upload = try await pipeline().begin(key: "k", policy: policy, filename: "clip.mp4")
        let text = ByteChunk([UInt8](repeating: 65, count: 8192))
        await #expect(throws: MediaError.self) { try await upload.receive(text) }
        await #expect(throws: MediaError.self) { try await upload.receive(text) }
        await #expect(throws: MediaError.self) { try await upload.finish() }
        #expect(store.state.withLock { $0.written } == 0)
    }

    @Test("a video that is too long by its head is rejected before the rest arrives")
    func earlyLong() async throws {
        // The beginning of a video with a declared length of a gigabyte.
        let upload = try await pipeline().begin(key: "k", policy: policy, declaredLength: 1 << 30)
        let head = try sample("video/long.mp4")
        let index = try #require(topLevelBoxes(head).first { $0.type == "moov" }).range.upperBound
        await #expect { try await send(Array(head.prefix(index + 16)), to: upload, chunkSize: 4096) } throws: {
            ($0 as? MediaError)?.code == .tooLong && ($0 as? MediaError)?.limit == 600
        }
        expectNothingLeft()
    }

    @Test(
        "a rejected or aborted upload leaves nothing behind",
        arguments: ["video/long.mp4", "broken/truncated.mp4", "broken/truncated-moov-first.mp4"])
    func nothingLeft(name: String) async throws {
        #expect(await rejection(try sample(name), policy: policy) != nil)
        expectNothingLeft()
        let upload = try await pipeline().begin(key: "k", policy: policy)
        try await send(try sample("video/landscape.mp4"), to: upload, chunkSize: 50_000)
        await upload.abort()
        expectNothingLeft()
        let validated = try await received("video/landscape.mp4")
        await validated.abort()
        expectNothingLeft()
    }

    @Test("when the store fails at the last step, nothing is visible", arguments: [".mp4", "-thumb.jpg"])
    func failingStore(fileExtension: String) async throws {
        let store = MemoryStore(failing: fileExtension)
        let upload = try await pipeline(store).begin(key: "k", policy: policy)
        try await send(try sample("video/landscape.mp4"), to: upload, chunkSize: 50_000)
        let validated = try await upload.finish()
        await #expect { try await validated.commit() } throws: { ($0 as? MediaError)?.code == .storage }
        #expect(store.state.withLock { $0.objects.isEmpty && $0.openWriters == 0 })
    }

    @Test("documents are stored unopened, as attachments")
    func document() async throws {
        var policy = policy
        policy.kinds.insert(.document)
        let upload = try await pipeline().begin(key: "k", policy: policy, filename: "résumé.html")
        try await send(Array("<script>alert(1)</script>".utf8), to: upload, chunkSize: 5)
        let media = try await upload.finish().commit()
        let attributes = try #require(store.state.withLock { $0.objects[media.objectKey]?.attributes })
        #expect(media.kind == .document && attributes.contentType == "application/octet-stream")
        #expect(
            attributes.contentDisposition
                == "attachment; filename=\"r_sum_.html\"; filename*=UTF-8''r%C3%A9sum%C3%A9.html")
    }

    @Test(
        "a large video is validated from the kept ranges as if it were complete",
        arguments: ["video/landscape.mp4", "video/landscape-moov-last.mp4"], [true, false])
    func sparse(name: String, isDeclared: Bool) async throws {
        let whole = try sample(name)
        let bytes = try stretched(whole, by: 3_000_000)
        let workers = CountingWorkers(workers)
        let pipeline = UploadPipeline(
            store: store, workers: workers,
            spools: SpoolSettings(
                memoryLimit: 500_000, boxes: BoxWalker.Limits(mediaData: 400_000, others: 100_000),
                budget: MemoryBudget(bytes: 1 << 20), directory: "/tmp",
                threads: .init(name: "spool", threads: 1)))
        let upload = try await pipeline.begin(key: "k", policy: policy, declaredLength: isDeclared ? bytes.count : nil)
        try await send(bytes, to: upload, chunkSize: 65_536)
        let media = try await upload.finish().commit()
        #expect(workers.full.withLock { $0 } == 1, "a file that was validated early is not inspected again")
        let expected = try inspectBytes(whole)
        #expect(media.duration == expected.duration.map(MediaRecord.rounded) && media.dimensions == expected.dimensions)
        let thumbnail = store.state.withLock { state in media.thumbnailObjectKey.flatMap { state.objects[$0]?.bytes } }
        #expect(thumbnail == expected.thumbnail)
        #expect(store.state.withLock { $0.objects[media.objectKey]?.bytes } == bytes)
    }

    @Test("a preview whose bytes were not kept while the file arrived is made from the stored object")
    func recovered() async throws {
        let whole = try sample("video/landscape.mp4")
        let bytes = try stretched(whole, by: 3_000_000)
        let pipeline = UploadPipeline(
            store: store, workers: workers,
            spools: SpoolSettings(
                memoryLimit: 500_000, boxes: BoxWalker.Limits(mediaData: 120_000, others: 100_000),
                budget: MemoryBudget(bytes: 1 << 20), directory: "/tmp",
                threads: .init(name: "spool", threads: 1)))
        let upload = try await pipeline.begin(key: "k", policy: policy, declaredLength: bytes.count)
        try await send(bytes, to: upload, chunkSize: 65_536)
        let validated = try await upload.finish()
        #expect(validated.inspection.thumbnail == nil && validated.inspection.previewDeferred == true)
        let media = try await validated.commit()
        let thumbnail = store.state.withLock { state in media.thumbnailObjectKey.flatMap { state.objects[$0]?.bytes } }
        #expect(try thumbnail == inspectBytes(whole).thumbnail && thumbnail != nil)
        #expect(media.thumbnailFailure == nil && media.blurHash != nil)
    }

    @Test(
        "other large files are spooled to disk",
        arguments: ["video/clip.webm", "video/fragmented.mp4", "voice/voice.wav"])
    func onDisk(name: String) async throws {
        let bytes = try sample(name)
        let pipeline = UploadPipeline(
            store: store, workers: workers,
            spools: SpoolSettings(
                memoryLimit: 50_000, budget: MemoryBudget(bytes: 1 << 20), directory: "/tmp",
                threads: .init(name: "spool", threads: 1)))
        for declared in [bytes.count, nil] {
            let upload = try await pipeline.begin(key: "k", policy: policy, declaredLength: declared)
            try await send(bytes, to: upload, chunkSize: 10_000)
            let validated = try await upload.finish()
            #expect(try validated.inspection.duration == inspectBytes(bytes).duration)
            await validated.abort()
        }
        expectNothingLeft()
    }

    private var workers: WorkerPool { WorkerPool(threads: 1, maximumWaiting: 10, logger: .silent) }

    private func pipeline(_ other: MemoryStore? = nil) -> UploadPipeline {
        UploadPipeline(store: other ?? store, workers: workers)
    }

    private func received(_ name: String) async throws -> ValidatedUpload {
        let upload = try await pipeline().begin(key: "k", policy: policy)
        try await send(try sample(name), to: upload, chunkSize: 50_000)
        return try await upload.finish()
    }

    private func rejection(_ bytes: [UInt8], policy: MediaPolicy, chunkSize: Int = 65_536) async -> MediaError.Code? {
        do {
            let upload = try await pipeline().begin(key: "k", policy: policy)
            try await send(bytes, to: upload, chunkSize: chunkSize)
            _ = try await upload.finish()
            return nil
        } catch {
            return (error as? MediaError)?.code
        }
    }

    private func expectNothingLeft() {
        #expect(store.state.withLock { $0.objects.isEmpty && $0.openWriters == 0 })
    }

    /// The same film with a long stretch of media data that no sample refers to, behind the real one.
    private func stretched(_ bytes: [UInt8], by count: Int) throws -> [UInt8] {
        let end = try #require(topLevelBoxes(bytes).first { $0.type == "mdat" }).range.upperBound
        return Array(bytes[..<end]) + box("mdat", count) + Array(bytes[end...])
    }
}

/// Counts inspections that are more than those of a head.
private final class CountingWorkers: MediaInspecting {
    let full = Mutex(0)
    private let workers: WorkerPool

    init(_ workers: WorkerPool) { self.workers = workers }

    func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection {
        if job.order.depth != .head { full.withLock { $0 += 1 } }
        return try await workers.inspect(job)
    }
}
