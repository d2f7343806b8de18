import Concurrency
public import Logging
import Synchronization

/// Delivers the outbox: at start the entries that a crash left undelivered, then whenever it is woken. The events of
/// one recipient keep their order; a recipient who cannot be reached, or reads slowly, delays no other.
///
/// Every event is delivered at least once: an entry is removed when the kernel has accepted its bytes for each connection that
/// it was queued for, or that connection has ended. After a crash before that, the next process delivers it again.
public final class OutboxDeliverer: Sendable {
    private let store: any OutboxStore
    private let notifiers: [Dialect: any Notifier]
    private let signal: WakeSignal
    private let backoff: Backoff
    private let logger: Logger
    private let progress = Mutex(OutboxProgress())
    /// How many entries are read from the store at once.
    private let batch = 32

    /// A deliverer; a dialect's entries go to its notifier. Those of a dialect without one stay in the store.
    /// - Parameter signal: the signal that ``wake()`` sends; passed in where others need it before there is a deliverer.
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

    /// Delivers until the task is cancelled. Run once.
    public func run() async {
        await warnOfUnservedDialects()
        await signal.run {
            do {
                return try await deliverDue().map { max($0, .milliseconds(10)) }
            } catch  where error.isReadOnlyStore {
                return .seconds(5)
            } catch {
                logger.warning("outbox cannot be read", ["error": "\(error)"])
                return backoff.first
            }
        }
    }

    /// Delivers the entries that are due, and removes the delivered ones. Returns after how long the next retry is due.
    /// - Throws: what the store throws.
    @discardableResult
    func deliverDue() async throws -> Duration? {
        while !Task.isCancelled, !isSuspended {
            try await removeDelivered()
            let (lowerBound, queued) = progress.withLock { ($0.lowerBound, $0.queuedAfterLowerBound) }
            let entries = try await store.dueOutbox(
                of: servedDialects, limit: batch, after: lowerBound, except: queued)
            guard !entries.isEmpty else {
                let retry = try await store.nextRetry(
                    of: servedDialects, except: progress.withLock { $0.queuedRetries })
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

    /// Stops delivering, so that the next process delivers what has not been written by now. To be called before the
    /// connections are closed.
    public func suspend() { progress.withLock { $0.isSuspended = true } }

    private var isSuspended: Bool { progress.withLock { $0.isSuspended } }

    private var servedDialects: Set<Dialect> { Set(notifiers.keys) }

    private func warnOfUnservedDialects() async {
        do {
            for (dialect, backlog) in try await store.outboxBacklog() where notifiers[dialect] == nil {
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

    private func wasDelivered(_ sequence: Int) {
        let isAccepted = progress.withLock { progress in
            if !progress.isSuspended { progress.wasDelivered(sequence) }
            return !progress.isSuspended
        }
        if isAccepted { signal.wake() }
    }

    /// Queues an entry for its connections. Returns after how long to try it again if that cannot be done.
    private func deliver(_ entry: OutboxEntry) async -> Duration? {
        let retry = backoff.delay(after: entry.attempts + 1)
        guard let notifier = notifiers[entry.dialect] else { return retry }
        let receipt = WriteReceipt { [weak self] in self?.wasDelivered(entry.sequence) }
        progress.withLock { $0.queue(entry) }
        do {
            try await notifier.deliver(entry, receipt: receipt)
            return nil
        } catch {
            receipt.void()
            progress.withLock { $0.postponed(entry) }
            if error is RecipientAbsent || error is FanOutCongested { return backoff.first }
            logger.warning(
                "outbox entry not delivered",
                ["event": entry.draft.event, "sequence": "\(entry.sequence)", "error": "\(error)"])
            return retry
        }
    }
}

/// Thrown by a notifier when a recipient is not connected yet and expected to connect soon.
struct RecipientAbsent: Error {}
