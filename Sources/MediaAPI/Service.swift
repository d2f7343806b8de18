import ChatBridge
public import Configuration
import Foundation
public import HTTPServer
import Logging
import MediaWorker
import ObjectStore
import Realtime
import Reprocessing

/// The service: every route of every dialect, the native API, the sockets, and what runs beside them.
public final class Service: HTTPResponder {
    private let routes: Routes
    private let health: HealthRoutes
    private let outbox: OutboxDeliverer
    private let orphanDeleter: OrphanDeleter
    private let reaper: AbandonedUploadCollector
    private let jobs: JobService
    private let realtime: [any RealtimeServer]

    /// Puts the service together. Nothing runs before ``run()``.
    /// - Throws: `SettingError` when a setting of a dialect cannot be used.
    public init(_ ground: ServiceDependencies, settings: ServiceSettings) throws(SettingError) {
        let (objects, now, lifetime) = (ground.objects, ground.now, settings.urlLifetime)
        let authenticator = Authenticator(tokens: ground.tokens, logger: ground.logger)
        let ids = ObjectIDGenerator()
        let (wakeOutbox, wakeOrphanDeleter) = (WakeSignal(), WakeSignal())
        orphanDeleter = OrphanDeleter(
            references: ground.chat, signal: wakeOrphanDeleter, logger: ground.logger,
            endWrites: { keys in try await objects.abortWrites(to: keys.compactMap(ObjectKey.init(validating:))) },
            delete: { keys in try await objects.delete(keys.compactMap(ObjectKey.init(validating:))) })
        reaper = AbandonedUploadCollector(
            objects: objects, references: ground.chat, media: ground.chat, age: settings.abandonedAfter,
            wakeOrphanDeleter: wakeOrphanDeleter,
            logger: ground.logger)
        let reprocessing = ReprocessSettings(
            thumbnail: settings.previews.thumbnail, waveform: settings.previews.waveform,
            concurrency: settings.jobConcurrency)
        jobs = JobService(
            store: ground.chat,
            reprocessor: Reprocessor(
                chat: ground.chat, objects: objects, inspector: ground.inspector, settings: reprocessing, ids: ids,
                now: now), settings: reprocessing, ids: ids, wakeOrphanDeleter: wakeOrphanDeleter, now: now,
            logger: ground.logger)
        let parts = DialectContext(
            core: ChatCore(
                store: ground.chat, ids: ids, now: now,
                wake: {
                    wakeOutbox.wake()
                    wakeOrphanDeleter.wake()
                }), objects: objects, authenticator: authenticator,
            uploads: UploadReceiver(intake: ground.intake),
            stored: DirectUploadValidator(inspector: ground.inspector, metadataRemoval: ground.intake.metadataRemoval),
            landing: MediaPublisher(references: ground.chat, wakeOrphanDeleter: wakeOrphanDeleter),
            naming: ObjectKeyGenerator(ids: ids, now: now),
            previews: settings.previews, publicURL: settings.publicURL, secret: settings.secret,
            reader: settings.reader,
            unauthenticated: UnauthenticatedSessions(limits: settings.unauthenticated), now: now,
            urls: { key in
                guard let key = ObjectKey(validating: key) else {
                    throw ObjectStoreError(.invalidKey, "No key: \(key)")
                }
                return try objects.presignedURL(key, method: .get, expires: now().addingTimeInterval(lifetime))
            }, logger: ground.logger)

        var dialects: [(name: Dialect, served: any DialectModule)] = []
        for module in settings.dialects { dialects.append((module.dialect, try module.init(parts))) }
        outbox = OutboxDeliverer(
            store: ground.chat,
            notifiers: Dictionary(dialects.map { ($0.name, $0.served.notifier) }) { first, _ in first },
            signal: wakeOutbox, logger: ground.logger)
        realtime = dialects.map(\.served.realtime)

        var routes = Routes(logger: ground.logger)
        health = HealthRoutes(
            objects: objects, chat: ground.chat, workers: ground.workers, logger: ground.logger)
        health.mount(on: &routes.router)
        if let workers = ground.workers {
            MetricsRoutes(
                workers: workers, isOpen: settings.hasOpenMetrics, authenticator: authenticator, logger: ground.logger
            ).mount(on: &routes.router)
        }
        NativeMediaRoutes(parts, media: ground.chat, inspector: ground.inspector).mount(on: &routes.router)
        JobRoutes(desk: jobs, store: ground.chat, authenticator: authenticator, logger: ground.logger)
            .mount(on: &routes.router)
        DirectoryRoutes(
            directory: ground.chat, dialects: settings.dialects, authenticator: authenticator,
            wakeOrphanDeleter: wakeOrphanDeleter, now: now, logger: ground.logger
        ).mount(on: &routes.router)
        if let folder = ground.folder {
            let objects = ObjectRoutes(folder: folder, references: ground.chat, logger: ground.logger)
            routes.mount(ObjectRoutes.prefix) { await objects.respond(to: $0) }
        }
        for dialect in dialects {
            for prefix in ["/" + dialect.name.rawValue] + (dialect.name == settings.rootDialect ? [""] : []) {
                var mounted = DialectRoutes(
                    routes, prefix: prefix, errors: dialect.served.errors, authenticator: authenticator,
                    logger: ground.logger)
                dialect.served.mount(on: &mounted)
                routes = mounted.routes
            }
        }
        self.routes = routes
    }

    /// Runs what goes on beside the requests (outbox, sweeping, reaping, jobs, heartbeats) until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.orphanDeleter.run() }
            group.addTask { await self.outbox.run() }
            group.addTask { await self.reaper.run() }
            group.addTask { await self.jobs.run() }
            for server in realtime { group.addTask { await server.run() } }
        }
    }

    /// Asks the stores whether they answer; what is in the way goes to the log.
    public func reportReadiness() async { await health.report() }

    /// Ends the sockets' sessions, of all dialects at once. Those that do not end within `time` are left to the server.
    /// Events that have not been written by now are left to the next process.
    public func closeSockets(within time: Duration) async {
        outbox.suspend()
        await withTaskGroup(of: Bool.self) { group in
            for server in realtime {
                group.addTask {
                    await server.shutdown()
                    return true
                }
            }
            group.addTask {
                try? await Task.sleep(for: time)
                return false
            }
            var open = realtime.count
            while open > 0, await group.next() == true { open -= 1 }
            group.cancelAll()
        }
    }

    /// Answers a request.
    public func respond(to request: HTTPRequest) async -> HTTPResponse { await routes.respond(to: request) }
}
