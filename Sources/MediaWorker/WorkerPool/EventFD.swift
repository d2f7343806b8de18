import CLinux
import FFmpeg
import Glibc

/// What wakes a thread that waits in poll(2).
final class EventFD: Sendable {
    private let event: OwnedDescriptor

    /// A bell that is silent. Throws where no descriptor is left.
    init() throws(IPCError) {
        let event = darkroom_eventfd()
        guard event >= 0 else { throw .system(-event) }
        self.event = OwnedDescriptor(owning: event)
    }

    /// Readable while the bell rings.
    var descriptor: Int32 { event.rawValue }

    /// Rings, until ``silence()``. From any thread.
    func ring() {
        var one: UInt64 = 1
        _ = write(event.rawValue, &one, 8)
    }

    func silence() {
        var count: UInt64 = 0
        _ = read(event.rawValue, &count, 8)
    }
}
