import ChatBridge
import ChatStoreSQLite
import Foundation
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import Redis
import TestPrograms
import Testing

@testable import Jobs

@Suite("Jobs that make renditions", .timeLimit(.minutes(10)))
struct RenditionJobTests {
    /// A desk that makes renditions in real workers.
    private func service(_ archive: Archive, lanes: Int = 1, queue: ItemQueue? = nil) -> JobService {
        let transcoder = Transcoder(
            workers: ProcessPoolSettings(program: Project.darkroom.path, workers: 1),
            limits: RenditionLimits(seconds: 600), concurrency: lanes, directory: archive.folder.path, logger: .silent)
        let settings = archive.settings(concurrency: lanes)
        let reprocessor = Reprocessor(
            chat: archive.chat, objects: archive.objects,
            inspector: StoredInspector(store: archive.objects, workers: testWorkers), settings: settings,
            renditions: transcoder, logger: .silent)
        return JobService(
            store: archive.chat, reprocessor: reprocessor, settings: settings, ids: archive.ids, origin: .rendition,
            lanes: lanes, wakeOrphanDeleter: WakeSignal(), queue: queue, logger: .silent)
    }

    /// Stores a sample, and a medium that shows it and has a rendition pending. Returns the ID of its job.
    private func add(
        _ sample: String, as key: String, kind: MediaKind, to archive: Archive, _ profile: RenditionProfile
    ) async throws -> String {
        try await archive.objects.put(Project.file("samples/\(sample)").path, as: ObjectKey(validating: key)!)
        return try await show(key, kind: kind, in: archive, profile)
    }

    private func show(
        _ key: String, kind: MediaKind, in archive: Archive, _ profile: RenditionProfile
    ) async throws -> String {
        let job = archive.ids.next(at: Date()).description
        let record = MediaRecord(key: key, kind: kind, mimeType: "a/b", fileSize: 1)
            .with(Rendition(pending: profile, job: job))
        try await archive.chat.reserve(objects: record.objects)
        try await archive.chat.save(
            MediaItem(id: archive.ids.next(at: Date()).description, owner: "ann", record: record, createdAt: Date()))
        return job
    }

    private func awaitEnd(of jobs: [String], in archive: Archive) async throws {
        for job in jobs {
            try await eventually("the job has ended") { try await archive.chat.job(job)?.state == .completed }
        }
    }

    @Test("several at once and one after another, each once; what another record has already is not made again")
    func lanes() async throws {
        let archive = try Archive()
        var jobs: [String] = []
        for number in 0..<3 {
            jobs.append(
                try await add("voice/voice.ogg", as: "\(number).ogg", kind: .audio, to: archive, .voiceM4A))
        }
        jobs.append(try await show("0.ogg", kind: .audio, in: archive, .voiceM4A))
        let service = service(archive)
        let run = Task { await service.run() }
        try await awaitEnd(of: jobs, in: archive)
        run.cancel()
        await run.value
        let shared = try await archive.chat.records(of: "0.ogg").compactMap { $0.rendition(.voiceM4A) }
        #expect(shared.count == 2 && shared[0] == shared[1] && shared[0].status == .ready)
        #expect(try await archive.keys().count == 6)
        #expect(try await archive.chat.pendingDeletions(limit: 10).isEmpty)
        #expect(try await archive.chat.abandonedObjects(reservedFor: .zero).isEmpty)
        let key = try #require(shared[0].key.flatMap(ObjectKey.init(validating:)))
        let found = try await archive.objects.info(key)
        let info = try #require(found)
        #expect(info.attributes.contentType == "audio/mp4" && info.size == shared[0].fileSize)
    }

    @Test("what cannot be made is stated in the record with its reason")
    func failed() async throws {
        let archive = try Archive()
        let jobs = [
            try await add("broken/truncated.ogg", as: "a.mp4", kind: .video, to: archive, .video720p),
            try await add("broken/text.mp4", as: "b.mp4", kind: .video, to: archive, .video720p),
        ]
        let service = service(archive, lanes: 2)
        let run = Task { await service.run() }
        try await awaitEnd(of: jobs, in: archive)
        run.cancel()
        await run.value
        for (key, reason) in [("a.mp4", "unreadable"), ("b.mp4", "wrong_kind")] {
            let rendition = try await archive.chat.records(of: key).first?.rendition(.video720p)
            #expect(rendition?.status == .failed && rendition?.failure == reason)
        }
        #expect(try await archive.chat.failures(of: jobs[0], after: 0, limit: 10).map(\.object) == ["a.mp4"])
        #expect(try await archive.keys().count == 2)
    }

    @Test("nodes share them through a queue of their own, and leave nothing in it")
    func shared() async throws {
        let nodes = try Nodes()
        let options = RedisOptions(port: nodes.redis.port, timeout: .seconds(20))
        func queue() -> ItemQueue {
            ItemQueue(options, name: "renditions", expiry: .seconds(60), logger: nodes.logger)
        }
        var jobs: [String] = []
        for number in 0..<4 {
            jobs.append(
                try await add("voice/voice.ogg", as: "\(number).ogg", kind: .audio, to: nodes.archive, .voiceM4A))
        }
        let observer = queue()
        try await running(service(nodes.archive, queue: queue()), service(nodes.archive, queue: queue())) {
            try await awaitEnd(of: jobs, in: nodes.archive)
            try await eventually("the queue is empty") {
                try await observer.counts() == ItemQueue.Counts(waiting: 0, taken: 0, deadLetters: 0)
            }
        }
        #expect(try await nodes.archive.keys().count == 8)
        #expect(try await nodes.queue().counts() == ItemQueue.Counts(waiting: 0, taken: 0, deadLetters: 0))
    }
}
