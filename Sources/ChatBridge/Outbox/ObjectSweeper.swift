public import Foundation
public import Logging

/// Deletes doomed objects: at start those that a crash left, then whenever it is woken.
public final class ObjectSweeper: Sendable {
    /// A sweeper.
    /// - Parameter delete: deletes objects by key; an absent one is no error.
    public init(
        ledger: any ObjectLedger, now: @escaping @Sendable () -> Date = { Date() }, logger: Logger,
        delete: @escaping @Sendable (_ keys: [String]) async throws -> Void
    ) {}

    /// There may be something to delete. Cheap; never waits.
    public func wake() {}

    /// Sweeps until the task is cancelled. Run once, and begin it before the first upload: intents older than its start are taken for abandoned.
    public func run() async {}
}
