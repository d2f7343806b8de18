public import Foundation
public import Logging

/// Tells what the outbox holds: at start what a crash left, then whenever it is woken.
public final class OutboxDeliverer: Sendable {
    /// A deliverer; a dialect's entries go to its notifier.
    public init(
        store: any OutboxStore, notifiers: [Dialect: any Notifier], now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) {}

    /// There may be something to tell. Cheap; never waits.
    public func wake() {}

    /// Tells until the task is cancelled. Run once.
    public func run() async {}
}
