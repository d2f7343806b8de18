public import ChatBridge
public import Foundation
public import Logging
import Synchronization

/// The service's jobs. Jobs that were interrupted by a shutdown or a crash continue when the service starts again.
///
/// In one process they are executed one at a time, the oldest first. With a queue that several nodes share, all open jobs are
/// executed at once, by all nodes that process items.
public final class JobService: Sendable {
    private let store: any MediaJobStore
    private let reprocessor: Reprocessor
    private let settings: ReprocessSettings
    private let ids: ObjectIDGenerator
    private let wakeOrphanDeleter: WakeSignal
    private let onEnd: @Sendable () -> Void
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let origin: MediaJob.Origin
    /// One for each job that this process executes at once.
    private let signals: [WakeSignal]
    private let distribution: JobDistribution?
    private let running = Mutex<[String: Task<JobRunner.End, any Error>]>([:])

    /// A job service. Nothing runs before ``run()``.
    /// - Parameters:
    ///   - origin: which jobs are executed.
    ///   - lanes: how many jobs this process executes at once, where it has no queue.
    ///   - wakeOrphanDeleter: notified when objects may have been marked for deletion.
    ///   - onEnd: called when a job has ended, which may have changed media.
    ///   - queue: the queue of all nodes; `nil` where jobs are executed in this process.
    ///   - processesItems: whether this node processes items of the queue.
    public init(
        store: any MediaJobStore, reprocessor: Reprocessor, settings: ReprocessSettings, ids: ObjectIDGenerator,
        origin: MediaJob.Origin = .service, lanes: Int = 1,
        wakeOrphanDeleter: WakeSignal, onEnd: @escaping @Sendable () -> Void = {}, queue: ItemQueue? = nil,
        processesItems: Bool = true,
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger
    ) {
        self.store = store
        self.reprocessor = reprocessor
        self.settings = settings
        self.ids = ids
        self.wakeOrphanDeleter = wakeOrphanDeleter
        self.onEnd = onEnd
        self.now = now
        self.logger = logger
        self.origin = origin
        signals = (0..<max(lanes, 1)).map { _ in WakeSignal() }
        distribution = queue.map { queue in
            var consumer: ItemConsumer?
            if processesItems {
                consumer = ItemConsumer(
                    store: store, queue: queue, reprocessor: reprocessor, settings: settings,
                    onChange: { wakeOrphanDeleter.wake() }, logger: logger)
            }
            return JobDistribution(
                origin: origin, store: store, objects: reprocessor.objects, queue: queue, settings: settings,
                consumer: consumer,
                logger: logger)
        }
    }

    /// Creates a job for `request`, or returns the one that was created with the same idempotency key; `nil` when too
    /// many jobs are open.
    /// - Throws: `ChatError` when the store fails.
    public func open(
        _ request: MediaJobRequest, idempotencyKey: String?
    ) async throws -> (job: MediaJob, isNew: Bool)? {
        try await store.deleteEndedJobs(keeping: settings.rememberedJobs)
        let waiting = try await store.jobs(of: .service, isOpen: true, limit: settings.openJobs)
        if waiting.count >= settings.openJobs {
            guard let idempotencyKey else { return nil }
            let all = try await store.jobs(
                of: .service, isOpen: false, limit: settings.openJobs + settings.rememberedJobs)
            return all.first { $0.idempotencyKey == idempotencyKey }.map { ($0, false) }
        }
        let new = MediaJob(
            id: ids.next(at: now()).description, origin: .service, request: request, idempotencyKey: idempotencyKey,
            createdAt: now())
        let job = try await store.add(new)
        wake()
        return (job, job.id == new.id)
    }

    /// Creates a job that deletes what is stored for a user, or returns the one that has not ended; `nil` when too many jobs are open.
    /// - Throws: `ChatError` when the store fails.
    public func openErasure(of user: String) async throws -> MediaJob? {
        let open = try await store.jobs(of: .service, isOpen: true, limit: settings.openJobs)
        if let job = open.first(where: { $0.request.erasedUser == user && $0.state == .waiting }) { return job }
        return try await self.open(MediaJobRequest(erasing: user), idempotencyKey: nil)?.job
    }

    /// Notes that there may be a new job.
    public func wake() { for signal in signals { signal.wake() } }

    /// Cancels a job and its execution. Returns `nil` when there is no such job.
    /// - Throws: `ChatError` when the store fails.
    public func cancel(_ id: String) async throws -> MediaJob? {
        let job = try await store.cancelJob(id)
        running.withLock { $0[id] }?.cancel()
        distribution?.cancel(id)
        return job
    }

    /// Takes no further items from the queue of all nodes, and finishes what was taken.
    public func finish() async { await distribution?.finish() }

    /// Whether ``finish()`` was called.
    var isFinishing: Bool { distribution?.isFinishing ?? false }

    /// Runs jobs until the task is cancelled.
    public func run() async {
        if let distribution { return await distribution.run(signals[0]) }
        await withTaskGroup(of: Void.self) { group in
            for signal in signals { group.addTask { await self.run(wokenBy: signal) } }
        }
    }

    private func run(wokenBy signal: WakeSignal) async {
        await signal.run {
            do {
                return try await runOpenJobs()
            } catch  where error.isReadOnlyStore {
                return .seconds(5)
            } catch {
                logger.warning("jobs cannot be run", ["cause": "\(error)"])
                return .seconds(settings.lease)
            }
        }
    }

    /// Runs the open jobs. Returns the time after which to check again, if there is anything to wait for.
    private func runOpenJobs() async throws -> Duration? {
        var wait: Duration?
        for job in try await store.openJobs(of: origin, limit: settings.openJobs) {
            guard !Task.isCancelled else { return nil }
            let runner = JobRunner(
                store: store, reprocessor: reprocessor, settings: settings,
                onChange: { [wakeOrphanDeleter] in wakeOrphanDeleter.wake() }, logger: logger)
            switch try await runner.claim(job) {
            case .granted(let job): try await run(job, by: runner)
            case .held(let time): wait = min(wait ?? time, max(time, .milliseconds(100)))
            case .ended: break
            }
        }
        if wait == nil, try await !store.openJobs(of: origin, limit: 1).isEmpty { return .seconds(1) }
        return wait
    }

    private func run(_ job: MediaJob, by runner: JobRunner) async throws {
        log("a job begins", ["job": job.id])
        let run = Task { try await runner.run(job) }
        running.withLock { $0[job.id] = run }
        defer { running.withLock { $0[job.id] = nil } }
        let end = try await withTaskCancellationHandler {
            try await run.value
        } onCancel: {
            run.cancel()
        }
        wakeOrphanDeleter.wake()
        onEnd()
        if origin == .rendition { try await store.deleteEndedJobs(keeping: settings.rememberedJobs) }
        let counts = runner.counts
        log(
            "a job ended",
            [
                "job": job.id, "end": "\(end)", "done": "\(counts[.done])", "unchanged": "\(counts[.unchanged])",
                "skipped": "\(counts[.skipped])", "failed": "\(counts[.failed])",
            ])
    }

    /// Renditions are many: what becomes of each is in its record.
    private func log(_ message: StaticString, _ metadata: Logger.Metadata) {
        if origin == .rendition { logger.debug(message, metadata) } else { logger.info(message, metadata) }
    }
}
