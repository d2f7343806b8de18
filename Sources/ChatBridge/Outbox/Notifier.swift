public import Concurrency

/// Delivers events, e.g. to the sockets of this node.
public protocol Notifier: Sendable {
    /// Queues `entry` for its recipients without waiting for slow ones.
    /// - Parameter receipt: held by what was queued for as long as it could still be lost with the process.
    /// - Throws: any error when the entry should be tried later; ``RecipientAbsent`` when its recipient is expected to connect.
    func deliver(_ entry: OutboxEntry, receipt: WriteReceipt) async throws
    /// Reads what is needed to deliver `entry`. Several entries are prepared at once, and then delivered one after another.
    /// - Throws: as ``deliver(_:receipt:)``.
    func prepare(_ entry: OutboxEntry) async throws -> PreparedEvent
}

extension Notifier {
    /// By default everything is read when the entry is delivered.
    /// - Throws: nothing.
    public func prepare(_ entry: OutboxEntry) async throws -> PreparedEvent {
        PreparedEvent { try await deliver(entry, receipt: $0) }
    }
}

/// An event that was read and is to be queued for its recipients.
public struct PreparedEvent: Sendable {
    /// Queues it, see ``Notifier/deliver(_:receipt:)``.
    package let deliver: @Sendable (_ receipt: WriteReceipt) async throws -> Void

    /// An event.
    public init(deliver: @escaping @Sendable (_ receipt: WriteReceipt) async throws -> Void) { self.deliver = deliver }
}
