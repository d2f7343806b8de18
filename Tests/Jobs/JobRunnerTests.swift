import ChatBridge
import ChatStoreSQLite
import Foundation
import MediaModel
import MediaWorker
import ObjectStore
import TestPrograms
import Testing

@testable import Jobs

@Suite("A job's run", .timeLimit(.minutes(5)))
struct JobRunnerTests {
    @Test("each medium gets what it can have, what shows it says so, and the old thumbnail goes")
    func made() async throws {
        let archive = try Archive()
        let video = try await archive.add("video/short.mp4", as: "v/film.mp4", kind: .video)
        let voice = try await archive.add("voice/voice.m4a", as: "a/voice.m4a", kind: .audio)
        let image = try await archive.add("image/orientation-6.jpg", as: "i/picture.jpg", kind: .image)
        #expect(try await archive.runner().carryOut(archive.job()) == .completed)
        let film = try #require(try await archive.chat.media(video)?.record)
        let old = try #require(film.thumbnailKey)
        #expect(old.hasPrefix("v/film-thumb-") && film.duration != 1234 && film.dimensions != nil)
        let sound = try #require(try await archive.chat.media(voice)?.record)
        #expect(sound.waveform?.count == 16 && sound.duration != 1234 && sound.thumbnailKey == nil)
        #expect(try await archive.chat.media(image)?.record.thumbnailKey?.hasPrefix("i/picture-thumb-") == true)
        #expect(try await archive.keys().count == 5)

        // With the same settings, nothing changes the second time. With other settings, a new thumbnail replaces the
        // old one.
        let same = try await archive.job()
        #expect(try await archive.runner().carryOut(same) == .completed)
        let counts = try #require(try await archive.chat.job(same.id)).counts
        #expect(counts.items == [.unchanged: 3])
        #expect(try await archive.chat.media(video)?.record == film)
        let other = try await archive.job(MediaJobRequest(only: [.thumbnail]))
        #expect(try await archive.runner(archive.settings(side: 50)).carryOut(other) == .completed)
        #expect(try await archive.chat.job(other.id)?.counts.items == [.done: 2])
        try await archive.deleteOrphans()
        let keys = try await archive.keys()
        #expect(keys.count == 5 && !keys.contains(old))
        #expect(try await archive.chat.abandonedObjects(reservedFor: .zero).isEmpty)
    }

    @Test("what cannot be done is reported with its reason, and does not stop the rest")
    func failures() async throws {
        let archive = try Archive()
        try await archive.show("gone.mp4", kind: .video)
        try await archive.add("broken/truncated.mp4", as: "broken.mp4", kind: .video)
        try await archive.add("voice/voice.ogg", as: "sound.mp4", kind: .video)
        try await archive.add("video/short.mp4", as: "good.mp4", kind: .video)
        try await archive.add("README.md", as: "text.md", kind: .document)
        let keys = ["gone.mp4", "broken.mp4", "sound.mp4", "good.mp4", "text.md", "nobody.mp4"]
        let job = try await archive.job(MediaJobRequest(keys: keys))
        #expect(try await archive.runner().carryOut(job) == .completed)
        #expect(try await archive.chat.job(job.id)?.counts.items == [.failed: 4, .done: 1, .skipped: 1])
        let failures = try await archive.chat.failures(of: job.id, after: 0, limit: 10)
        let codes = Dictionary(uniqueKeysWithValues: failures.map { ($0.object, $0.reason.code) })
        #expect(
            codes == [
                "gone.mp4": "store_not_found", "broken.mp4": "truncated", "sound.mp4": "other_kind",
                "nobody.mp4": "not_shown",
            ])
        #expect(try await archive.chat.abandonedObjects(reservedFor: .zero).isEmpty)
    }

    @Test("a run that is stopped finishes what it began; the next one does the rest, and nothing twice")
    func stopped() async throws {
        let archive = try Archive()
        for number in 0..<12 { try await archive.add("video/short.mp4", as: "\(number).mp4", kind: .video) }
        let job = try await archive.job()
        let workers = GatedWorkers(passing: 4)
        let first = archive.runner(workers: workers)
        let run = Task { try await first.carryOut(job) }
        try await eventually { workers.count == 6 }
        first.stop()
        workers.open()
        #expect(try await run.value == .stopped)
        #expect(first.counts[.done] == 6 && first.counts[.waiting] == 6)
        let done = try await archive.keys()
        #expect(try await archive.runner().carryOut(job) == .completed)
        #expect(try await archive.chat.job(job.id)?.counts.items == [.done: 12])
        #expect(try await archive.keys().count == 24)
        #expect(try await Set(archive.keys()).isSuperset(of: done))
        #expect(try await archive.chat.pendingDeletions(limit: 10).isEmpty)
    }

    @Test("a run that is given up leaves nothing of what it was at, and counts it as never begun")
    func cancelled() async throws {
        let archive = try Archive()
        for number in 0..<4 { try await archive.add("video/short.mp4", as: "\(number).mp4", kind: .video) }
        let job = try await archive.job()
        let workers = GatedWorkers(passing: 1)
        let runner = archive.runner(workers: workers)
        let run = Task { try await runner.carryOut(job) }
        try await eventually { workers.count == 3 }
        run.cancel()
        workers.open()
        #expect(try await run.value == .stopped)
        try await archive.deleteOrphans()
        let counts = try #require(try await archive.chat.job(job.id)).counts
        #expect(counts[.running] == 0 && counts.total == 4)
        #expect(try await archive.keys().count == 4 + counts[.done])
        #expect(try await archive.chat.abandonedObjects(reservedFor: .zero).isEmpty)
    }

    @Test("a runner whose job another has taken over changes nothing more")
    func lost() async throws {
        let archive = try Archive()
        try await archive.add("video/short.mp4", as: "a.mp4", kind: .video)
        let job = try await archive.job()
        let workers = GatedWorkers(passing: 0)
        let slow = archive.runner(archive.settings(side: 50), workers: workers)
        guard case .granted(let claimed) = try await slow.claim(job.id) else {
            Issue.record("not granted")
            return
        }
        let run = Task { try await slow.run(claimed) }
        try await eventually { workers.count == 1 }
        // As after a long pause: another runner has claimed the job.
        _ = try await archive.chat.claim(job.id, by: "other", lease: .zero)
        try await archive.chat.release(job.id, by: "other")
        #expect(try await archive.runner().carryOut(job) == .completed)
        let record = try await archive.chat.records(of: "a.mp4").first
        workers.open()
        #expect(try await run.value == .lost)
        try await archive.deleteOrphans()
        #expect(try await archive.chat.records(of: "a.mp4").first == record)
        #expect(try await archive.keys() == ["a.mp4", try #require(record?.thumbnailKey)].sorted())
    }

    @Test("an object at which the program ended again and again is left out in the end")
    func crashingFile() async throws {
        let archive = try Archive()
        try await archive.add("video/short.mp4", as: "a.mp4", kind: .video)
        let job = try await archive.job()
        for number in 0..<MediaJobItem.maximumAttempts {
            let runner = "crashing \(number)"
            _ = try await archive.chat.claim(job.id, by: runner, lease: .zero)
            while try await archive.chat.fill(job.id, by: runner, limit: 10) != nil {}
            guard case .item = try await archive.chat.nextItem(of: job.id, by: runner) else {
                Issue.record("no item")
                return
            }
        }
        try await archive.chat.release(job.id, by: "crashing \(MediaJobItem.maximumAttempts - 1)")
        #expect(try await archive.runner().carryOut(job) == .completed)
        #expect(try await archive.chat.failures(of: job.id, after: 0, limit: 10).map(\.reason.code) == ["interrupted"])
    }
}
