import ChatBridge
import ChatStoreSQLite
import Concurrency
import Foundation
import Logging
import MediaModel
import MediaWorker
import ObjectStore
import Synchronization
import TestPrograms

@testable import Jobs

/// A folder of objects, and messages that show them.
final class Archive: Sendable {
    let folder: TemporaryFolder
    let chat: SQLiteChatStore
    let objects: FolderStore
    let ids = ObjectIDGenerator()

    init() throws {
        folder = try TemporaryFolder()
        chat = try SQLiteChatStore(path: folder.path + "/chat.sqlite")
        objects = try FolderStore(
            directory: folder.path + "/store", baseURL: "http://localhost", signingKey: [1],
            threads: ThreadPool(name: "store", threads: 2))
    }

    /// Stores the sample, with a message that shows it and has wrong values for it.
    @discardableResult
    func add(_ name: String, as key: String, kind: MediaKind) async throws -> String {
        try await objects.put(
            Project.file("samples/\(name)").path, as: ObjectKey(validating: key)!)
        return try await show(key, kind: kind)
    }

    @discardableResult
    func show(_ key: String, kind: MediaKind) async throws -> String {
        let record = MediaRecord(
            key: key, kind: kind, mimeType: "a/b", fileSize: 1, duration: kind == .image ? nil : 1234,
            waveform: kind == .audio ? [1, 0] : nil)
        let media = MediaItem(id: ids.next(at: Date()).description, owner: "ann", record: record, createdAt: Date())
        try await chat.reserve(objects: record.objects)
        try await chat.save(media)
        return media.id
    }

    /// The keys of all objects, as the store has them.
    func keys() async throws -> [String] {
        try await objects.list(prefix: "", after: nil, limit: 1000).keys.map(\.rawValue)
    }

    /// Deletes the objects that are marked for deletion.
    func deleteOrphans() async throws {
        try await OrphanDeleter(references: chat, logger: .silent) { [objects] keys in
            try await objects.delete(keys.compactMap(ObjectKey.init(validating:)))
        }.deletePending()
    }

    func settings(concurrency: Int = 2, side: Int = 100) -> ReprocessSettings {
        ReprocessSettings(
            thumbnail: ThumbnailSettings(longestSide: side), waveform: WaveformSettings(buckets: 16),
            concurrency: concurrency)
    }

    func reprocessor(
        _ settings: ReprocessSettings, workers: any MediaInspecting = testWorkers
    ) -> Reprocessor {
        Reprocessor(
            chat: chat, objects: objects, inspector: StoredInspector(store: objects, workers: workers),
            settings: settings, logger: .silent)
    }

    func runner(
        _ settings: ReprocessSettings? = nil, workers: any MediaInspecting = testWorkers
    ) -> JobRunner {
        let settings = settings ?? self.settings()
        return JobRunner(
            store: chat, reprocessor: reprocessor(settings, workers: workers), settings: settings, logger: .silent)
    }

    func job(_ request: MediaJobRequest = MediaJobRequest(), origin: MediaJob.Origin = .command) async throws
        -> MediaJob
    {
        try await chat.add(
            MediaJob(id: ids.next(at: Date()).description, origin: origin, request: request, createdAt: Date()))
    }
}

extension JobRunner {
    /// Claims and runs.
    func carryOut(_ job: MediaJob) async throws -> End? {
        guard case .granted(let job) = try await claim(job.id) else { return nil }
        return try await run(job)
    }
}

/// Inspects like any other workers, but waits before the inspections that the test holds back.
final class GatedWorkers: MediaInspecting {
    private let begun = Mutex(0)
    private let gate = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))
    private let passing: Int

    /// Lets `passing` inspections run, and holds back all further ones until ``open()``.
    init(passing: Int) { self.passing = passing }

    /// The number of inspections requested.
    var count: Int { begun.withLock { $0 } }

    func open() {
        let waiting = gate.withLock { gate in
            gate.isOpen = true
            defer { gate.waiting = [] }
            return gate.waiting
        }
        waiting.forEach { $0.resume() }
    }

    func inspect(_ job: InspectionJob) async throws(MediaError) -> Inspection {
        let number = begun.withLock { begun in
            begun += 1
            return begun
        }
        if number > passing {
            await withCheckedContinuation { continuation in
                let isOpen = gate.withLock { gate in
                    if !gate.isOpen { gate.waiting.append(continuation) }
                    return gate.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }
        return try await testWorkers.inspect(job)
    }
}
