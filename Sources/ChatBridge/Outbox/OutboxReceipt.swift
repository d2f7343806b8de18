import Synchronization

/// Held by everything that was queued for connections to deliver one outbox entry: each frame holds it until the kernel has
/// accepted the frame's bytes, or until its connection has ended. Once nothing holds it any more, the entry is delivered.
///
/// Releasing the last reference is the signal, because a frame can be dropped in many places (a full queue, a closed socket, an
/// upgrade): none of them has to remember to report that, and none can report it twice.
public final class OutboxReceipt: Sendable {
    private let isVoid = Atomic(false)
    private let delivered: @Sendable () -> Void

    /// A receipt.
    /// - Parameter delivered: called when the last reference has gone, perhaps with a lock held: it must be short, and must not
    ///   call a connection.
    public init(delivered: @escaping @Sendable () -> Void) { self.delivered = delivered }

    /// Cancels the receipt: the entry will be delivered again later, whatever happens to what was queued.
    func void() { isVoid.store(true, ordering: .relaxed) }

    deinit { if !isVoid.load(ordering: .relaxed) { delivered() } }
}

extension OutboxReceipt: Hashable {
    /// A receipt is equal only to itself.
    public static func == (first: OutboxReceipt, second: OutboxReceipt) -> Bool { first === second }

    /// See `Hashable`.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
