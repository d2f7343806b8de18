public import Logging

/// Deletes doomed objects: at start those that a crash left, then whenever it is woken, and again some minutes later those
/// that a late write may have brought back.
public final class OrphanDeleter: Sendable {
    private let ledger: any ObjectReferences
    private let signal: WakeSignal
    private let backoff: Backoff
    private let logger: Logger
    private let delete: @Sendable ([String]) async throws -> Void
    private let endWrites: @Sendable ([String]) async throws -> Void

    /// A sweeper.
    /// - Parameters:
    ///   - signal: what ``wake()`` gives; for whoever has to be able to give it before there is a sweeper.
    ///   - endWrites: ends what was begun to be written under keys and will never be completed.
    ///   - delete: deletes objects by key; an absent one is no error.
    public init(
        ledger: any ObjectReferences, signal: WakeSignal = WakeSignal(), backoff: Backoff = Backoff(), logger: Logger,
        endWrites: @escaping @Sendable (_ keys: [String]) async throws -> Void = { _ in },
        delete: @escaping @Sendable (_ keys: [String]) async throws -> Void
    ) {
        self.ledger = ledger
        self.signal = signal
        self.backoff = backoff
        self.logger = logger
        self.delete = delete
        self.endWrites = endWrites
    }

    /// There may be something to delete. Cheap; never waits.
    public func wake() { signal.wake() }

    /// Sweeps until the task is cancelled. Run once.
    public func run() async {
        var failures = 0
        await signal.run {
            do {
                try await sweep()
                failures = 0
                return try await ledger.nextRecheck().map { $0 + .milliseconds(10) }
            } catch {
                failures += 1
                logger.warning("objects not deleted", ["error": "\(error)"])
                return backoff.delay(after: failures)
            }
        }
    }

    /// Deletes what is to be deleted now.
    func sweep() async throws {
        _ = try await ledger.markAbandonedObjectsForDeletion(reservedFor: nil)
        try await deleteDoomed()
    }

    /// A store that does not let us do this still has its objects deleted; they are looked at again later in any case.
    private func endUnfinishedWrites(to keys: [String]) async {
        do {
            try await endWrites(keys)
        } catch {
            logger.warning("unfinished writes not ended", ["error": "\(error)"])
        }
    }

    /// Deletes what is doomed, and looks for nothing that was abandoned: for somebody beside the node that does.
    public func deleteDoomed() async throws {
        while case let claimed = try await ledger.claimPendingDeletions(limit: 100), !claimed.isEmpty {
            let late = claimed.filter(\.mayArriveLate).map(\.key)
            if !late.isEmpty { await endUnfinishedWrites(to: late) }
            try await delete(claimed.map(\.key))
            try await ledger.forget(objects: claimed.map(\.key))
        }
    }
}
