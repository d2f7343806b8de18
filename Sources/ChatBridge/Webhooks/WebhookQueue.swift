import Concurrency
import Foundation
import Logging
import Synchronization

/// Sends the events for one endpoint: those of a subject in their order, several subjects at once. It waits for no other endpoint.
final class WebhookQueue: Sendable {
    /// How many events are read from the store at once.
    private static let batch = 64
    /// The time after which the store is read without a signal.
    private static let longestWait = Duration.seconds(2)

    private let id: String
    private let deliverer: WebhookDeliverer
    private let signal = WakeSignal()
    private let state: Mutex<State>

    private struct State {
        var endpoint: WebhookEndpoint
        var pause: WebhookPause
        var isStopped = false
    }

    init(_ endpoint: WebhookEndpoint, _ deliverer: WebhookDeliverer) {
        id = endpoint.id
        self.deliverer = deliverer
        state = Mutex(State(endpoint: endpoint, pause: WebhookPause(deliverer.pauses)))
    }

    func wake() { signal.wake() }

    /// The endpoint is active, and may have changed.
    func update(_ endpoint: WebhookEndpoint) {
        let isChanged = state.withLock { state in
            guard state.endpoint != endpoint || state.isStopped else { return false }
            // It was resumed before this was cancelled.
            state.isStopped = false
            // What fails may do so no longer at another URL.
            if state.endpoint.url != endpoint.url { state.pause.succeeded() }
            state.endpoint = endpoint
            return true
        }
        if isChanged { signal.wake() }
    }

    /// Sends until the task is cancelled, or the endpoint is not active any more.
    func run() async {
        await signal.run {
            do {
                return max(min(try await sendDue() ?? Self.longestWait, Self.longestWait), .milliseconds(10))
            } catch let error where error.isReadOnlyStore {
                return .seconds(5)
            } catch {
                guard !Task.isCancelled else { return nil }
                deliverer.logger.warning("webhooks cannot be read", ["endpoint": id, "error": "\(error)"])
                return deliverer.retries.first
            }
        }
    }

    /// Sends what is due. Returns after how long there may be more.
    func sendDue() async throws -> Duration? {
        while !Task.isCancelled, !state.withLock({ $0.isStopped }) {
            if let pause = state.withLock({ $0.pause.remaining(at: .now) }) { return pause }
            let (endpoint, isTrying) = state.withLock { ($0.endpoint, $0.pause.isTrying) }
            let due = try await deliverer.store.dueWebhooks(for: id, limit: isTrying ? 1 : Self.batch)
            guard !due.isEmpty else { return try await deliverer.store.nextWebhookRetry(for: id) }
            let attempts = await attempt(due, at: endpoint)
            try await remove(attempts.flatMap(\.delivered))
            deliverer.count(delivered: attempts.map(\.delivered.count).reduce(0, +), for: id)
            // What has failed then was perhaps cancelled.
            guard !Task.isCancelled else { return nil }
            for attempt in attempts {
                if let delivery = attempt.failed, let failure = attempt.failure { try await failed(delivery, failure) }
            }
            try await report(attempts)
        }
        return nil
    }

    /// Removes what was accepted, also when the task is cancelled: otherwise it would be sent again.
    private func remove(_ sequences: [Int]) async throws {
        guard !sequences.isEmpty else { return }
        let store = deliverer.store
        try await Task { try await store.webhooksDelivered(sequences.sorted()) }.value
    }

    private func attempt(_ due: [WebhookDelivery], at endpoint: WebhookEndpoint) async -> [WebhookAttempt] {
        var subjects: [[WebhookDelivery]] = []
        var places: [String: Int] = [:]
        for delivery in due {
            if let place = places[delivery.event.subject] {
                subjects[place].append(delivery)
            } else {
                places[delivery.event.subject] = subjects.count
                subjects.append([delivery])
            }
        }
        return await withTaskGroup(of: WebhookAttempt.self) { group in
            var attempts: [WebhookAttempt] = []
            for (index, subject) in subjects.enumerated() {
                if index >= deliverer.limits.concurrency, let ended = await group.next() { attempts.append(ended) }
                group.addTask { await self.attempt(subject: subject, at: endpoint) }
            }
            for await ended in group { attempts.append(ended) }
            return attempts
        }
    }

    private func attempt(subject: [WebhookDelivery], at endpoint: WebhookEndpoint) async -> WebhookAttempt {
        var delivered: [Int] = []
        var wasAccepted = false
        for delivery in subject {
            let body: [UInt8]?
            do {
                body = try await deliverer.body(delivery)
            } catch {
                let failure = WebhookFailure(reason: "\(error)", kind: .unavailable)
                return WebhookAttempt(
                    delivered: delivered, wasAccepted: wasAccepted, failed: delivery, failure: failure, wasSent: false)
            }
            do throws(WebhookFailure) {
                if let body {
                    try await deliverer.sender.send(body, id: delivery.event.id, to: endpoint)
                    wasAccepted = true
                }
                delivered.append(delivery.sequence)
            } catch {
                return WebhookAttempt(
                    delivered: delivered, wasAccepted: wasAccepted, failed: delivery, failure: error)
            }
        }
        return WebhookAttempt(delivered: delivered, wasAccepted: wasAccepted)
    }

    private func failed(_ delivery: WebhookDelivery, _ failure: WebhookFailure) async throws {
        deliverer.count(failed: 1, for: id)
        let now = deliverer.now()
        let isGivenUp = Duration.seconds(now.timeIntervalSince(delivery.queuedAt)) >= deliverer.limits.age
        deliverer.logger.warning(
            isGivenUp ? "webhook given up" : "webhook not delivered",
            [
                "endpoint": id, "event": delivery.event.id, "attempts": "\(delivery.attempts + 1)",
                "error": failure.reason,
            ])
        if isGivenUp {
            _ = try await deliverer.store.giveUpWebhooks(
                for: id, sequence: delivery.sequence, queuedBefore: now, reason: failure.reason, at: now)
        } else {
            // While an endpoint fails as a whole, its pause decides when one is tried.
            let backoff = failure.kind == .rejected ? deliverer.retries : deliverer.pauses
            try await deliverer.store.postponeWebhook(
                delivery.sequence, for: backoff.jittered(after: delivery.attempts + 1), reason: failure.reason)
        }
    }

    /// An endpoint that has accepted any of them, or has rejected it for what it is, works.
    private func report(_ attempts: [WebhookAttempt]) async throws {
        let failures = attempts.filter(\.wasSent).compactMap(\.failure)
        if let gone = failures.first(where: { $0.kind == .gone }) { return try await stop(.disabled, gone.reason) }
        if attempts.contains(where: \.wasAccepted) || failures.contains(where: { $0.kind == .rejected }) {
            let wasFailing = state.withLock { state in
                state.pause.succeeded()
                return state.endpoint.failingSince != nil
            }
            if wasFailing { try await change { $0.failingSince = nil } }
        } else if let failure = failures.first {
            try await hasFailed(failure, retryAfter: failures.compactMap(\.retryAfter).max())
        }
    }

    private func hasFailed(_ failure: WebhookFailure, retryAfter: Duration?) async throws {
        let now = deliverer.now()
        let (failures, since) = state.withLock { state in
            state.pause.failed(at: .now, retryAfter: retryAfter)
            return (state.pause.failures, state.endpoint.failingSince)
        }
        guard let since else { return try await change { $0.failingSince = now } }
        let count = try await deliverer.store.giveUpWebhooks(
            for: id, sequence: nil, queuedBefore: now.before(deliverer.limits.age), reason: failure.reason, at: now)
        if count > 0 {
            deliverer.logger.warning(
                "webhooks given up", ["endpoint": id, "count": "\(count)", "error": failure.reason])
        }
        let time = Duration.seconds(now.timeIntervalSince(since))
        guard failures >= WebhookPause.minimumFailures, time >= deliverer.limits.pauseAfter else { return }
        try await stop(.paused, "failing since \(Timestamp.seconds(since)): \(failure.reason)")
    }

    private func stop(_ newState: WebhookEndpoint.State, _ reason: String) async throws {
        deliverer.logger.error(
            newState == .disabled ? "webhook endpoint disabled" : "webhook endpoint paused",
            ["endpoint": id, "error": reason])
        state.withLock { $0.isStopped = true }
        try await change { endpoint in
            endpoint.state = newState
            endpoint.reason = reason
        }
        deliverer.reload()
    }

    private func change(_ change: @escaping @Sendable (inout WebhookEndpoint) -> Void) async throws {
        let url = state.withLock { $0.endpoint.url }
        let now = deliverer.now()
        let changed = try await deliverer.store.updateWebhookEndpoint(id) { endpoint, _ in
            // An operator may have deleted it, or changed its URL, meanwhile.
            guard var changed = endpoint, changed.url == url else { return }
            change(&changed)
            changed.updatedAt = now
            endpoint = changed
        }
        if let changed { state.withLock { $0.endpoint.failingSince = changed.failingSince } }
    }
}
