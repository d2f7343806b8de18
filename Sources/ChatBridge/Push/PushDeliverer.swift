import Concurrency
public import Foundation
public import Logging
import Synchronization

/// Delivers the outbox's events for devices to the chat server: each at least once, some at a time, and again with growing delays
/// where it fails. Nothing else waits for them: they have a queue of their own for each dialect. What was read of the store is
/// bounded, however long the receiver fails.
public final class PushDeliverer: Sendable {
    /// Makes the event of an entry; `nil` when no one is to be notified any more.
    public typealias Event = @Sendable (_ entry: OutboxEntry) async throws -> PushEvent?

    private let store: any OutboxStore
    private let events: [Dialect: Event]
    private let receiver: any PushReceiver
    private let backoff: Backoff
    private let deadLetterLimits: DeadLetterLimits
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let signal = WakeSignal()
    private let state = Mutex(State())
    /// How many events are sent at once.
    private let batch = 16
    /// The time after which the store is read without a signal: an operator may have replayed dead letters.
    private let longestWait = Duration.seconds(10)

    private struct State {
        var pause = PushPause()
        var lease: (lease: OutboxLease, since: ContinuousClock.Instant)?
    }

    /// A deliverer of the events of some dialects.
    /// - Parameters:
    ///   - events: makes the events of each dialect.
    ///   - deadLetterLimits: at what age an event that is not taken is given up. The number of attempts does not matter: a receiver
    ///     that fails gets few of them.
    ///   - now: the wall clock, by which the age of an event is measured.
    public init(
        store: any OutboxStore, events: [Dialect: Event], receiver: any PushReceiver, backoff: Backoff = Backoff(),
        deadLetterLimits: DeadLetterLimits = DeadLetterLimits(), now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {
        self.store = store
        self.events = Dictionary(events.map { ($0.key.pushQueue, $0.value) }) { first, _ in first }
        self.receiver = receiver
        self.backoff = backoff
        self.deadLetterLimits = deadLetterLimits
        self.now = now
        self.logger = logger
    }

    /// Under what its entries are stored.
    public var queues: Set<Dialect> { Set(events.keys) }

    /// There may be something to send.
    public func wake() { signal.wake() }

    /// Whether this process delivers all of them, so that no other one needs to know of new ones.
    public var deliversAll: Bool {
        state.withLock { state in
            guard let held = state.lease, held.lease.dialects == queues else { return false }
            return held.lease.renewal.map { held.since.duration(to: .now) < $0 } ?? true
        }
    }

    /// Delivers until the task is cancelled, and has other processes take over then. Run once.
    public func run() async {
        await deliver()
        state.withLock { $0.lease = nil }
        // Not before nothing is sent any more, and not as a part of the cancelled task.
        await Task { [self] in
            do {
                try await store.releaseOutbox(of: queues)
            } catch {
                // Other processes take over when the lease has ended.
                logger.warning("events for devices cannot be handed over", ["error": "\(error)"])
            }
        }.value
    }

    private func deliver() async {
        await signal.run {
            do {
                let retry = try await deliverDue() ?? longestWait
                return max(min(retry, state.withLock { $0.lease?.lease.renewal } ?? longestWait), .milliseconds(10))
            } catch let error where error.isReadOnlyStore {
                return .seconds(5)
            } catch {
                logger.warning("events for devices cannot be read", ["error": "\(error)"])
                return backoff.first
            }
        }
    }

    /// Sends what is due. Returns after how long there may be more.
    /// - Throws: what the store throws.
    @discardableResult
    func deliverDue() async throws -> Duration? {
        while !Task.isCancelled {
            if let pause = state.withLock({ $0.pause.remaining(at: .now) }) { return pause }
            let queues = try await leasedQueues()
            let limit = state.withLock { $0.pause.isTrying } ? 1 : batch
            let entries = try await store.dueOutbox(of: queues, limit: limit, after: 0, except: [])
            guard !entries.isEmpty else { return try await store.nextRetry(of: queues, except: [])?.delay }
            let attempts = await attempt(entries)
            try await remove(attempts.filter { $0.failure == nil }.map(\.entry))
            // What has failed then was perhaps cancelled.
            guard !Task.isCancelled else { return nil }
            for attempt in attempts {
                if let failure = attempt.failure { try await failed(attempt.entry, failure.reason) }
            }
            report(attempts)
            if state.withLock({ $0.pause.isTrying }), let failure = attempts.lazy.compactMap(\.failure).first {
                try await giveUpOld(of: queues, failure.reason)
            }
        }
        return nil
    }

    /// Removes what was taken from the store, also when the task is cancelled: otherwise it would be sent again.
    private func remove(_ entries: [OutboxEntry]) async throws {
        guard !entries.isEmpty else { return }
        try await Task { [store] in try await store.delivered(entries.map(\.sequence).sorted()) }.value
    }

    /// Whether an entry is given up whose attempt has failed, or that a receiver which fails is not asked about: by its age alone.
    private func isTooOld(_ entry: OutboxEntry) -> Bool {
        Duration.seconds(now().timeIntervalSince(entry.createdAt)) >= deadLetterLimits.age
    }

    /// The receiver has failed: gives up the entries that have waited for too long, however many there are. Each would need an
    /// attempt otherwise, and a receiver that fails gets few of them.
    private func giveUpOld(of queues: Set<Dialect>, _ reason: String) async throws {
        var count = 0
        while !Task.isCancelled {
            let entries = try await store.dueOutbox(of: queues, limit: 100, after: 0, except: []).filter(isTooOld)
            guard !entries.isEmpty else { break }
            for entry in entries { try await store.moveToDeadLetters(entry.sequence, reason: reason, at: now()) }
            count += entries.count
        }
        guard count > 0 else { return }
        logger.warning("events for devices given up", ["count": "\(count)", "error": reason])
    }

    private func failed(_ entry: OutboxEntry, _ reason: String) async throws {
        let isGivenUp = isTooOld(entry)
        logger.warning(
            isGivenUp ? "event for devices given up" : "event for devices not delivered",
            ["sequence": "\(entry.sequence)", "attempts": "\(entry.attempts + 1)", "error": reason])
        if isGivenUp {
            try await store.moveToDeadLetters(entry.sequence, reason: reason, at: now())
        } else {
            try await store.postpone(entry.sequence, for: backoff.delay(after: entry.attempts + 1))
        }
    }

    /// A receiver that has taken any of them, or has rejected it for what it is, works.
    private func report(_ attempts: [PushAttempt]) {
        let asked = attempts.filter(\.wasSent)
        guard !asked.isEmpty else { return }
        state.withLock { state in
            if asked.contains(where: { $0.failure?.kind != .unavailable }) {
                state.pause.succeeded()
            } else {
                state.pause.failed(at: .now)
            }
        }
    }

    private func attempt(_ entries: [OutboxEntry]) async -> [PushAttempt] {
        await withTaskGroup(of: PushAttempt.self) { group in
            for entry in entries { group.addTask { await self.attempt(entry) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func attempt(_ entry: OutboxEntry) async -> PushAttempt {
        do {
            guard let event = try await events[entry.dialect]?(entry) else {
                return PushAttempt(entry, wasSent: false, nil)
            }
            return PushAttempt(entry, wasSent: true, await failure(of: event))
        } catch {
            return PushAttempt(entry, wasSent: false, PushFailure(reason: "\(error)", kind: .unavailable))
        }
    }

    /// Why an event was not taken; `nil` when it was. One that is too large for the receiver is sent again for each recipient.
    private func failure(of event: PushEvent) async -> PushFailure? {
        do throws(PushFailure) {
            try await receiver.send(event)
            return nil
        } catch {
            guard error.kind == .tooLarge, event.recipients.count > 1 else { return error }
            return await failure(ofEach: event.single)
        }
    }

    /// As ``failure(of:)``. Where some were taken and others are rejected or too large even so, nothing is sent again for these.
    private func failure(ofEach events: [PushEvent]) async -> PushFailure? {
        var rejected: [PushFailure] = []
        for event in events {
            do throws(PushFailure) {
                try await receiver.send(event)
            } catch {
                guard error.kind != .unavailable else { return error }
                rejected.append(error)
            }
        }
        guard let failure = rejected.first else { return nil }
        guard rejected.count < events.count else { return failure }
        logger.warning(
            "events for devices were not taken for each recipient",
            ["count": "\(rejected.count)", "error": failure.reason])
        return nil
    }

    /// The queues that this process delivers now: of several processes that use the store, one has the lease of each.
    private func leasedQueues() async throws -> Set<Dialect> {
        if let held = state.withLock({ $0.lease }),
            held.lease.renewal.map({ held.since.duration(to: .now) < $0 }) ?? true
        {
            return held.lease.dialects
        }
        // The time before it is asked for: the store's answer may take long.
        let asked = ContinuousClock.now
        let renewed = try await store.leaseOutbox(of: queues)
        state.withLock { $0.lease = (renewed, asked) }
        return renewed.dialects
    }
}

/// How an attempt has ended. An object, because a task group of results in tuples traps when it is compiled for release.
private final class PushAttempt: Sendable {
    let entry: OutboxEntry
    /// Whether the receiver was asked.
    let wasSent: Bool
    let failure: PushFailure?

    init(_ entry: OutboxEntry, wasSent: Bool, _ failure: PushFailure?) {
        self.entry = entry
        self.wasSent = wasSent
        self.failure = failure
    }
}
