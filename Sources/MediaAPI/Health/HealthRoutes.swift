import ChatBridge
import HTTPServer
import Logging
import MediaWorker
import ObjectStore

/// `GET /healthz`: the process lives. `GET /readyz`: its stores answer, and somebody can judge media.
struct HealthRoutes: Sendable {
    let objects: any ObjectStore
    let chat: any ChatStore
    let workers: (@Sendable () -> WorkerStatistics)?
    let logger: Logger

    func mount(on router: inout Router) {
        router.on(.get, "/healthz") { _, _ in .json(["status": "ok"]) }
        router.on(.get, "/readyz") { _, _ in await ready() }
    }

    /// Asks the stores; those that do not answer are named in the log, too.
    @discardableResult
    func ready() async -> HTTPResponse {
        let checks: [(String, @Sendable () async throws -> Void)] = [
            ("objects", { try await objects.check() }),
            ("chat", { _ = try await chat.user("readiness") }),
        ]
        var members: [String: JSONValue] = [:]
        for (name, check) in checks {
            do {
                try await check()
                members[name] = "ok"
            } catch {
                logger.error("store is not ready", ["store": name, "cause": "\(error)"])
                members[name] = "unavailable"
                if let error = error as? ObjectStoreError { members["remedy"] = .string(error.message) }
            }
        }
        if let workers { members["workers"] = workers().workers > 0 ? "ok" : "unavailable" }
        let isReady = members.values.allSatisfy { $0 == "ok" }
        members["status"] = isReady ? "ok" : "unavailable"
        return .json(.object(members), status: isReady ? .ok : .serviceUnavailable)
    }
}
