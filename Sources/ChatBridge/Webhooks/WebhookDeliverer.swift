import Concurrency
public import Foundation
public import Logging
import Synchronization

/// Sends webhooks: each at least once, to every endpoint in the order of its subject, and again with growing delays where it fails.
/// Each endpoint has a queue of its own, and waits for no other. Of several processes that use the store, one sends.
public final class WebhookDeliverer: Sendable {
    /// The request's body for an event; `nil` when there is nothing to tell any more.
    public typealias Body = @Sendable (_ delivery: WebhookDelivery) async throws -> [UInt8]?

    /// Under what name a process leases the sending.
    static let lease = Dialect(rawValue: "webhooks")
    /// How often the endpoints are read without a signal.
    private static let longestWait = Duration.seconds(5)
    /// How often old events that were given up are deleted.
    private static let housekeeping = Duration.seconds(3_600)

    let store: any OutboxStore & WebhookStore
    let sender: any WebhookSender
    let body: Body
    let limits: WebhookLimits
    /// The delays of an event that an endpoint does not accept while it accepts others.
    let retries: Backoff
    /// The times for which an endpoint that fails is left alone.
    let pauses: Backoff
    let now: @Sendable () -> Date
    let logger: Logger
    /// The endpoint that the settings describe.
    private let configured: WebhookEndpoint?
    private let signal = WakeSignal()
    private let state = Mutex(State())

    private struct State {
        var queues: [String: WebhookQueue] = [:]
        var hasEndpoints = false
        var lease: (lease: OutboxLease, since: ContinuousClock.Instant)?
        var delivered: [String: Int] = [:]
        var failed: [String: Int] = [:]
    }

    /// A deliverer.
    /// - Parameters:
    ///   - configured: the endpoint that the settings describe, with its secrets; `nil` for none.
    ///   - body: makes the body of a request.
    ///   - retries: the delays of an event that an endpoint rejects while it accepts others.
    ///   - pauses: the times for which an endpoint that fails is left alone.
    public init(
        store: any OutboxStore & WebhookStore, configured: WebhookEndpoint?, sender: any WebhookSender,
        limits: WebhookLimits = WebhookLimits(),
        retries: Backoff = Backoff(first: .seconds(5), longest: .seconds(3_600)),
        pauses: Backoff = Backoff(first: .seconds(1), longest: .seconds(300)),
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger, body: @escaping Body
    ) {
        self.store = store
        self.configured = configured
        self.sender = sender
        self.limits = limits
        self.retries = retries
        self.pauses = pauses
        self.now = now
        self.logger = logger
        self.body = body
    }

    /// Endpoints have changed.
    public func reload() { signal.wake() }

    /// There may be something to send.
    public func wake() {
        for queue in state.withLock({ Array($0.queues.values) }) { queue.wake() }
    }

    /// Whether this process sends, or nothing is to be sent, so that no other one needs to know of new events.
    public var deliversAll: Bool {
        state.withLock { state in
            guard state.hasEndpoints else { return true }
            guard let held = state.lease, !held.lease.dialects.isEmpty else { return false }
            return held.lease.renewal.map { held.since.duration(to: .now) < $0 } ?? true
        }
    }

    /// How many events this process has delivered to each endpoint, and how many attempts have failed.
    public var counts: (delivered: [String: Int], failed: [String: Int]) {
        state.withLock { ($0.delivered, $0.failed) }
    }

    func count(delivered: Int = 0, failed: Int = 0, for endpoint: String) {
        state.withLock { state in
            if delivered > 0 { state.delivered[endpoint, default: 0] += delivered }
            if failed > 0 { state.failed[endpoint, default: 0] += failed }
        }
    }

    /// Writes the endpoint that the settings describe to the store, or removes it where they describe none.
    /// - Throws: what the store throws.
    public func writeConfiguredEndpoint() async throws {
        let (configured, date) = (configured, now())
        let known = try await store.webhookEndpoints().first { $0.id == WebhookEndpoint.settingsID }
        guard known != nil || configured != nil else { return }
        _ = try await store.updateWebhookEndpoint(WebhookEndpoint.settingsID) { endpoint, _ in
            guard var new = configured else { return endpoint = nil }
            new.secrets = []
            if let former = endpoint {
                new.createdAt = former.createdAt
                new.updatedAt = former.updatedAt
                // It stays as it was, unless it is somewhere else now.
                if former.url == new.url {
                    (new.state, new.reason, new.failingSince) = (former.state, former.reason, former.failingSince)
                }
                guard new != former else { return }
            }
            new.updatedAt = date
            endpoint = new
        }
    }

    /// Sends until the task is cancelled, and has other processes take over then. Run once.
    public func run() async {
        await supervise()
        state.withLock { $0.lease = nil }
        // Not before nothing is sent any more, and not as a part of the cancelled task.
        await Task { [self] in
            do {
                try await store.releaseOutbox(of: [Self.lease])
            } catch {
                // Other processes take over when the lease has ended.
                logger.warning("webhooks cannot be handed over", ["error": "\(error)"])
            }
        }.value
    }

    private func supervise() async {
        var running: [String: Task<Void, Never>] = [:]
        var isWritten = false
        var cleaned: ContinuousClock.Instant?
        await signal.run {
            do {
                if !isWritten {
                    try await writeConfiguredEndpoint()
                    isWritten = true
                }
                let endpoints = try await activeEndpoints()
                for (id, task) in running where endpoints[id] == nil {
                    task.cancel()
                    await task.value
                    running[id] = nil
                    state.withLock { $0.queues[id] = nil }
                }
                for (id, endpoint) in endpoints {
                    if running[id] != nil {
                        state.withLock { $0.queues[id] }?.update(endpoint)
                    } else {
                        let queue = WebhookQueue(endpoint, self)
                        state.withLock { $0.queues[id] = queue }
                        running[id] = Task { await queue.run() }
                    }
                }
                if deliversAll, cleaned.map({ $0.duration(to: .now) > Self.housekeeping }) ?? true {
                    try await giveUpInactive()
                    try await store.deleteDeadWebhooks(before: now().before(limits.deadLetterAge))
                    cleaned = .now
                }
                // Another process may have changed them.
                return state.withLock { $0.lease?.lease.renewal } ?? Self.longestWait
            } catch let error where error.isReadOnlyStore {
                return .seconds(5)
            } catch {
                guard !Task.isCancelled else { return nil }
                logger.warning("webhooks cannot be read", ["error": "\(error)"])
                return .seconds(1)
            }
        }
        for task in running.values { task.cancel() }
        for task in running.values { await task.value }
        state.withLock { $0.queues = [:] }
    }

    /// Gives up the old events of endpoints that get none: they would wait without end.
    private func giveUpInactive() async throws {
        let (date, bound) = (now(), now().before(limits.age))
        for endpoint in try await store.webhookEndpoints() where endpoint.state != .active {
            _ = try await store.giveUpWebhooks(
                for: endpoint.id, sequence: nil, queuedBefore: bound,
                reason: "the endpoint is \(endpoint.state.rawValue)",
                at: date)
        }
    }

    /// The endpoints that this process sends to now, with their secrets.
    private func activeEndpoints() async throws -> [String: WebhookEndpoint] {
        let all = try await store.webhookEndpoints()
        state.withLock { $0.hasEndpoints = !all.isEmpty }
        guard !all.isEmpty, try await isLeased() else { return [:] }
        let active = all.filter { $0.state == .active }.map { endpoint in
            guard endpoint.id == WebhookEndpoint.settingsID, let configured else { return endpoint }
            var endpoint = endpoint
            endpoint.secrets = configured.secrets
            return endpoint
        }
        return Dictionary(active.map { ($0.id, $0) }) { first, _ in first }
    }

    private func isLeased() async throws -> Bool {
        let held = state.withLock { $0.lease }
        // Renewed before it ends: the loop waits for as long as a renewal may take.
        if let held, !held.lease.dialects.isEmpty,
            held.lease.renewal.map({ held.since.duration(to: .now) < $0 / 2 }) ?? true
        {
            return true
        }
        // The time before it is asked for: the store's answer may take long.
        let asked = ContinuousClock.now
        let renewed = try await store.leaseOutbox(of: [Self.lease])
        state.withLock { $0.lease = (renewed, asked) }
        return !renewed.dialects.isEmpty
    }
}
