import ChatBridge
import Logging
import ObjectStore
import Synchronization

/// The jobs of several nodes: each open job has a coordinator on one of them, and any node may process its items.
final class JobDistribution: Sendable {
    private let origin: MediaJob.Origin
    private let store: any MediaJobStore
    private let objects: any ObjectStore
    private let queue: ItemQueue
    private let settings: ReprocessSettings
    private let consumer: ItemConsumer?
    private let logger: Logger
    /// The jobs that are coordinated here.
    private let coordinated = Mutex<[String: Task<Void, Never>]>([:])

    /// - Parameters:
    ///   - origin: which jobs are coordinated.
    ///   - consumer: processes items here; `nil` where other nodes process all.
    init(
        origin: MediaJob.Origin, store: any MediaJobStore, objects: any ObjectStore, queue: ItemQueue,
        settings: ReprocessSettings,
        consumer: ItemConsumer?, logger: Logger
    ) {
        self.origin = origin
        self.store = store
        self.objects = objects
        self.queue = queue
        self.settings = settings
        self.consumer = consumer
        self.logger = logger
    }

    /// Coordinates jobs and processes items until the task is cancelled.
    /// - Parameter signal: sent when there is a new job.
    func run(_ signal: WakeSignal) async {
        await withTaskGroup(of: Void.self) { group in
            if let consumer { group.addTask { await consumer.run() } }
            group.addTask { await self.coordinate(signal) }
        }
    }

    /// Takes no further items, and finishes what was taken.
    func finish() async { await consumer?.finish() }

    /// Whether ``finish()`` was called.
    var isFinishing: Bool { consumer?.isFinishing ?? false }

    /// Gives back what was taken of a job that was cancelled.
    func cancel(_ job: String) { consumer?.cancel(job) }

    private func coordinate(_ signal: WakeSignal) async {
        await signal.run {
            do {
                try await claimJobs()
            } catch {
                logger.warning("jobs cannot be run", ["cause": "\(error)"])
            }
            // Other nodes add jobs as well, and may end while they coordinate one.
            return .seconds(settings.lease)
        }
        let tasks = coordinated.withLock { Array($0.values) }
        tasks.forEach { $0.cancel() }
        for task in tasks { await task.value }
    }

    private func claimJobs() async throws {
        for job in try await store.openJobs(of: origin, limit: settings.openJobs) {
            guard !Task.isCancelled else { return }
            guard coordinated.withLock({ $0[job] == nil }) else { continue }
            let coordinator = JobCoordinator(
                store: store, objects: objects, queue: queue, settings: settings, logger: logger)
            guard case .granted(let claimed) = try await coordinator.claim(job) else { continue }
            coordinated.withLock { coordinated in
                coordinated[job] = Task {
                    await run(claimed, coordinator)
                    self.coordinated.withLock { $0[job] = nil }
                }
            }
        }
    }

    private func run(_ job: MediaJob, _ coordinator: JobCoordinator) async {
        logger.info("a job begins", ["job": job.id])
        do {
            let end = try await coordinator.run(job.id, job.request)
            logger.info("a job ended", ["job": job.id, "end": "\(end)"])
        } catch {
            logger.warning("a job is interrupted", ["job": job.id, "cause": "\(error)"])
        }
    }
}
