public import Bytes
import CLinux
import Glibc

/// A descriptor that becomes readable when it is signalled (eventfd(2)): it wakes a thread that waits in poll(2).
public final class EventFD: Sendable {
    private let event: OwnedDescriptor

    /// An event that is not signalled.
    /// - Throws: ``SystemError`` where the process has no descriptor left.
    public init() throws(SystemError) {
        let event = darkroom_eventfd()
        guard event >= 0 else { throw SystemError("eventfd", number: -event) }
        self.event = OwnedDescriptor(owning: event)
    }

    /// Readable from ``signal()`` until ``clear()``.
    public var descriptor: Int32 { event.rawValue }

    /// Makes the descriptor readable until ``clear()``. May be called from any thread.
    public func signal() {
        var one: UInt64 = 1
        _ = write(event.rawValue, &one, 8)
    }

    /// Makes the descriptor unreadable until the next ``signal()``.
    public func clear() {
        var count: UInt64 = 0
        _ = read(event.rawValue, &count, 8)
    }
}
