import ChatBridge
import HTTPServer
import JSON
import Logging
import MediaWorker
import ObjectStore

/// `GET /healthz`: the process is running. `GET /readyz`: the stores respond and workers are available to validate
/// media.
struct HealthRoutes: Sendable {
    private let readiness: Readiness

    init(
        objects: any ObjectStore, chat: any ChatStore, workers: (@Sendable () -> WorkerStatistics)?, logger: Logger
    ) {
        readiness = Readiness(
            checks: [("objects", { try await objects.check() }), ("chat", { try await chat.check() })],
            engine: chat.engine, workers: workers, logger: logger)
    }

    func mount(on routes: inout Routes) {
        routes.on(.get, "/healthz") { _, _ in .json(["status": "ok"]) }
        routes.on(.get, "/readyz") { [readiness] _, _ in await readiness.response() }
    }

    /// Checks the stores and logs failures.
    func report() async { _ = await readiness.response() }
}
