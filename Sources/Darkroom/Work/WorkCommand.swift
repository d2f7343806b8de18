import ChatBridge
import Concurrency
import Configuration
import Crypto
import Foundation
import HTTPServer
import Jobs
import Logging
import MediaAPI
import MediaWorker
import Metrics
import ObjectStore

/// `darkroom work`: runs a work node.
enum WorkCommand: Command {
    static let name = "work"
    static let summary = "run a work node, which processes files for jobs and serves no clients"
    static let usage = "[--listen HOST:PORT] [--workers N]"
    static let options: [Arguments.Option] = [
        .init("--listen", "HOST:PORT", "where to answer GET /healthz, /readyz and /metrics (default: nowhere)"),
        .init("--workers", "N", "how many files to process at once (default: one for each core)"),
    ]
    static let notes = """
        Reads the service's settings from the environment (see darkroom serve --help). DARKROOM_REDIS_URL,
        DARKROOM_MONGODB_URL and the bucket must be set, to the same as for the serving nodes, as must the sizes of
        thumbnails and waveforms. Any number of work nodes may run; each takes files of the open jobs (POST /v1/jobs)
        from the queue in Redis. It has no data folder.

        Ends on SIGTERM or SIGINT when the files in progress are finished, at the latest after
        DARKROOM_SHUTDOWN_SECONDS; what is not finished then is given back, and processed by another node.

        Exits with 78 when a setting is missing or not valid.
        """

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        // Before the files that it has read again are read: it ends a process that does not handle it.
        let hangups = ReloadSignal()
        let environment = ProcessInfo.processInfo.environment
        let reader = SettingsReader(environment: environment, flags: arguments.values)
        let settings = try Settings(reader)
        let logger = settings.logger
        if let missing = settings.missingForSharedJobs {
            throw SettingError(variable: "darkroom work", problem: "needs \(missing)")
        }
        guard settings.processesJobs else {
            throw SettingError(variable: "DARKROOM_JOBS", problem: "is off, which is for serving nodes")
        }
        let signals = TerminationSignals()
        defer { withExtendedLifetime((signals, hangups)) {} }
        let concurrency = settings.jobConcurrency ?? settings.workers.workers
        var pool = settings.workers
        (pool.workers, pool.workersForUploads) = (concurrency, 0)
        // Workers are started before there are connections, threads and secrets, which they would inherit.
        let workers = try await Workers.start(pool, logger: logger)
        guard let queue = ServiceFactory.queue(settings, logger: logger) else { return .wrongSettings }
        let chat = try await ServiceFactory.chat(settings)
        let metrics = MetricsRegistry()
        // Without a secret and other keys no token is valid, and metrics are for everyone or for no one.
        let keys = TokenKeyRing(try settings.tokens.keys(orSecret: hexEncode(SecureRandom.bytes(32))))
        let remoteKeys = try settings.tokens.remoteKeys(in: keys, logger: logger)
        let node = try node(settings, keys, queue: queue, chat: chat, workers: workers, concurrency, metrics, logger)
        let server = try await listen(settings, reader, node, metrics, logger)
        let background = Task { await node.run() }
        let fetching = Task { await remoteKeys?.run() }
        await node.reportReadiness()
        print("darkroom works" + (server.map { " and answers at http://\($0.address)" } ?? ""))
        fflush(nil)
        logger.info("working", ["concurrency": "\(concurrency)"])
        let manager = ServiceManager(environment)
        let secrets = keys.secrets
        let reload = Reload(settings, keys, remoteKeys, manager: manager, logger: logger) { [settings] in
            var keys = try settings.tokens.keys(orSecret: nil)
            if keys.secrets.isEmpty { keys.secrets = secrets }
            return keys
        }
        let reloading = Task { [requests = hangups.stream] in await reload.run(requests) }
        let watchdog = Task { await manager?.keepAlive { await server?.server.waitUntilResponsive() } }
        await manager?.notify(["READY=1", "STATUS=works"])

        let signal = await signals.first()
        logger.info("shutting down", ["signal": signal])
        reloading.cancel()
        await manager?.notify(["STOPPING=1"])
        let deadline = ShutdownDeadline(in: settings.shutdownTime, logger: logger)
        // Work that is not finished in time is given back.
        _ = await Task { await node.finish() }.value(within: deadline.remaining)
        background.cancel()
        fetching.cancel()
        await background.value
        if let server { await server.server.shutdown(deadline: .zero) }
        await workers.shutdown()
        await chat.close()
        watchdog.cancel()
        logger.info("stopped")
        logger.flush(within: 1)
        return .success
    }

    private static func node(
        _ settings: Settings, _ keys: TokenKeyRing, queue: ItemQueue, chat: any ChatStore, workers: ProcessPool,
        _ concurrency: Int,
        _ metrics: MetricsRegistry, _ logger: Logger
    ) throws -> WorkService {
        let objects = MeteredObjectStore(try ServiceFactory.objects(settings), metrics: metrics)
        metrics.add(ProcessMetrics.collect)
        metrics.add { [.buildInformation] }
        var dependencies = WorkService.Dependencies(
            objects: objects, chat: chat, queue: queue,
            inspector: StoredInspector(
                store: objects, workers: workers,
                scanning: try ServiceFactory.scanning(settings, metrics: metrics, logger: logger)),
            tokens: TokenVerifier(keys),
            workers: { workers.statistics }, metrics: metrics, logger: logger)
        if let queue = ServiceFactory.queue(settings, name: ServiceFactory.renditionQueue, logger: logger) {
            let transcoder = ServiceFactory.transcoder(settings, directory: NSTemporaryDirectory(), logger: logger)
            dependencies.renditions = (transcoder, queue, settings.renditions.concurrency)
        }
        let reprocessing = ReprocessSettings(
            thumbnail: settings.previews.thumbnail, waveform: settings.previews.waveform, concurrency: concurrency,
            importLimits: settings.mediaLimits)
        return WorkService(
            dependencies, settings: reprocessing, dialects: settings.dialects,
            hasOpenMetrics: settings.api.hasOpenMetrics)
    }

    /// Answers requests where the settings say so.
    private static func listen(
        _ settings: Settings, _ reader: SettingsReader, _ node: WorkService, _ metrics: MetricsRegistry,
        _ logger: Logger
    ) async throws -> (server: HTTPServer, address: SocketAddress)? {
        guard reader.text(.listen) != nil else { return nil }
        let server = HTTPServer(configuration: settings.server, logger: logger, responder: node)
        let address = try await server.start()
        metrics.add { server.counters.metrics }
        return (server, address)
    }
}
