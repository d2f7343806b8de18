import Synchronization

/// Held by everything that was queued for connections to deliver one outbox entry: each frame holds it until the kernel has
/// taken the frame's bytes, or until its connection has ended. Once nothing holds it any more, the entry is delivered.
///
/// The last reference is the signal, because a frame can be dropped in many places (a full queue, a closed socket, an
/// upgrade): none of them has to remember to say so, and none can say so twice.
public final class OutboxReceipt: Sendable {
    private let isVoid = Atomic(false)
    private let delivered: @Sendable () -> Void

    /// A receipt.
    /// - Parameter delivered: called when the last owner has let go, perhaps with a lock held: it must be short, and must
    ///   not call a connection.
    public init(delivered: @escaping @Sendable () -> Void) { self.delivered = delivered }

    /// The entry is to be delivered again later, whatever becomes of what was queued.
    func void() { isVoid.store(true, ordering: .relaxed) }

    deinit { if !isVoid.load(ordering: .relaxed) { delivered() } }
}

extension OutboxReceipt: Hashable {
    /// A receipt equals itself alone.
    public static func == (first: OutboxReceipt, second: OutboxReceipt) -> Bool { first === second }

    /// See `Hashable`.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
