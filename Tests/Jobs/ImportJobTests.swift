import ChatBridge
import ChatStoreSQLite
import Foundation
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import TestPrograms
import Testing

@testable import Jobs

@Suite("Imports as jobs", .timeLimit(.minutes(5)))
struct ImportJobTests {
    private static let rules = ["legacy/{owner}/* {owner} - video", "other/* archive"]

    /// Stores a sample, past Darkroom.
    private func put(_ sample: String, _ key: String, in archive: Archive) async throws {
        try await archive.objects.put(Project.file("samples/\(sample)").path, as: ObjectKey(validating: key)!)
    }

    private func media(_ archive: Archive) async throws -> [MediaItem] {
        try await archive.chat.media(matching: MediaFilter(), after: nil, limit: 100)
    }

    @Test(
        "each object that a rule covers becomes a medium of its owner, with preview and digest; others are reported by code"
    )
    func registered() async throws {
        let archive = try Archive()
        for number in 0..<5 { try await put("video/short.mp4", "legacy/u\(number)/film.mp4", in: archive) }
        try await put("voice/voice.m4a", "legacy/ann/voice.m4a", in: archive)
        try await put("broken/truncated.mp4", "other/broken.mp4", in: archive)
        try await put("video/short.mp4", "unknown/film.mp4", in: archive)
        let runner = JobRunner(
            store: archive.chat, reprocessor: archive.reprocessor(archive.settings()),
            settings: {
                var settings = archive.settings()
                settings.selectionPage = 2
                return settings
            }(), logger: .silent)
        let job = try await archive.job(MediaJobRequest(importing: "", rules: Self.rules))
        #expect(try await runner.carryOut(job) == .completed)
        #expect(try await archive.chat.job(job.id)?.counts.items == [.done: 5, .failed: 2])
        let failures = try await archive.chat.failures(of: job.id, after: 0, limit: 10)
        #expect(
            Dictionary(uniqueKeysWithValues: failures.map { ($0.object, $0.reason.code) })
                == ["legacy/ann/voice.m4a": "wrong_kind", "other/broken.mp4": "truncated"])
        let found = try await media(archive)
        #expect(Set(found.map(\.owner)) == ["u0", "u1", "u2", "u3", "u4"])
        #expect(found.allSatisfy { $0.record.sha256?.count == 64 && $0.record.thumbnailKey != nil })
        #expect(try await archive.keys().count == 13)

        // Another job finds them registered.
        let again = try await archive.job(MediaJobRequest(importing: "legacy/", rules: Self.rules))
        #expect(try await archive.runner().carryOut(again) == .completed)
        #expect(try await archive.chat.job(again.id)?.counts.items == [.unchanged: 5, .failed: 1])
        let keys = ["unknown/film.mp4", "other/none.mp4", "legacy/u0/film.mp4"]
        let listed = try await archive.job(MediaJobRequest(importing: nil, keys: keys, rules: Self.rules))
        #expect(try await archive.runner().carryOut(listed) == .completed)
        #expect(try await archive.chat.job(listed.id)?.counts.items == [.skipped: 1, .failed: 1, .unchanged: 1])
        #expect(try await media(archive).count == 5)
        #expect(try await archive.chat.abandonedObjects(reservedFor: .zero).isEmpty)
    }

    @Test("a run that is abandoned leaves nothing, and the next one goes on: each object once")
    func abandoned() async throws {
        let archive = try Archive()
        for number in 0..<8 { try await put("video/short.mp4", "legacy/u\(number)/film.mp4", in: archive) }
        let job = try await archive.job(MediaJobRequest(importing: "legacy/", rules: Self.rules))
        let workers = GatedWorkers(passing: 3)
        let first = archive.runner(workers: workers)
        let run = Task { try await first.carryOut(job) }
        try await eventually { workers.count >= 5 }
        run.cancel()
        workers.open()
        #expect(try await run.value == .stopped)
        #expect(try await archive.runner().carryOut(job) == .completed)
        let counts = try #require(try await archive.chat.job(job.id)).counts
        #expect(counts.items == [.done: 8])
        #expect(try await media(archive).count == 8)
        try await archive.deleteOrphans()
        #expect(try await archive.keys().count == 16)
        #expect(try await archive.chat.abandonedObjects(reservedFor: .zero).isEmpty)
    }

    @Test("an object that a request registers at the same time is registered once, and has one preview")
    func raced() async throws {
        let archive = try Archive()
        try await put("video/short.mp4", "legacy/ann/film.mp4", in: archive)
        let job = try await archive.job(MediaJobRequest(importing: "legacy/", rules: Self.rules))
        let workers = GatedWorkers(passing: 0)
        let run = Task { try await archive.runner(workers: workers).carryOut(job) }
        try await eventually { workers.count == 1 }
        let record = MediaRecord(key: "legacy/ann/film.mp4", kind: .video, mimeType: "video/mp4", fileSize: 1)
        #expect(
            try await archive.chat.register(MediaItem(id: "m", owner: "bob", record: record, createdAt: Date()))
                == .registered)
        workers.open()
        #expect(try await run.value == .completed)
        #expect(try await archive.chat.job(job.id)?.counts.items == [.unchanged: 1])
        #expect(try await media(archive).map(\.id) == ["m"])
        try await archive.deleteOrphans()
        #expect(try await archive.keys() == ["legacy/ann/film.mp4"])
    }

    @Test("the nodes of a cluster share an import, and leave nothing in the queue")
    func shared() async throws {
        let nodes = try Nodes()
        for number in 0..<12 { try await put("video/short.mp4", "legacy/u\(number)/film.mp4", in: nodes.archive) }
        let (first, second) = (GatedWorkers(passing: 1), GatedWorkers(passing: 1))
        let queue = nodes.queue()
        let node = nodes.node(queue, workers: first)
        let job = try await nodes.open(MediaJobRequest(importing: "legacy/", rules: Self.rules), at: node)
        try await running(node, nodes.node(nodes.queue(), workers: second)) {
            try await eventually("both nodes process items") { first.count >= 3 && second.count >= 3 }
            first.open()
            second.open()
            try await nodes.awaitCompletion(of: job)
            try await eventually("the queue is empty") {
                try await queue.counts() == ItemQueue.Counts(waiting: 0, taken: 0, deadLetters: 0)
            }
        }
        #expect(try await nodes.counts(job).items == [.done: 12])
        #expect(try await media(nodes.archive).count == 12)
        #expect(try await nodes.archive.keys().count == 24)
    }
}
