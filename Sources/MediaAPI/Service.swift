public import ChatBridge
public import Foundation
public import HTTPServer
public import Logging
public import MediaWorker
public import ObjectStore

/// What the service stands on, all of it made elsewhere.
public struct ServiceDependencies: Sendable {
    /// Where bytes rest.
    public var objects: any ObjectStore
    /// The folder whose signed URLs the service itself serves; `nil` when a bucket does.
    public var folder: FolderStore?
    /// Where chat is kept.
    public var chat: any ChatStore
    /// Where uploads come in.
    public var intake: Intake
    /// Who decides whom a token stands for.
    public var tokens: TokenVerifier
    /// Where the log goes.
    public var logger: Logger
    /// The time.
    public var now: @Sendable () -> Date

    /// A service's ground.
    public init(
        objects: any ObjectStore, folder: FolderStore?, chat: any ChatStore, intake: Intake, tokens: TokenVerifier,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.objects = objects
        self.folder = folder
        self.chat = chat
        self.intake = intake
        self.tokens = tokens
        self.logger = logger
        self.now = now
    }
}

/// What the service is told to be.
public struct ServiceSettings: Sendable {
    /// The dialects that are served, each under `/NAME`.
    public var dialects: [Dialect]
    /// The one that is served at `/` as well.
    public var rootDialect: Dialect?
    /// How long the URL of an object works, in seconds.
    public var urlLifetime: TimeInterval
    /// How previews are made.
    public var previews: PreviewSettings

    /// Settings of which each has a default but the dialects.
    public init(
        dialects: [Dialect], rootDialect: Dialect? = nil, urlLifetime: TimeInterval = 604_800,
        previews: PreviewSettings = PreviewSettings()
    ) {
        self.dialects = dialects
        self.rootDialect = rootDialect
        self.urlLifetime = urlLifetime
        self.previews = previews
    }
}

/// The service: every route of every dialect, the native API, the sockets, and what runs beside them.
public final class Service: HTTPResponder {
    private let routes: Routes
    private let outbox: OutboxDeliverer
    private let sweeper: ObjectSweeper
    private let sockets: [SocketIOServer]

    /// Puts the service together. Nothing runs before ``run()``.
    public init(_ ground: ServiceDependencies, settings: ServiceSettings) {
        let (objects, now, lifetime) = (ground.objects, ground.now, settings.urlLifetime)
        let authenticator = Authenticator(tokens: ground.tokens, logger: ground.logger)
        let ids = ObjectIDGenerator()
        let (wakeOutbox, wakeSweeper) = (WakeSignal(), WakeSignal())
        sweeper = ObjectSweeper(ledger: ground.chat, signal: wakeSweeper, now: now, logger: ground.logger) { keys in
            try await objects.delete(keys.compactMap(ObjectKey.init(validating:)))
        }
        let parts = DialectParts(
            chat: ground.chat, authenticator: authenticator, uploads: UploadReceiver(intake: ground.intake),
            landing: Landing(ledger: ground.chat, wakeSweeper: wakeSweeper), naming: ObjectNaming(ids: ids, now: now),
            ids: ids,
            previews: settings.previews, now: now,
            urls: { key in
                guard let key = ObjectKey(validating: key) else {
                    throw ObjectStoreError(.invalidKey, "No key: \(key)")
                }
                return try objects.presignedURL(key, method: .get, expires: now().addingTimeInterval(lifetime))
            }, logger: ground.logger)

        let mounted = settings.dialects.compactMap { dialect in
            MountedDialect(dialect, parts: parts) {
                wakeOutbox.wake()
                wakeSweeper.wake()
            }
        }
        outbox = OutboxDeliverer(
            store: ground.chat,
            notifiers: Dictionary(mounted.map { ($0.dialect, $0.notifier) }) { first, _ in first },
            signal: wakeOutbox, now: now, logger: ground.logger)
        sockets = mounted.map(\.sockets)

        var routes = Routes(logger: ground.logger)
        HealthRoutes(objects: objects, chat: ground.chat, logger: ground.logger).mount(on: &routes.router)
        NativeMediaRoutes(parts, catalogue: ground.chat).mount(on: &routes.router)
        DirectoryRoutes(
            directory: ground.chat, dialects: settings.dialects, authenticator: authenticator,
            wakeSweeper: wakeSweeper, now: now, logger: ground.logger
        ).mount(on: &routes.router)
        if let folder = ground.folder {
            let objects = ObjectRoutes(folder: folder, logger: ground.logger)
            routes.mount(ObjectRoutes.prefix) { await objects.respond(to: $0) }
        }
        for dialect in mounted {
            dialect.mount(on: &routes, at: "/" + dialect.dialect.rawValue)
            if dialect.dialect == settings.rootDialect { dialect.mount(on: &routes, at: "") }
        }
        self.routes = routes
    }

    /// Runs what goes on beside the requests (outbox, sweeping, heartbeats) until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sweeper.run() }
            group.addTask { await self.outbox.run() }
            for server in sockets { group.addTask { await server.run() } }
        }
    }

    /// Ends the sockets' sessions.
    public func closeSockets() async {
        for server in sockets { await server.shutdown() }
    }

    /// Answers a request.
    public func respond(to request: HTTPRequest) async -> HTTPResponse { await routes.respond(to: request) }
}
