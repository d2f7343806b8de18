import Concurrency
public import Foundation
public import Logging
import Synchronization
public import Tracing

/// Delivers the outbox: at start the entries that a crash left undelivered, then whenever it is woken. The events of
/// one recipient keep their order; a recipient who cannot be reached, or reads slowly, delays no other.
///
/// Every event is delivered at least once: an entry is removed when the kernel has accepted its bytes for each connection that
/// it was queued for, or that connection has ended. After a crash before that, the next process delivers it again.
///
/// Of several processes that use the store, one delivers a dialect's entries, which has the lease of it; another takes over when
/// that has ended. So all events of a recipient keep their order, whichever process has written them.
public final class OutboxDeliverer: Sendable {
    private let store: any OutboxStore
    private let notifiers: [Dialect: any Notifier]
    /// What another deliverer delivers.
    private let servedElsewhere: Set<Dialect>
    private let signal: WakeSignal
    private let backoff: Backoff
    private let deadLetterLimits: DeadLetterLimits
    private let now: @Sendable () -> Date
    private let tracer: Tracer?
    private let logger: Logger
    private let progress = Mutex(OutboxProgress())
    /// The lease, and when it was asked for.
    private let lease = Mutex<(lease: OutboxLease, since: ContinuousClock.Instant)?>(nil)
    /// How many entries are read from the store at once.
    private let batch = 32

    /// The time after which the store is read without a signal: an operator may have replayed dead letters.
    private let longestWait = Duration.seconds(10)

    /// A deliverer; a dialect's entries go to its notifier. Those of a dialect without one stay in the store.
    /// - Parameters:
    ///   - servedElsewhere: the dialects whose entries another deliverer has.
    ///   - signal: the signal that is sent when there may be something to deliver; passed in where others need it before there is
    ///     a deliverer.
    ///   - deadLetterLimits: when an entry that cannot be delivered is given up.
    ///   - now: the wall clock, by which the age of an entry is measured.
    ///   - tracer: records the deliveries of events that belong to a recorded trace; `nil` where nothing is traced.
    public init(
        store: any OutboxStore, notifiers: [Dialect: any Notifier], servedElsewhere: Set<Dialect> = [],
        signal: WakeSignal = WakeSignal(),
        backoff: Backoff = Backoff(), deadLetterLimits: DeadLetterLimits = DeadLetterLimits(),
        now: @escaping @Sendable () -> Date = { Date() }, tracer: Tracer? = nil, logger: Logger
    ) {
        self.tracer = tracer
        self.store = store
        self.notifiers = notifiers
        self.servedElsewhere = servedElsewhere
        self.signal = signal
        self.backoff = backoff
        self.deadLetterLimits = deadLetterLimits
        self.now = now
        self.logger = logger
    }

    /// Delivers until the task is cancelled. Run once.
    public func run() async {
        await warnOfUnservedDialects()
        await signal.run {
            do {
                let retry = try await deliverDue() ?? longestWait
                return max(min(retry, longestWait, renewalDelay ?? longestWait), .milliseconds(10))
            } catch let error where error.isReadOnlyStore {
                return .seconds(5)
            } catch {
                logger.warning("outbox cannot be read", ["error": "\(error)"])
                return backoff.first
            }
        }
    }

    /// Another process has written entries: those that this one delivers are read.
    public func wakeForOtherProcess() {
        progress.withLock { $0.rescan() }
        signal.wake()
    }

    /// Whether every dialect's entries are delivered by this process, so that no other one needs to know of new ones.
    public var deliversAll: Bool {
        lease.withLock { lease in
            guard let lease, lease.lease.dialects == servedDialects else { return false }
            // Where it need not be renewed there is no other process.
            return lease.lease.renewal.map { lease.since.duration(to: .now) < $0 } ?? true
        }
    }

    /// Stops delivering, and has other processes take over. To be called before the connections are closed.
    public func handOver() async {
        suspend()
        do {
            // What is not removed is delivered again.
            try await removeDelivered()
            try await store.releaseOutbox(of: servedDialects)
        } catch {
            // Other processes take over when the lease has ended.
            logger.warning("the outbox cannot be handed over", ["error": "\(error)"])
        }
    }

    /// Delivers the entries that are due, and removes the delivered ones. Returns after how long the next retry is due.
    /// - Throws: what the store throws.
    @discardableResult
    func deliverDue() async throws -> Duration? {
        while !Task.isCancelled, !isSuspended {
            try await removeDelivered()
            let dialects = try await leasedDialects()
            let (lowerBound, queued) = progress.withLock { progress in
                progress.beginReading()
                return (progress.lowerBound, progress.queuedAfterLowerBound)
            }
            let entries = try await store.dueOutbox(of: dialects, limit: batch, after: lowerBound, except: queued)
            guard !entries.isEmpty else {
                let retry = try await store.nextRetry(of: dialects, except: progress.withLock { $0.queuedRetries })
                progress.withLock { $0.nothingIsDue(waiting: retry?.lowest) }
                return retry?.delay
            }
            let prepared = await prepare(entries)
            var absent: Set<OutboxEntry.Recipient> = []
            for entry in entries where !absent.contains(entry.recipient) {
                // What may have been lost is delivered again before the events after it.
                if progress.withLock({ $0.hasFailures }) { break }
                switch await deliver(entry, prepared[entry.sequence]) {
                case .queued: break
                case .postponed(let delay):
                    absent.insert(entry.recipient)
                    try await store.postpone(entry.sequence, for: delay)
                case .abandoned(let reason):
                    try await store.moveToDeadLetters(entry.sequence, reason: reason, at: now())
                }
            }
        }
        return nil
    }

    /// The dialects whose entries this process delivers now. The lease is renewed when that is due.
    private func leasedDialects() async throws -> Set<Dialect> {
        let held = lease.withLock { $0 }
        if let held, renewalDelay ?? .zero > .zero { return held.lease.dialects }
        // The time before it is asked for: the store's answer may take long.
        let asked = ContinuousClock.now
        let renewed = try await store.leaseOutbox(of: servedDialects)
        lease.withLock { $0 = (renewed, asked) }
        // What other processes have written is read again, also when their signal was lost.
        if renewed.renewal != nil { progress.withLock { $0.rescan() } }
        let gained = renewed.dialects.subtracting(held?.lease.dialects ?? [])
        if renewed.renewal != nil, !gained.isEmpty {
            let names = gained.map(\.rawValue).sorted().joined(separator: ",")
            logger.info("this process delivers the outbox", ["dialects": names])
        }
        return renewed.dialects
    }

    /// After how long the lease is to be renewed; `nil` where it need not be.
    private var renewalDelay: Duration? {
        lease.withLock { lease in
            lease.flatMap { held in held.lease.renewal.map { $0 - held.since.duration(to: .now) } }
        }
    }

    /// Stops delivering, so that the next process delivers what has not been written by now.
    func suspend() { progress.withLock { $0.isSuspended = true } }

    private var isSuspended: Bool { progress.withLock { $0.isSuspended } }

    private var servedDialects: Set<Dialect> { Set(notifiers.keys) }

    private func warnOfUnservedDialects() async {
        do {
            for (dialect, backlog) in try await store.outboxBacklog()
            where notifiers[dialect] == nil && !servedElsewhere.contains(dialect) {
                logger.warning(
                    "outbox entries of a dialect that is not served wait until it is",
                    ["dialect": dialect.rawValue, "entries": "\(backlog.count)"])
            }
        } catch {
            logger.warning("outbox cannot be read", ["error": "\(error)"])
        }
    }

    private func removeDelivered() async throws {
        let delivered = progress.withLock { $0.delivered }
        guard !delivered.isEmpty else { return }
        try await store.delivered(delivered.sorted())
        progress.withLock { $0.removed(delivered) }
    }

    private func hasFailed(_ sequence: Int) {
        progress.withLock { $0.hasFailed(sequence) }
        signal.wake()
    }

    private func wasDelivered(_ sequence: Int) {
        let isAccepted = progress.withLock { progress in
            if !progress.isSuspended { progress.wasDelivered(sequence) }
            return !progress.isSuspended
        }
        if isAccepted { signal.wake() }
    }

    /// What became of an attempt to deliver an entry.
    private enum Outcome {
        /// It is queued for its connections.
        case queued
        /// It is tried again after that time.
        case postponed(Duration)
        /// It is not tried again.
        case abandoned(reason: String)
    }

    /// Reads what entries need, all at once: that of one after another would take most of the time.
    private func prepare(_ entries: [OutboxEntry]) async -> [Int: PreparedEntry] {
        await withTaskGroup(of: PreparedEntry.self) { group in
            for entry in entries {
                guard let notifier = notifiers[entry.dialect] else { continue }
                group.addTask { await PreparedEntry(entry, notifier) }
            }
            return await group.reduce(into: [:]) { all, prepared in
                all[prepared.sequence] = prepared
            }
        }
    }

    /// Queues an entry for its connections.
    private func deliver(_ entry: OutboxEntry, _ prepared: PreparedEntry?) async -> Outcome {
        let retry = backoff.delay(after: entry.attempts + 1)
        guard let prepared else { return .postponed(retry) }
        let span = tracer?.begin(delivering: entry)
        let receipt = WriteReceipt { [weak self] in
            span?.end(error: "connection_lost")
            self?.hasFailed(entry.sequence)
        } delivered: { [weak self] in
            span?.end()
            self?.wasDelivered(entry.sequence)
        }
        progress.withLock { $0.queue(entry) }
        do {
            try await prepared.event.get().deliver(receipt)
            return .queued
        } catch {
            receipt.void()
            span?.end(error: error is RecipientAbsent ? "recipient_absent" : "not_delivered")
            progress.withLock { $0.postponed(entry) }
            if error is RecipientAbsent || error is FanOutCongested { return .postponed(backoff.first) }
            let isGivenUp = deadLetterLimits.isReached(by: entry, at: now())
            logger.warning(
                isGivenUp ? "outbox entry given up" : "outbox entry not delivered",
                ["event": entry.draft.event, "sequence": "\(entry.sequence)", "error": "\(error)"])
            return isGivenUp ? .abandoned(reason: "\(error)") : .postponed(retry)
        }
    }
}

extension Tracer {
    /// Begins the span of an attempt to deliver an entry; `nil` where it belongs to no recorded trace.
    fileprivate func begin(delivering entry: OutboxEntry) -> Span? {
        guard let parent = entry.draft.trace.flatMap(TraceContext.init(traceparent:)) else { return nil }
        return begin(
            "delivery", .producer, after: parent,
            [
                "darkroom.dialect": .text(entry.dialect.rawValue), "darkroom.event": .text(entry.draft.event),
                "darkroom.attempt": .integer(entry.attempts + 1),
            ])
    }
}

/// Thrown by a notifier when a recipient is not connected yet and expected to connect soon.
struct RecipientAbsent: Error {}

/// What was read of an entry. An object, because a task group of results in tuples traps when it is compiled for release.
private final class PreparedEntry: Sendable {
    let sequence: Int
    let event: Result<PreparedEvent, any Error>

    init(_ entry: OutboxEntry, _ notifier: any Notifier) async {
        sequence = entry.sequence
        do {
            event = .success(try await notifier.prepare(entry))
        } catch {
            event = .failure(error)
        }
    }
}
