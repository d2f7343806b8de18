import ChatBridge
import HTTPServer
import JSON
import Logging
import MediaWorker
import ObjectStore

/// `GET /healthz`: the process lives. `GET /readyz`: its stores answer, and somebody can judge media.
struct HealthRoutes: Sendable {
    private let readiness: Readiness

    init(
        objects: any ObjectStore, chat: any ChatStore, workers: (@Sendable () -> WorkerStatistics)?, logger: Logger
    ) {
        readiness = Readiness(
            checks: [("objects", { try await objects.check() }), ("chat", { try await chat.check() })],
            workers: workers, logger: logger)
    }

    func mount(on router: inout Router) {
        router.on(.get, "/healthz") { _, _ in .json(["status": "ok"]) }
        router.on(.get, "/readyz") { [readiness] _, _ in await readiness.answer() }
    }

    /// Asks the stores; what is in the way goes to the log.
    func report() async { _ = await readiness.answer() }
}
