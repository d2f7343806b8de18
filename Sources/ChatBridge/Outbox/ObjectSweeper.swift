public import Foundation
public import Logging

/// Deletes doomed objects: at start those that a crash left, then whenever it is woken.
public final class ObjectSweeper: Sendable {
    private let ledger: any ObjectLedger
    private let signal: WakeSignal
    private let backoff: Backoff
    private let start: Date
    private let logger: Logger
    private let delete: @Sendable ([String]) async throws -> Void

    /// A sweeper. Make it before the first upload begins: intents older than it are taken for abandoned.
    /// - Parameters:
    ///   - signal: what ``wake()`` gives; for whoever has to be able to give it before there is a sweeper.
    ///   - delete: deletes objects by key; an absent one is no error.
    public init(
        ledger: any ObjectLedger, signal: WakeSignal = WakeSignal(), backoff: Backoff = Backoff(),
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger,
        delete: @escaping @Sendable (_ keys: [String]) async throws -> Void
    ) {
        self.ledger = ledger
        self.signal = signal
        self.backoff = backoff
        start = now()
        self.logger = logger
        self.delete = delete
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
                return nil
            } catch {
                failures += 1
                logger.warning("objects not deleted", ["error": "\(error)"])
                return backoff.delay(after: failures)
            }
        }
    }

    /// Deletes what is to be deleted now.
    func sweep() async throws {
        let abandoned = try await ledger.abandonedObjects(olderThan: start)
        if !abandoned.isEmpty { try await ledger.doom(objects: abandoned) }
        try await deleteDoomed()
    }

    /// Deletes what is doomed, and looks for nothing that was abandoned: for somebody beside the node that does.
    public func deleteDoomed() async throws {
        while case let keys = try await ledger.doomedObjects(limit: 100), !keys.isEmpty {
            try await delete(keys)
            try await ledger.forget(objects: keys)
        }
    }
}
