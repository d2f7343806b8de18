public import Logging
import Synchronization

/// Tells what the outbox holds: at start what a crash left, then whenever it is woken. What one recipient is told keeps
/// its order; a recipient who cannot be told, or reads slowly, holds up nobody else.
///
/// Everything is told at least once: an entry is taken out when the kernel has taken its bytes for each connection that it
/// was queued for, or that connection has ended. What a crash comes before is told again by the next process.
public final class OutboxDeliverer: Sendable {
    private let store: any OutboxStore
    private let notifiers: [Dialect: any Notifier]
    private let signal: WakeSignal
    private let backoff: Backoff
    private let logger: Logger
    private let progress = Mutex(OutboxProgress())
    /// How many entries are read at once.
    private let batch = 32

    /// A deliverer; a dialect's entries go to its notifier. Those of a dialect without one stay in the store.
    /// - Parameter signal: what ``wake()`` gives; for whoever has to be able to give it before there is a deliverer.
    public init(
        store: any OutboxStore, notifiers: [Dialect: any Notifier], signal: WakeSignal = WakeSignal(),
        backoff: Backoff = Backoff(), logger: Logger
    ) {
        self.store = store
        self.notifiers = notifiers
        self.signal = signal
        self.backoff = backoff
        self.logger = logger
    }

    /// There may be something to tell. Cheap; never waits.
    public func wake() { signal.wake() }

    /// Tells until the task is cancelled. Run once.
    public func run() async {
        await warnOfUnserved()
        await signal.run {
            do {
                return try await deliverDue().map { max($0, .milliseconds(10)) }
            } catch {
                logger.warning("outbox cannot be read", ["error": "\(error)"])
                return backoff.first
            }
        }
    }

    /// Tells what is due now, and takes out what has been delivered. Returns after how long something else is due.
    @discardableResult
    func deliverDue() async throws -> Duration? {
        while !Task.isCancelled, !isSuspended {
            try await takeOutDelivered()
            let (floor, queued) = progress.withLock { ($0.floor, $0.queuedAboveFloor) }
            let entries = try await store.dueOutbox(
                of: served, limit: batch, after: floor, except: queued)
            guard !entries.isEmpty else {
                let retry = try await store.nextRetry(of: served, except: progress.withLock { $0.queuedRetries })
                progress.withLock { $0.nothingIsDue(waiting: retry?.lowest) }
                return retry?.delay
            }
            var absent: Set<OutboxEntry.Recipient> = []
            for entry in entries where !absent.contains(entry.recipient) {
                if let delay = await deliver(entry) {
                    absent.insert(entry.recipient)
                    try await store.postpone(entry.sequence, for: delay)
                }
            }
        }
        return nil
    }

    /// Tells nothing any more, and lets what has not been written by now be told by the next process: for before the
    /// connections are ended.
    public func suspend() { progress.withLock { $0.isSuspended = true } }

    private var isSuspended: Bool { progress.withLock { $0.isSuspended } }

    private var served: Set<Dialect> { Set(notifiers.keys) }

    private func warnOfUnserved() async {
        for (dialect, count) in (try? await store.outboxCounts()) ?? [:] where notifiers[dialect] == nil {
            logger.warning(
                "outbox entries of a dialect that is not served wait until it is",
                ["dialect": dialect.rawValue, "entries": "\(count)"])
        }
    }

    private func takeOutDelivered() async throws {
        let delivered = progress.withLock { $0.delivered }
        guard !delivered.isEmpty else { return }
        try await store.delivered(delivered.sorted())
        progress.withLock { $0.takenOut(delivered) }
    }

    private func wasDelivered(_ sequence: Int) {
        let isNews = progress.withLock { progress in
            if !progress.isSuspended { progress.wasDelivered(sequence) }
            return !progress.isSuspended
        }
        if isNews { signal.wake() }
    }

    /// Queues an entry for its connections. Returns after how long to try it again if that cannot be done.
    private func deliver(_ entry: OutboxEntry) async -> Duration? {
        let retry = backoff.delay(after: entry.attempts + 1)
        guard let notifier = notifiers[entry.dialect] else { return retry }
        let receipt = OutboxReceipt { [weak self] in self?.wasDelivered(entry.sequence) }
        progress.withLock { $0.queue(entry) }
        do {
            try await notifier.deliver(entry, receipt: receipt)
            return nil
        } catch {
            receipt.void()
            progress.withLock { $0.postponed(entry) }
            if error is RecipientAbsent { return backoff.first }
            logger.warning(
                "outbox entry not delivered",
                ["event": entry.draft.event, "sequence": "\(entry.sequence)", "error": "\(error)"])
            return retry
        }
    }
}

/// What a notifier throws when nobody is there yet who is expected to come.
struct RecipientAbsent: Error {}
