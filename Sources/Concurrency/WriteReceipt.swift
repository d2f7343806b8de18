import Synchronization

/// Held by everything that was queued to be written for one purpose: each frame holds it until the kernel has taken the
/// frame's bytes, or until its connection has ended. Once nothing holds it any more, `delivered` is called.
///
/// The last reference is the signal, because a frame can be dropped in many places (a full queue, a closed socket, an
/// upgrade): none of them has to remember to say so, and none can say so twice.
public final class WriteReceipt: Sendable {
    private let isVoid = Atomic(false)
    private let delivered: @Sendable () -> Void

    /// A receipt.
    /// - Parameter delivered: called when the last reference is released, perhaps with a lock held: it must be short, and must
    ///   not call a connection.
    public init(delivered: @escaping @Sendable () -> Void) { self.delivered = delivered }

    /// `delivered` is not to be called, whatever becomes of what was queued.
    public func void() { isVoid.store(true, ordering: .relaxed) }

    deinit { if !isVoid.load(ordering: .relaxed) { delivered() } }
}

extension WriteReceipt: Hashable {
    /// A receipt equals itself alone.
    public static func == (first: WriteReceipt, second: WriteReceipt) -> Bool { first === second }

    /// See `Hashable`.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
