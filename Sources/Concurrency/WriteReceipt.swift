import Synchronization

/// Tracks when everything queued for one purpose has been written. Each queued frame holds a reference until the kernel
/// has accepted its bytes or its connection has ended; when the last reference is released, `delivered` is called.
///
/// The last reference is the signal, because a frame can be dropped in many places (a full queue, a closed socket, an
/// upgrade): no such place can forget to report it, or report it twice.
public final class WriteReceipt: Sendable {
    private let isVoid = Atomic(false)
    private let failed: @Sendable () -> Void
    private let written: @Sendable () -> Void
    private let delivered: @Sendable () -> Void

    /// A receipt. Of `failed` and `delivered` one is called at most, and once.
    /// - Parameters:
    ///   - failed: called by ``fail()``, with the same restrictions as `delivered`.
    ///   - written: called by ``confirm()``, with the same restrictions as `delivered`.
    ///   - delivered: called when the last reference is released, possibly with a lock held: it must return
    ///     quickly and must not call a connection.
    public init(
        failed: @escaping @Sendable () -> Void = {}, written: @escaping @Sendable () -> Void = {},
        delivered: @escaping @Sendable () -> Void
    ) {
        self.failed = failed
        self.written = written
        self.delivered = delivered
    }

    /// Reports that what was queued may be lost, e.g. with the node that was to write it. `delivered` is not called any more.
    public func fail() {
        if !isVoid.exchange(true, ordering: .relaxed) { failed() }
    }

    /// Reports that the kernel has accepted a frame that holds this. It is not called for a frame that was dropped.
    public func confirm() { written() }

    /// Prevents the call of `delivered`, whatever happens to the queued frames.
    public func void() { isVoid.store(true, ordering: .relaxed) }

    deinit { if !isVoid.load(ordering: .relaxed) { delivered() } }
}

extension WriteReceipt: Hashable {
    /// Receipts are equal only if they are the same object.
    public static func == (first: WriteReceipt, second: WriteReceipt) -> Bool { first === second }

    /// See `Hashable`.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
