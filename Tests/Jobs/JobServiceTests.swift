import ChatBridge
import ChatStoreSQLite
import Foundation
import Logging
import MediaModel
import ObjectStore
import TestPrograms
import Testing

@testable import Jobs

@Suite("The service's jobs", .timeLimit(.minutes(5)))
struct JobServiceTests {
    @Test(
        "a job that is asked for runs; one that a stop interrupted goes on with the next desk; another's is left alone")
    func lifecycle() async throws {
        let archive = try Archive()
        for number in 0..<6 { try await archive.add("video/short.mp4", as: "\(number).mp4", kind: .video) }
        let command = try await archive.job(origin: .command)
        let workers = GatedWorkers(passing: 3)
        let service = service(archive, workers)
        let first = Task { await service.run() }
        let job = try #require(try await service.open(MediaJobRequest(), idempotencyKey: nil)).job
        try await eventually { workers.count == 5 }
        first.cancel()
        workers.open()
        await first.value
        let interrupted = try #require(try await archive.chat.job(job.id))
        #expect(interrupted.state == .running && interrupted.counts[.running] == 0)
        let next = self.service(archive)
        let second = Task { await next.run() }
        try await eventually { try await archive.chat.job(job.id)?.state == .completed }
        second.cancel()
        await second.value
        #expect(try await archive.chat.job(job.id)?.counts.items == [.done: 6])
        #expect(try await archive.chat.job(command.id)?.state == .waiting)
    }

    @Test("a job that is cancelled is given up at once, and the next one begins")
    func cancel() async throws {
        let archive = try Archive()
        for number in 0..<3 { try await archive.add("video/short.mp4", as: "\(number).mp4", kind: .video) }
        let workers = GatedWorkers(passing: 1)
        let service = service(archive, workers)
        let run = Task { await service.run() }
        let job = try #require(try await service.open(MediaJobRequest(), idempotencyKey: nil)).job
        try await eventually { workers.count == 3 }
        let next = try #require(try await service.open(MediaJobRequest(kind: .audio), idempotencyKey: nil)).job
        #expect(try await service.cancel(job.id)?.state == .cancelled)
        workers.open()
        try await eventually { try await archive.chat.job(next.id)?.state == .completed }
        #expect(try await service.cancel("unknown") == nil)
        #expect(try await service.cancel(next.id)?.state == .completed)
        run.cancel()
        await run.value
        try await archive.deleteOrphans()
        let done = try #require(try await archive.chat.job(job.id)).counts[.done]
        #expect(try await archive.keys().count == 3 + done)
    }

    @Test("asking twice by one name is asking once; too many jobs are rejected")
    func bounds() async throws {
        let archive = try Archive()
        let service = service(archive)
        let first = try #require(try await service.open(MediaJobRequest(), idempotencyKey: "nightly"))
        let again = try #require(try await service.open(MediaJobRequest(), idempotencyKey: "nightly"))
        #expect(first.isNew && !again.isNew && again.job.id == first.job.id)
        for _ in 1..<archive.settings().openJobs {
            #expect(try await service.open(MediaJobRequest(), idempotencyKey: nil) != nil)
        }
        #expect(try await service.open(MediaJobRequest(), idempotencyKey: nil) == nil)
        #expect(try await service.open(MediaJobRequest(), idempotencyKey: "nightly")?.job.id == first.job.id)
    }

    private func service(_ archive: Archive, _ workers: GatedWorkers = GatedWorkers(passing: .max)) -> JobService {
        JobService(
            store: archive.chat, reprocessor: archive.reprocessor(archive.settings(), workers: workers),
            settings: archive.settings(), ids: archive.ids, wakeOrphanDeleter: WakeSignal(), logger: .silent)
    }
}
