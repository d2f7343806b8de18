import Backup
import ChatBridge
import ChatStoreMongoDB
import ChatStoreSQLite
import Cluster
import Concurrency
import Configuration
import Crypto
import Foundation
import HTTPServer
import Jobs
import Logging
import MediaAPI
import MediaModel
import MediaWorker
import Metrics
import ObjectStore
import Tracing
import Translation

/// Creates the service from the settings: objects in a bucket or, in standalone mode, in a folder; chat in MongoDB or
/// SQLite.
enum ServiceFactory {
    /// The number of threads for disk access and for hashing uploads to the bucket.
    private static let storeThreads = 4

    static func service(
        _ settings: Settings, reader: SettingsReader, chat: any ChatStore, workers: ProcessPool,
        keys: TokenKeyRing, boundTo address: SocketAddress, metrics: MetricsRegistry, tracer: Tracer? = nil,
        logger: Logger
    ) throws -> Service {
        let data = settings.data.path
        let secret = keys.secrets[0]
        let baseURL = settings.baseURL(boundTo: address)
        let (store, folder) = try store(settings, secrets: { keys.secrets }, baseURL: baseURL)
        let objects = MeteredObjectStore(store, metrics: metrics)
        let scanning = try scanning(settings, metrics: metrics, logger: logger)
        let pipeline = UploadPipeline(
            store: objects, workers: workers, spoolMemoryLimit: settings.uploads.spoolMemory,
            spoolBudget: MemoryBudget(bytes: settings.uploads.spoolBudget), spoolDirectory: data,
            metadata: settings.uploads.metadata, storesIndexFirst: settings.uploads.storesIndexFirst,
            scanning: scanning, limits: settings.mediaLimits)
        var dependencies = ServiceDependencies(
            objects: objects, folder: folder, chat: chat, pipeline: pipeline,
            inspector: StoredInspector(store: objects, workers: workers, scanning: scanning),
            tokens: TokenVerifier(keys),
            workers: { workers.statistics }, metrics: metrics,
            cluster: settings.cluster.map { ClusterNode($0, logger: logger) },
            sharedBuckets: settings.cluster.map { RedisBuckets($0.redis, logger: logger) },
            queue: queue(settings, logger: logger),
            translator: try settings.translation?.translator(logger: logger) ?? .none,
            push: try settings.push?.receiver(), webhooks: try settings.webhooks.sender(), logger: logger)
        dependencies.tracer = tracer
        dependencies.authorizer = try settings.uploadAuthorization?.authorizer(metrics: metrics, logger: logger)
        dependencies.renditions = transcoder(settings, directory: data, logger: logger)
        dependencies.renditionQueue = queue(settings, name: renditionQueue, logger: logger)
        return try Service(
            dependencies,
            settings: ServiceSettings(
                dialects: settings.dialects, rootDialect: settings.rootDialect, publicURL: baseURL,
                urlLifetime: settings.api.urlLifetime, previews: settings.previews, secret: secret, reader: reader,
                jobConcurrency: settings.jobConcurrency ?? 1, processesJobs: settings.processesJobs,
                abandonedAfter: settings.bucket?.abandonedAfter ?? .seconds(86_400),
                unauthenticated: settings.unauthenticated, limits: settings.limits, resumable: settings.resumable,
                retention: settings.retention,
                deadLetterLimits: settings.api.deadLetterLimits, webhooks: settings.webhooks,
                deduplication: settings.api.deduplication, renditions: settings.renditions,
                hasOpenMetrics: settings.api.hasOpenMetrics,
                hasConsole: settings.api.hasConsole, version: ProgramVersion.current))
    }

    /// The keys of tokens, as the settings and their files have them now. The secret in the data folder is made if there is none, and
    /// the settings have none.
    /// - Throws: `SettingError` when a file cannot be read or written, or holds no keys that can be used.
    static func keys(_ settings: Settings) throws(SettingError) -> TokenKeys {
        let standalone = try settings.tokens.secrets().isEmpty ? Secret.load(from: settings.data.path) : nil
        return try settings.tokens.keys(orSecret: standalone)
    }

    /// The keys of tokens, of a service that runs: no secret is made.
    /// - Throws: `SettingError` when a file cannot be read or holds no keys that can be used, or there is no secret.
    static func existingKeys(_ settings: Settings) throws(SettingError) -> TokenKeys {
        let standalone = try settings.tokens.secrets().isEmpty ? Secret.existing(in: settings.data.path) : nil
        let keys = try settings.tokens.keys(orSecret: standalone)
        guard !keys.secrets.isEmpty else { throw SettingError(.data, "\(settings.data.path) has no secret any more") }
        return keys
    }

    /// How files are scanned; `nil` where they are not. It is measured.
    /// - Throws: ``ScanFailure`` where the process has no descriptor left.
    static func scanning(
        _ settings: Settings, metrics: MetricsRegistry, logger: Logger
    ) throws -> ContentScanning? {
        guard let scanning = settings.scanning else { return nil }
        let durations = metrics.add(
            Histogram(
                "darkroom_scan_duration_seconds", "Time from the end of a file to the scanner's answer, by outcome.",
                bounds: Histogram.requestSeconds, labels: ["outcome"]))
        return try scanning.scanning(logger: logger) {
            durations.observe(Double($1.wholeMilliseconds) / 1000, [$0.rawValue])
        }
    }

    /// The queue of jobs that the nodes share; `nil` where this process executes its jobs alone.
    static func queue(_ settings: Settings, name: String = "jobs", logger: Logger) -> ItemQueue? {
        guard settings.missingForSharedJobs == nil, let cluster = settings.cluster else { return nil }
        return ItemQueue(cluster.redis, name: name, expiry: cluster.expiry, logger: logger)
    }

    /// The name of the queue of renditions.
    static let renditionQueue = "renditions"

    /// Makes renditions.
    /// - Parameter directory: where they are kept until they are stored.
    static func transcoder(_ settings: Settings, directory: String, logger: Logger) -> Transcoder {
        Transcoder(
            workers: settings.workers, limits: settings.renditions.limits, concurrency: settings.renditions.concurrency,
            directory: directory, logger: logger)
    }

    /// Locks the data folder for this process; it is created if it does not exist.
    /// - Throws: `SettingError` when the folder cannot be created or locked, ``DataInUse`` when another service uses
    ///   it.
    static func lock(_ settings: Settings) throws -> DataLock {
        try settings.data.prepare()
        let lock = try DataLock(settings.data.path)
        guard !BackupRestorer.isInterrupted(in: settings.data.path) else {
            throw SettingError(
                .data,
                "restoring a backup to \(settings.data.path) was interrupted: give the command darkroom restore again")
        }
        return lock
    }

    /// The store of objects, and the folder store if the service itself serves the objects.
    private static func store(
        _ settings: Settings, secrets: @escaping @Sendable () -> [[UInt8]], baseURL: String
    ) throws -> (any ObjectStore, FolderStore?) {
        let threads = ThreadPool(name: "object-store", threads: storeThreads)
        if var bucket = settings.bucket {
            bucket.store.downloadURL = settings.api.downloadURL
            return (try S3Store(bucket.store, threads: threads), nil)
        }
        let folder = try folder(settings, secrets: secrets, baseURL: baseURL, threads: threads)
        return (folder, folder)
    }

    private static func folder(
        _ settings: Settings, secrets: @escaping @Sendable () -> [[UInt8]], baseURL: String, threads: ThreadPool
    ) throws -> FolderStore {
        try FolderStore(
            directory: settings.data.path + "/store", baseURL: baseURL + "/objects",
            downloadURL: settings.api.downloadURL,
            // The signing keys are derived from the secrets, so that nodes with the same secrets agree on them, and differ
            // from these.
            signingKeys: { secrets().map { HMAC.sha256("darkroom object URLs".utf8, key: $0) } }, threads: threads)
    }

    /// The objects of the data folder, also where the settings name a bucket, for a program that returns no URLs.
    static func folder(_ settings: Settings) throws -> any ObjectStore {
        let threads = ThreadPool(name: "folder-store", threads: storeThreads)
        let secret = SecureRandom.bytes(32)
        return try folder(settings, secrets: { [secret] }, baseURL: "http://localhost", threads: threads)
    }

    /// The store of objects for a program other than the service, which returns no URLs.
    static func objects(_ settings: Settings) throws -> any ObjectStore {
        let secret = SecureRandom.bytes(32)
        return try store(settings, secrets: { [secret] }, baseURL: "http://localhost").0
    }

    /// The existing chat store of a service.
    /// - Throws: `SettingError` when the service has not run on the data folder yet; errors of the store.
    static func existingChat(_ settings: Settings) async throws -> any ChatStore {
        if settings.mongoDB != nil { return try await chat(settings) }
        guard FileManager.default.fileExists(atPath: settings.data.database) else {
            throw SettingError(
                variable: Setting.data.variable, problem: "the service has not run on \(settings.data.path) yet")
        }
        try settings.data.checkOwner()
        return try await chat(settings)
    }

    /// The chat stores of a migration: that of the data folder, and the one that the settings name.
    /// - Throws: `SettingError` when the service has not run on the data folder yet, or the settings name no cluster; errors of
    ///   the stores.
    static func migratedChat(_ settings: Settings) async throws -> (SQLiteChatStore, MongoDBChatStore) {
        guard var options = settings.mongoDB else {
            throw SettingError(variable: "DARKROOM_MONGODB_URL", problem: "names no replica set to copy to")
        }
        guard FileManager.default.fileExists(atPath: settings.data.database) else {
            throw SettingError(
                variable: Setting.data.variable, problem: "the service has not run on \(settings.data.path) yet")
        }
        options.allowsIncomplete = true
        // Batches are large, and nothing waits for them.
        options.timeout = max(options.timeout, .seconds(60))
        let (target, path) = (options, settings.data.database)
        return try await ThreadPool(name: "chat-open", threads: 1).run {
            (try SQLiteChatStore(path: path), try MongoDBChatStore(target))
        }
    }

    /// The chat store; it is opened on a thread of its own, which may take as long as the cluster takes to answer.
    /// - Throws: ``ChatError`` when it cannot be opened.
    static func chat(_ settings: Settings) async throws -> any ChatStore {
        try await ThreadPool(name: "chat-open", threads: 1).run { try openChat(settings) }
    }

    private static func openChat(_ settings: Settings) throws -> any ChatStore {
        if var options = settings.mongoDB {
            let logger = settings.logger
            options.onUnreadable = { document in
                logger.warning(
                    "a document of the chat server cannot be read, and is not shown",
                    ["collection": document.collection, "id": document.id, "cause": document.reason])
            }
            options.onUnwatchable = { collection, reason in
                logger.warning(
                    "messages cannot be watched: pages of long conversations are counted in full",
                    ["collection": collection, "cause": reason])
            }
            return try MongoDBChatStore(
                options, recheckDelays: settings.recheckDelays, minimumUploadRate: settings.server.minimumBodyRate)
        }
        return try SQLiteChatStore(
            path: settings.data.database, recheckDelays: settings.recheckDelays,
            minimumUploadRate: settings.server.minimumBodyRate)
    }
}
