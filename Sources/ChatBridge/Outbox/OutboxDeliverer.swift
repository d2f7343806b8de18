public import Logging

/// Tells what the outbox holds: at start what a crash left, then whenever it is woken. What one recipient is told keeps
/// its order; a recipient who cannot be told holds up nobody else. Everything is told at least once.
public final class OutboxDeliverer: Sendable {
    private let store: any OutboxStore
    private let notifiers: [Dialect: any Notifier]
    private let signal: WakeSignal
    private let backoff: Backoff
    private let logger: Logger
    /// How many entries are taken out at once, and told again after a crash between.
    private let batch = 32

    /// A deliverer; a dialect's entries go to its notifier.
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
        await signal.run {
            do {
                try await deliverDue()
                return try await store.nextRetry().map { max($0, .milliseconds(10)) }
            } catch {
                logger.warning("outbox cannot be read", ["error": "\(error)"])
                return backoff.first
            }
        }
    }

    /// Tells what is due now.
    func deliverDue() async throws {
        while !Task.isCancelled {
            let entries = try await store.dueOutbox(limit: batch)
            if entries.isEmpty { return }
            var delivered: [Int] = []
            var absent: Set<OutboxEntry.Recipient> = []
            for entry in entries where !absent.contains(entry.recipient) {
                switch await deliver(entry) {
                case .told: delivered.append(entry.sequence)
                case .failed(let delay):
                    absent.insert(entry.recipient)
                    try await store.postpone(entry.sequence, for: delay)
                }
            }
            try await store.delivered(delivered)
        }
    }

    private enum Outcome {
        case told
        case failed(retryAfter: Duration)
    }

    private func deliver(_ entry: OutboxEntry) async -> Outcome {
        let retry = Outcome.failed(retryAfter: backoff.delay(after: entry.attempts + 1))
        guard let notifier = notifiers[entry.dialect] else {
            logger.warning("outbox entry of a dialect that is not served", ["dialect": entry.dialect.rawValue])
            return retry
        }
        do {
            try await notifier.deliver(entry)
            return .told
        } catch is RecipientAbsent {
            return .failed(retryAfter: backoff.first)
        } catch {
            logger.warning(
                "outbox entry not delivered",
                ["event": entry.draft.event, "sequence": "\(entry.sequence)", "error": "\(error)"])
            return retry
        }
    }
}

/// What a notifier throws when nobody is there yet who is expected to come.
struct RecipientAbsent: Error {}
