import ChatBridge
import ChatStoreSQLite
import Foundation
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import Synchronization
import TestPrograms
import Testing

@testable import Jobs

@Suite("A job that deletes expired files", .timeLimit(.minutes(5)))
struct ExpiryJobTests {
    private let archive: Archive
    private let rooms = Dialect(rawValue: "rooms")

    init() throws { archive = try Archive() }

    private var service: JobService {
        let settings = archive.settings()
        let eraser = UserEraser(
            store: archive.chat, events: [:], emptiedGroups: [], endUpload: { _, _ in }, now: { Date() }, wake: {})
        return JobService(
            store: archive.chat,
            reprocessor: Reprocessor(
                chat: archive.chat, objects: archive.objects,
                inspector: StoredInspector(store: archive.objects, workers: testWorkers), settings: settings,
                eraser: eraser, logger: .silent), settings: settings, ids: archive.ids,
            wakeOrphanDeleter: WakeSignal(), logger: .silent)
    }

    private func add(
        _ id: String, _ kind: MediaKind, _ age: TimeInterval, in dialect: Dialect? = nil, needsMessage: Bool = false
    )
        async throws
    {
        let record = MediaRecord(key: "k/\(id)", kind: kind, mimeType: "a/b", fileSize: 10)
        try await archive.chat.reserve(objects: record.objects)
        try await archive.chat.save(
            MediaItem(
                id: id, dialect: dialect, owner: "ann", record: record, createdAt: Date(timeIntervalSinceNow: -age),
                needsMessage: needsMessage))
    }

    @Test("is opened once a day by whichever node is first, and not where nothing has expired")
    func opened() async throws {
        let day: TimeInterval = 86_400
        let now = Mutex(Date())
        let service = service
        let schedules = [1, 2].map { _ in
            ExpirySchedule(
                ages: [.video: 30 * day], store: archive.chat, jobs: service, now: { now.withLock { $0 } },
                logger: .silent)
        }
        try await add("young", .video, day)
        try await add("other", .image, 90 * day)
        #expect(try await schedules[0].open() == nil)
        try await add("old", .video, 40 * day)
        let first = try #require(try await schedules[0].open())
        #expect(try await schedules[1].open()?.id == first.id)
        now.withLock { $0 += day }
        #expect(try await schedules[0].open()?.id != first.id)
    }

    @Test("deletes what has expired and counts it; pictures of profiles and younger files stay")
    func expired() async throws {
        let day: TimeInterval = 86_400
        try await add("native", .image, 40 * day)
        try await add("sent", .image, 40 * day, in: rooms, needsMessage: true)
        try await add("profile", .image, 40 * day, in: rooms)
        try await add("young", .image, day)
        let service = service
        let run = Task { await service.run() }
        let schedule = ExpirySchedule(
            ages: [.image: 30 * day], store: archive.chat, jobs: service, now: { Date() }, logger: .silent)
        let job = try #require(try await schedule.open())
        try await eventually { try await archive.chat.job(job.id)?.state == .completed }
        run.cancel()
        await run.value
        let counts = try #require(try await archive.chat.job(job.id)).counts
        #expect(counts.items == [.done: 2, .unchanged: 1] && counts.bytes == 20)
        for (id, isThere) in [("native", false), ("sent", false), ("profile", true), ("young", true)] {
            let media = try await archive.chat.media(id)
            #expect((media != nil) == isThere, "\(id)")
        }
    }
}
