import ChatBridge
public import Configuration
import Foundation
public import HTTPServer
import Jobs
import Logging
import MediaWorker
import Metrics
import ObjectStore
import Realtime

/// The service: the routes of all dialects, the native API, the sockets, and the background tasks.
public final class Service: HTTPResponder {
    private let routes: Routes
    private let health: HealthRoutes
    private let outbox: OutboxDeliverer
    private let push: PushDeliverer?
    private let webhooks: WebhookDeliverer?
    private let orphanDeleter: OrphanDeleter
    private let dueMessageDeleter: DueMessageDeleter
    private let uploadCollector: AbandonedUploadCollector
    private let resumableUploadCollector: ResumableUploadCollector
    private let idempotency: IdempotentRequests
    private let renditionJobs: JobService
    private let jobs: JobService
    private let expirySchedule: ExpirySchedule
    private let activity: ActivityFeed
    private let realtime: [any RealtimeServer]
    private let cluster: (any HubCluster)?

    /// Every route of the native API and of the dialects, with its prefix.
    package var registeredRoutes: [RegisteredRoute] { routes.registered }
    /// The descriptions of the native API and of the dialects.
    package let descriptions: ServiceDescriptions

    /// Creates the service. Nothing runs before ``run()``.
    /// - Throws: `SettingError` when a setting of a dialect is not valid.
    public init(_ dependencies: ServiceDependencies, settings: ServiceSettings) throws(SettingError) {
        let (objects, now, lifetime) = (dependencies.objects, dependencies.now, settings.urlLifetime)
        let limits = RequestLimits(
            settings.limits, shared: dependencies.sharedBuckets, metrics: dependencies.metrics,
            logger: dependencies.logger, now: dependencies.now)
        idempotency = IdempotentRequests(store: dependencies.chat, now: now, logger: dependencies.logger)
        let authenticator = Authenticator(
            tokens: dependencies.tokens, records: dependencies.chat, limits: limits, idempotency: idempotency,
            logger: dependencies.logger)
        let ids = ObjectIDGenerator()
        let chat = dependencies.chat
        cluster = dependencies.cluster
        let (wakeOutbox, wakeOrphanDeleter) = (OutboxWake(cluster: dependencies.cluster), WakeSignal())
        orphanDeleter = OrphanDeleter(
            references: dependencies.chat, signal: wakeOrphanDeleter, period: cluster == nil ? nil : .seconds(30),
            logger: dependencies.logger,
            endWrites: { keys in try await objects.abortWrites(to: keys.compactMap(ObjectKey.init(validating:))) },
            delete: { keys in try await objects.delete(keys.compactMap(ObjectKey.init(validating:))) })
        uploadCollector = AbandonedUploadCollector(
            objects: objects, references: dependencies.chat, media: dependencies.chat, age: settings.abandonedAfter,
            wakeOrphanDeleter: wakeOrphanDeleter,
            logger: dependencies.logger)
        resumableUploadCollector = ResumableUploadCollector(
            store: dependencies.chat, files: UploadFiles(objects: objects), now: now, logger: dependencies.logger)
        let progress = RenditionProgress()
        let transcoding = ReprocessSettings(concurrency: settings.renditions.concurrency)
        let renditionJobs = JobService(
            store: dependencies.chat,
            reprocessor: Reprocessor(
                chat: dependencies.chat, objects: objects, inspector: dependencies.inspector, settings: transcoding,
                renditions: dependencies.renditions, progress: progress, ids: ids, now: now,
                logger: dependencies.logger),
            settings: transcoding, ids: ids, origin: .rendition, lanes: transcoding.concurrency,
            wakeOrphanDeleter: wakeOrphanDeleter,
            onEnd: { wakeOutbox.wake() },
            queue: dependencies.renditionQueue, processesItems: settings.processesJobs, now: now,
            logger: dependencies.logger)
        self.renditionJobs = renditionJobs
        let renditions = RenditionRequests(
            profiles: settings.renditions.profiles, store: dependencies.chat, ids: ids, now: now,
            wake: { renditionJobs.wake() })
        let wake: @Sendable () -> Void = {
            wakeOutbox.wake()
            wakeOrphanDeleter.wake()
        }
        let reprocessing = ReprocessSettings(
            thumbnail: settings.previews.thumbnail, waveform: settings.previews.waveform,
            concurrency: settings.jobConcurrency, importLimits: dependencies.pipeline.limits)
        jobs = JobService(
            store: dependencies.chat,
            reprocessor: Reprocessor(
                chat: dependencies.chat, objects: objects, inspector: dependencies.inspector, settings: reprocessing,
                eraser: UserEraser(chat, objects: objects, dialects: settings.dialects, now: now, wake: wake),
                ids: ids, now: now, logger: dependencies.logger), settings: reprocessing, ids: ids,
            wakeOrphanDeleter: wakeOrphanDeleter, queue: dependencies.queue,
            processesItems: settings.processesJobs, now: now, logger: dependencies.logger)
        expirySchedule = ExpirySchedule(
            ages: settings.retention.ages, store: chat, jobs: jobs, now: now, logger: dependencies.logger)
        let rejections = RejectedMedia(
            store: chat, now: now, wake: { wakeOutbox.wake() }, logger: dependencies.logger)
        let context = DialectContext(
            core: ChatCore(store: dependencies.chat, ids: ids, now: now, wake: wake), objects: objects,
            authenticator: authenticator,
            uploads: UploadReceiver(
                pipeline: dependencies.pipeline, authorizer: dependencies.authorizer, rejections: rejections),
            authorizer: dependencies.authorizer,
            stored: DirectUploadValidator(
                inspector: dependencies.inspector, metadata: dependencies.pipeline.metadata,
                limits: dependencies.pipeline.limits),
            publisher: MediaPublisher(
                references: dependencies.chat, wakeOrphanDeleter: wakeOrphanDeleter, logger: dependencies.logger,
                deduplication: Deduplicator(settings.deduplication, metrics: dependencies.metrics),
                renditions: renditions),
            keyGenerator: ObjectKeyGenerator(ids: ids, now: now, hidesTime: settings.deduplication == .all),
            previews: settings.previews, publicURL: settings.publicURL, secret: settings.secret,
            reader: settings.reader, translator: dependencies.translator,
            pushesEvents: dependencies.push != nil,
            unauthenticated: UnauthenticatedSessions(limits: settings.unauthenticated), cluster: dependencies.cluster,
            members: { conversation, dialect in
                // Without the store it is not known who may receive what the chat server sends: no one does.
                (try? await chat.members(of: conversation, in: dialect)) ?? []
            }, now: now,
            urls: { key in
                // A message that the chat server wrote may show a file at a URL of another place.
                if key.contains("://") { return key }
                guard let key = ObjectKey(validating: key) else {
                    throw ObjectStoreError(.invalidKey, "No key: \(key)")
                }
                return try objects.presignedURL(key, method: .get, validity: .repeating(lifetime: lifetime, now: now()))
            }, logger: dependencies.logger)

        let activity = ActivityFeed(now: now)
        self.activity = activity
        var dialects: [(name: Dialect, served: any DialectModule)] = []
        for module in settings.dialects { dialects.append((module.dialect, try module.init(context))) }
        try settings.webhooks.checkDialects(among: dialects.map(\.name.rawValue))
        let pushEvents = dialects.compactMap { entry in entry.served.pushEvents.map { (entry.name, $0) } }
        push = dependencies.push.map { receiver in
            PushDeliverer(
                store: chat, events: Dictionary(pushEvents) { first, _ in first }, receiver: receiver,
                deadLetterLimits: settings.deadLetterLimits, now: now, logger: dependencies.logger)
        }
        outbox = OutboxDeliverer(
            store: dependencies.chat,
            notifiers: Dictionary(
                dialects.map { ($0.name, ObservedNotifier(notifier: $0.served.notifier, activity: activity)) }
            ) { first, _ in first },
            servedElsewhere: push?.queues ?? [],
            signal: wakeOutbox.signal, deadLetterLimits: settings.deadLetterLimits, now: now,
            tracer: dependencies.tracer, logger: dependencies.logger)
        let nativeMedia = NativeMediaRoutes(context, media: dependencies.chat, inspector: dependencies.inspector)
        let renderer = WebhookRenderer(
            store: chat, pushEvents: Dictionary(pushEvents) { first, _ in first },
            mediaJSON: { try await nativeMedia.json($0) })
        webhooks = dependencies.webhooks.map { sender in
            WebhookDeliverer(
                store: chat, configured: settings.webhooks.endpoint, sender: sender, limits: settings.webhooks.limits,
                now: now, logger: dependencies.logger, body: { try await renderer.body($0) })
        }
        wakeOutbox.attach(outbox, push, webhooks)
        let disconnector = UserDisconnector(cluster: dependencies.cluster)
        dependencies.cluster?.onSignal { name in
            wakeOutbox.handle(signal: name)
            disconnector.handle(signal: name)
        }
        let selfDestructEvents = dialects.compactMap { entry in
            entry.served.selfDestructEvents.map { (entry.name, $0) }
        }
        dueMessageDeleter = DueMessageDeleter(
            store: dependencies.chat, events: Dictionary(selfDestructEvents) { first, _ in first }, now: now,
            wake: wake, logger: dependencies.logger)
        realtime = dialects.map(\.served.realtime)
        disconnector.attach(realtime)
        if let workers = dependencies.workers { dependencies.metrics.add { workers().metrics } }
        let pipeline = dependencies.pipeline
        dependencies.metrics.add {
            [
                MetricFamily(
                    "darkroom_uploads_in_flight", .gauge, "Uploads that are being received or validated.",
                    pipeline.uploadsInFlight)
            ]
        }
        if let webhooks {
            let sent = WebhookMetrics(store: chat, deliverer: webhooks)
            dependencies.metrics.add { await sent.collect() }
        }
        let store = StoreMetrics(chat: dependencies.chat, dialects: dialects.map(\.name), now: now)
        dependencies.metrics.add { await store.collect() }
        let queue = JobQueueMetrics(queue: dependencies.queue)
        dependencies.metrics.add { await queue.collect() }
        let sockets = dialects.map { ($0.name.rawValue, $0.served.realtime) }
        dependencies.metrics.add { [MetricFamily(sockets: sockets)] }

        var routes = Routes(
            logger: dependencies.logger, metrics: dependencies.metrics, limits: limits, activity: activity,
            tracer: dependencies.tracer)
        health = HealthRoutes(
            objects: objects, chat: dependencies.chat, cluster: dependencies.cluster,
            scanning: dependencies.inspector.scanning, workers: dependencies.workers, logger: dependencies.logger)
        let descriptionRoutes = DescriptionRoutes(limits: limits)
        descriptionRoutes.mount(on: &routes, ServiceDescriptions.native)
        let eventDescriptions = EventDescriptionRoutes(
            descriptions: EventDescriptions(
                dialects: settings.dialects, publicURL: settings.publicURL, version: settings.version),
            limits: limits)
        eventDescriptions.mount(on: &routes, ServiceDescriptions.native)
        health.mount(on: &routes)
        MetricsRoutes(metrics: dependencies.metrics, isOpen: settings.hasOpenMetrics, authenticator: authenticator)
            .mount(on: &routes)
        nativeMedia.mount(on: &routes)
        let tus = TusRoutes(
            context, store: dependencies.chat, settings: settings.resumable,
            call: NativeResumableCall(context, media: chat, json: { try await nativeMedia.json($0) }))
        tus.mount(on: &routes, authenticator: authenticator, rejections: rejections)
        DraftUploadRoutes(tus, url: settings.publicURL + DraftUploadRoutes.path)
            .mount(on: &routes, authenticator: authenticator, rejections: rejections)
        RenditionRoutes(
            catalogue: chat, requests: renditions, authenticator: authenticator,
            json: { try await nativeMedia.json($0) }
        ).mount(on: &routes)
        JobRoutes(
            service: jobs, renditions: renditionJobs, progress: progress, store: dependencies.chat,
            dialects: Set(dialects.map(\.name)), authenticator: authenticator
        )
        .mount(on: &routes)
        OutboxRoutes(outbox: dependencies.chat, authenticator: authenticator, wake: { wakeOutbox.wake() })
            .mount(on: &routes)
        let deliverer = webhooks
        WebhookRoutes(
            store: chat, authenticator: authenticator, dialects: dialects.map(\.name.rawValue),
            allowsPrivateAddresses: settings.webhooks.allowsPrivateAddresses, now: now,
            reload: { deliverer?.reload() }, wake: { wakeOutbox.wake() }
        ).mount(on: &routes)
        DirectoryRoutes(
            directory: dependencies.chat, dialects: settings.dialects, authenticator: authenticator, jobs: jobs,
            wakeOrphanDeleter: wakeOrphanDeleter, disconnector: disconnector, now: now
        ).mount(on: &routes)
        UserFileRoutes(store: chat, authenticator: authenticator, urls: context.urls).mount(on: &routes)
        DeviceRoutes(store: chat, dialects: settings.dialects, authenticator: authenticator).mount(on: &routes)
        ActivityRoutes(activity: activity, authenticator: authenticator).mount(on: &routes)
        if settings.hasConsole {
            // Without a URL the pages show files of this service alone.
            ConsoleRoutes(
                store: chat, link: ConsoleLink(dependencies.tokens.keys), signer: TokenSigner(dependencies.tokens.keys),
                limits: limits, objectURL: { try? await context.urls("console") }, now: now
            ).mount(on: &routes)
        }
        if let folder = dependencies.folder {
            let objects = ObjectRoutes(folder: folder, references: dependencies.chat)
            ObjectRoutes.describe(on: &routes)
            routes.mount(ObjectRoutes.prefix) { request, _ in
                do {
                    return try await objects.respond(to: request)
                } catch {
                    // A signed URL is as good as a token, but only if its signature holds.
                    try await limits.admit(addressOf: request)
                    throw error
                }
            }
        }
        var apis = [
            ServiceDescriptions.API(
                name: ServiceDescriptions.native, prefix: "", isAtRoot: false, routes: routes.registered,
                errors: ProblemDetails())
        ]
        for dialect in dialects {
            let first = routes.registered.count
            let name = dialect.name.rawValue
            descriptionRoutes.mount(on: &routes, name, prefix: "/" + name)
            let active = ActiveUploads()
            eventDescriptions.mount(on: &routes, name, prefix: "/" + name)
            for prefix in ["/" + dialect.name.rawValue] + (dialect.name == settings.rootDialect ? [""] : []) {
                var mounted = DialectRoutes(
                    routes, prefix: prefix, errors: dialect.served.errors, authenticator: authenticator,
                    recording: { user, body in
                        try await rejections.recording(.init(dialect: dialect.name, user: user), body)
                    })
                dialect.served.mount(on: &mounted)
                if let call = dialect.served.resumableCall {
                    let tus = TusRoutes(
                        context, store: chat, settings: settings.resumable, call: call, dialect: dialect.name,
                        path: prefix + TusRoutes.dialectPath, active: active)
                    tus.mount(on: &mounted)
                    DraftUploadRoutes(tus, url: settings.publicURL + prefix + DraftUploadRoutes.dialectPath)
                        .mount(on: &mounted)
                }
                routes = mounted.routes
                guard !prefix.isEmpty else { continue }
                apis.append(
                    ServiceDescriptions.API(
                        name: name, prefix: prefix, isAtRoot: dialect.name == settings.rootDialect,
                        routes: Array(routes.registered[first...]), errors: dialect.served.errors))
            }
        }
        DescriptionPageRoutes(
            requests: apis.map(\.name), events: eventDescriptions.descriptions.apis.map(\.name)
        ).mount(on: &routes)
        self.routes = routes
        descriptions = ServiceDescriptions(apis, publicURL: settings.publicURL, version: settings.version)
        descriptionRoutes.publish(descriptions)
    }

    /// Runs the background tasks (outbox, events for devices, webhooks, orphan deleter, deleter of due messages, abandoned upload collector, jobs, heartbeats, cluster) until the task
    /// is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.orphanDeleter.run() }
            group.addTask { await self.outbox.run() }
            if let push { group.addTask { await push.run() } }
            if let webhooks { group.addTask { await webhooks.run() } }
            group.addTask { await self.dueMessageDeleter.run() }
            group.addTask { await self.uploadCollector.run() }
            group.addTask { await self.resumableUploadCollector.run() }
            group.addTask { await self.idempotency.run() }
            group.addTask { await self.jobs.run() }
            group.addTask { await self.expirySchedule.run() }
            group.addTask { await self.renditionJobs.run() }
            for server in realtime { group.addTask { await server.run() } }
            if let cluster { group.addTask { await cluster.run() } }
        }
    }

    /// Checks whether the stores respond and logs failures.
    public func reportReadiness() async { await health.report() }

    /// Closes the sessions of all dialects' sockets concurrently. Those that do not end within `time` are closed by the
    /// HTTP server. Events that have not been written yet are left to
    /// another process, or the next one.
    public func closeSockets(within time: Duration) async {
        activity.close()
        await outbox.handOver()
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

    /// Handles a request.
    public func respond(to request: HTTPRequest) async -> HTTPResponse { await routes.respond(to: request) }
}
