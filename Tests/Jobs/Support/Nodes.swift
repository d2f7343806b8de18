import ChatBridge
import ChatStoreSQLite
import Foundation
import Logging
import MediaModel
import Redis
import TestPrograms

@testable import Jobs

/// Nodes that share an archive and a Redis server.
struct Nodes {
    let archive: Archive
    let redis: RedisServer
    let logger = Logger(level: .error) { _ in }

    init() throws {
        archive = try Archive()
        redis = try RedisServer()
    }

    /// The queue as one more node has it.
    func queue(expiry: Duration = .seconds(60)) -> ItemQueue {
        ItemQueue(RedisOptions(port: redis.port, timeout: .seconds(20)), expiry: expiry, logger: logger)
    }

    /// A node. Nothing runs before its `run()`.
    func node(
        _ queue: ItemQueue, workers: GatedWorkers = GatedWorkers(passing: .max), concurrency: Int = 2,
        processesItems: Bool = true, lease: Double = 60
    ) -> JobService {
        var settings = archive.settings(concurrency: concurrency)
        settings.lease = lease
        return JobService(
            store: archive.chat, reprocessor: archive.reprocessor(settings, workers: workers), settings: settings,
            ids: archive.ids, wakeOrphanDeleter: WakeSignal(), queue: queue, processesItems: processesItems,
            logger: logger)
    }

    func addVideos(_ count: Int, prefix: String = "") async throws {
        for number in 0..<count {
            try await archive.add("video/short.mp4", as: "\(prefix)\(number).mp4", kind: .video)
        }
    }

    func open(_ request: MediaJobRequest = MediaJobRequest(), at node: JobService) async throws -> String {
        guard let opened = try await node.open(request, idempotencyKey: nil) else {
            throw ProgramFailure("too many jobs")
        }
        return opened.job.id
    }

    func counts(_ job: String) async throws -> MediaJob.Counts {
        try await archive.chat.job(job)?.counts ?? MediaJob.Counts()
    }

    func awaitCompletion(of job: String) async throws {
        try await eventually("the job is completed") { try await archive.chat.job(job)?.state == .completed }
    }
}

/// Runs nodes until `body` has ended.
func running(_ nodes: JobService..., body: () async throws -> Void) async throws {
    let tasks = nodes.map { node in Task { await node.run() } }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    try result.get()
}
