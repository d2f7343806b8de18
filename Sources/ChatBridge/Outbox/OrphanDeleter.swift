public import Logging

/// Deletes objects that nothing references: at start those that a crash left, then whenever it is woken, and again some minutes
/// later those that a late write may have created again.
public final class OrphanDeleter: Sendable {
    private let references: any ObjectReferences
    private let signal: WakeSignal
    private let backoff: Backoff
    private let period: Duration?
    private let logger: Logger
    private let delete: @Sendable ([String]) async throws -> Void
    private let endWrites: @Sendable ([String]) async throws -> Void

    /// A deleter of orphaned objects.
    /// - Parameters:
    ///   - references: where the objects to delete are marked.
    ///   - signal: the signal that ``wake()`` sends; passed in where others need it before there is a deleter.
    ///   - period: how often to look without being woken, where other processes use the store as well: one that is killed leaves
    ///     objects, and wakes no one.
    ///   - endWrites: aborts unfinished writes (multipart uploads) to keys.
    ///   - delete: deletes objects by key; an absent one is no error.
    public init(
        references: any ObjectReferences, signal: WakeSignal = WakeSignal(), backoff: Backoff = Backoff(),
        period: Duration? = nil, logger: Logger,
        endWrites: @escaping @Sendable (_ keys: [String]) async throws -> Void = { _ in },
        delete: @escaping @Sendable (_ keys: [String]) async throws -> Void
    ) {
        self.references = references
        self.signal = signal
        self.backoff = backoff
        self.period = period
        self.logger = logger
        self.delete = delete
        self.endWrites = endWrites
    }

    /// Deletes orphans until the task is cancelled. Run once.
    public func run() async {
        var failures = 0
        await signal.run {
            do {
                try await deleteOrphans()
                failures = 0
                let next = try await references.nextRecheck().map { $0 + .milliseconds(10) }
                return [next, period].compactMap { $0 }.min()
            } catch  where error.isReadOnlyStore {
                return .seconds(5)
            } catch {
                failures += 1
                logger.warning("objects not deleted", ["error": "\(error)"])
                return backoff.delay(after: failures)
            }
        }
    }

    /// Marks abandoned objects, and deletes what is marked.
    /// - Throws: what the store or `delete` throws.
    func deleteOrphans() async throws {
        _ = try await references.markAbandonedObjectsForDeletion(reservedFor: nil)
        try await deletePending()
    }

    /// When an object store does not permit this, its objects are deleted all the same; they are checked again later.
    private func endUnfinishedWrites(to keys: [String]) async {
        do {
            try await endWrites(keys)
        } catch {
            logger.warning("unfinished writes not ended", ["error": "\(error)"])
        }
    }

    /// Deletes what is marked, and looks for no abandoned objects: for a program that runs beside the service, which does.
    /// - Throws: what the store or `delete` throws.
    public func deletePending() async throws {
        while case let claimed = try await references.claimPendingDeletions(limit: 100), !claimed.isEmpty {
            let late = claimed.filter(\.mayArriveLate).map(\.key)
            if !late.isEmpty { await endUnfinishedWrites(to: late) }
            try await delete(claimed.map(\.key))
            try await references.release(objects: claimed.map(\.key))
        }
    }
}
