public import Concurrency

/// Delivers events, e.g. to the sockets of this node.
public protocol Notifier: Sendable {
    /// Queues `entry` for its recipients without waiting for slow ones.
    /// - Parameter receipt: held by what was queued for as long as it could still be lost with the process.
    /// - Throws: any error when the entry should be tried later; ``RecipientAbsent`` when its recipient is expected to connect.
    func deliver(_ entry: OutboxEntry, receipt: WriteReceipt) async throws
}
