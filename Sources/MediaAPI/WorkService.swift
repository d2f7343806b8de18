public import ChatBridge
import Foundation
public import HTTPServer
public import Jobs
public import Logging
public import MediaWorker
public import Metrics
public import ObjectStore

/// A work node: it processes items of jobs, and coordinates jobs whose node is gone. Over HTTP it has health and metrics alone.
public final class WorkService: HTTPResponder {
    /// The dependencies of a work node.
    public struct Dependencies: Sendable {
        /// The store of objects.
        public var objects: any ObjectStore
        /// The store of chats.
        public var chat: any ChatStore
        /// The queue of all nodes.
        public var queue: ItemQueue
        /// Makes renditions, and the queue of those that are to be made.
        public var renditions: (maker: any RenditionMaking, queue: ItemQueue, concurrency: Int)?
        /// Validates stored objects.
        public var inspector: StoredInspector
        /// Verifies tokens, for the metrics.
        public var tokens: TokenVerifier
        /// Statistics of the worker processes.
        public var workers: @Sendable () -> WorkerStatistics
        /// Where metrics are added.
        public var metrics: MetricsRegistry
        /// The log.
        public var logger: Logger

        /// Dependencies of a work node.
        public init(
            objects: any ObjectStore, chat: any ChatStore, queue: ItemQueue, inspector: StoredInspector,
            tokens: TokenVerifier, workers: @escaping @Sendable () -> WorkerStatistics, metrics: MetricsRegistry,
            logger: Logger
        ) {
            self.objects = objects
            self.chat = chat
            self.queue = queue
            self.inspector = inspector
            self.tokens = tokens
            self.workers = workers
            self.metrics = metrics
            self.logger = logger
        }
    }

    private let jobs: JobService
    private let renditionJobs: JobService?
    private let orphanDeleter: OrphanDeleter
    private let health: HealthRoutes
    private let routes: Routes

    /// A work node. Nothing runs before ``run()``.
    /// - Parameters:
    ///   - dialects: those whose messages jobs may delete, with the events of that.
    ///   - hasOpenMetrics: whether metrics need no token; otherwise a service token is required.
    package init(
        _ dependencies: Dependencies, settings: ReprocessSettings, dialects: [any DialectModule.Type],
        hasOpenMetrics: Bool
    ) {
        let (objects, chat, logger) = (dependencies.objects, dependencies.chat, dependencies.logger)
        let wakeOrphanDeleter = WakeSignal()
        orphanDeleter = OrphanDeleter(
            references: chat, signal: wakeOrphanDeleter, period: .seconds(30), logger: logger,
            endWrites: { keys in try await objects.abortWrites(to: keys.compactMap(ObjectKey.init(validating:))) },
            delete: { keys in try await objects.delete(keys.compactMap(ObjectKey.init(validating:))) })
        let ids = ObjectIDGenerator()
        jobs = JobService(
            store: chat,
            reprocessor: Reprocessor(
                chat: chat, objects: objects, inspector: dependencies.inspector, settings: settings,
                eraser: UserEraser(
                    chat, objects: objects, dialects: dialects, now: { Date() }, wake: { wakeOrphanDeleter.wake() }),
                ids: ids, logger: logger),
            settings: settings, ids: ids, wakeOrphanDeleter: wakeOrphanDeleter, queue: dependencies.queue,
            logger: logger)
        renditionJobs = dependencies.renditions.map { renditions in
            let settings = ReprocessSettings(concurrency: renditions.concurrency)
            return JobService(
                store: chat,
                reprocessor: Reprocessor(
                    chat: chat, objects: objects, inspector: dependencies.inspector, settings: settings,
                    renditions: renditions.maker, ids: ids, logger: logger),
                settings: settings, ids: ids, origin: .rendition, wakeOrphanDeleter: wakeOrphanDeleter,
                queue: renditions.queue, logger: logger)
        }
        let (workers, queue) = (dependencies.workers, dependencies.queue)
        dependencies.metrics.add { workers().metrics }
        dependencies.metrics.add { await JobQueueMetrics(queue: queue).collect() }
        var routes = Routes(logger: logger, metrics: dependencies.metrics)
        health = HealthRoutes(objects: objects, chat: chat, queue: queue, workers: workers, logger: logger)
        health.mount(on: &routes)
        MetricsRoutes(
            metrics: dependencies.metrics, isOpen: hasOpenMetrics,
            authenticator: Authenticator(tokens: dependencies.tokens, logger: logger)
        ).mount(on: &routes)
        self.routes = routes
    }

    /// Processes items until the task is cancelled; then what was begun is given back.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.orphanDeleter.run() }
            group.addTask { await self.jobs.run() }
            if let renditionJobs { group.addTask { await renditionJobs.run() } }
        }
    }

    /// Takes no further items, and finishes what was begun.
    public func finish() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.jobs.finish() }
            if let renditionJobs { group.addTask { await renditionJobs.finish() } }
        }
    }

    /// Checks whether the stores respond and logs failures.
    public func reportReadiness() async { await health.report() }

    /// Handles a request.
    public func respond(to request: HTTPRequest) async -> HTTPResponse { await routes.respond(to: request) }
}
