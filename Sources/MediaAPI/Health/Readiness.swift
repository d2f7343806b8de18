import ChatBridge
import Concurrency
import HTTPServer
import JSON
import Logging
import MediaWorker
import ObjectStore

/// Checks whether the stores respond, at most every few seconds however many requests there are, because a check writes
/// to the disk. A store that does not respond within two seconds is reported as unavailable.
actor Readiness {
    /// The state of a store that is read and not written.
    private static let readOnly: JSONValue = "read-only"

    typealias Check = (name: String, check: @Sendable () async throws -> Void)

    private let checks: [Check]
    /// The names of the checks whose failure leaves the service ready.
    private let optional: Set<String>
    /// What stores chat.
    private let engine: String?
    private let workers: (@Sendable () -> WorkerStatistics)?
    private let logger: Logger
    /// How long a result is reused.
    private let freshness: Duration
    private let timeout: Duration
    private var latest: (members: JSONObject, since: ContinuousClock.Instant)?
    private var pendingCheck: Task<JSONObject, Never>?
    /// Checks that are still running: each store has one check at a time, however long it takes.
    private var running: [String: Task<(any Error)?, Never>] = [:]
    /// The last failure of each store.
    private var failures: [String: any Error] = [:]

    init(
        checks: [Check], optional: Set<String> = [], engine: String? = nil,
        workers: (@Sendable () -> WorkerStatistics)?, logger: Logger,
        freshness: Duration = .seconds(3), timeout: Duration = .seconds(2)
    ) {
        self.checks = checks
        self.optional = optional
        self.engine = engine
        self.workers = workers
        self.logger = logger
        self.freshness = freshness
        self.timeout = timeout
    }

    /// The response of `GET /readyz`.
    func response() async -> HTTPResponse {
        var members = await stores()
        if let workers { members["workers"] = workers().workers > 0 ? "ok" : "unavailable" }
        // Reads are answered where the chat store is being moved.
        let isReadOnly = members.contains { $0.1 == Self.readOnly }
        let isReady = members.allSatisfy {
            $0.1 == "ok" || $0.1 == Self.readOnly || optional.contains($0.0)
        }
        members["status"] = isReady ? (isReadOnly ? Self.readOnly : "ok") : "unavailable"
        members["chatStore"] = engine.map(JSONValue.string)
        return .json(
            .object(members), status: isReady ? .ok : .serviceUnavailable,
            headers: isReady ? [:] : ["Retry-After": "5"])
    }

    private func stores() async -> JSONObject {
        if let latest, .now - latest.since < freshness { return latest.members }
        if let pendingCheck { return await pendingCheck.value }
        let task = Task { await self.ask() }
        pendingCheck = task
        let members = await task.value
        latest = (members, .now)
        pendingCheck = nil
        return members
    }

    private func ask() async -> JSONObject {
        var members: JSONObject = [:]
        await withTaskGroup(of: (String, (any Error)?).self) { group in
            for (name, check) in checks {
                let ending = end(of: name, check)
                group.addTask { [timeout] in (name, await Self.failure(of: ending, within: timeout)) }
            }
            for await (name, failure) in group {
                if failure?.isReadOnlyStore ?? false {
                    members[name] = Self.readOnly
                    continue
                }
                members[name] = failure == nil ? "ok" : "unavailable"
                guard var failure else { continue }
                if failure is NoResponse, let known = failures[name] { failure = known }
                logger.error("store is not ready", ["store": name, "cause": "\(failure)"])
                if let error = failure as? ObjectStoreError { members["remedy"] = .string(error.message) }
            }
        }
        return members
    }

    /// The running check of a store, or a new one.
    private func end(
        of name: String, _ check: @escaping @Sendable () async throws -> Void
    ) -> Task<(any Error)?, Never> {
        if let task = running[name] { return task }
        let task = Task<(any Error)?, Never> {
            var failure: (any Error)?
            do { try await check() } catch { failure = error }
            running[name] = nil
            failures[name] = failure
            return failure
        }
        running[name] = task
        return task
    }

    /// The failure of a check; `nil` when it succeeds. A check that takes longer than `timeout` continues, and its
    /// result is used for the next response.
    private static func failure(
        of check: Task<(any Error)?, Never>, within timeout: Duration
    ) async -> (any Error)? {
        guard let result = await check.value(within: timeout) else { return NoResponse() }
        return result
    }

    /// The store did not respond in time.
    private struct NoResponse: Error, CustomStringConvertible {
        let description = "it does not respond in time"
    }
}
