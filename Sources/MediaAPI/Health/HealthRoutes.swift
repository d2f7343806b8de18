import ChatBridge
import HTTPServer
import JSON
import Jobs
import Logging
import MediaWorker
import ObjectStore
import Realtime

/// `GET /healthz`: the process is running. `GET /readyz`: the stores respond and workers are available to validate
/// media. Without Redis the service is ready, too: messages to other nodes wait until Redis is back. So it is without clamd: what is
/// stored is served.
struct HealthRoutes: Sendable {
    private let readiness: Readiness

    init(
        objects: any ObjectStore, chat: any ChatStore, cluster: (any HubCluster)? = nil,
        queue: ItemQueue? = nil, scanning: ContentScanning? = nil,
        workers: (@Sendable () -> WorkerStatistics)?, logger: Logger
    ) {
        var checks: [Readiness.Check] = [
            ("objects", { try await objects.check() }), ("chat", { try await chat.check() }),
        ]
        if let cluster {
            checks.append(("redis", { try await cluster.check() }))
        } else if let queue {
            checks.append(("redis", { try await queue.check() }))
        }
        if let scanning { checks.append(("clamd", { try await scanning.check() })) }
        readiness = Readiness(
            checks: checks,
            optional: ["redis", "clamd"],
            engine: chat.engine, workers: workers, logger: logger)
    }

    func mount(on routes: inout Routes) {
        routes.on(.get, "/healthz", .health) { _, _ in .json(["status": "ok"]) }
        routes.on(.get, "/readyz", .readiness) { [readiness] _, _ in await readiness.response() }
    }

    /// Checks the stores and logs failures.
    func report() async { _ = await readiness.response() }
}
