import Bytes
import CLinux
import Concurrency
import FFmpeg
import Glibc

/// One end of a socket pair, as frames.
///
/// A worker waits in its calls; the service waits with a ``InterruptibleDeadline``, because a worker may never answer.
final class IPCSocket {
    /// How long one waits, and who may have a word in it.
    final class InterruptibleDeadline {
        var deadline: ContinuousClock.Instant
        private let bell: EventFD
        private let whenRung: () -> ContinuousClock.Instant?
        /// Whether it is certain that nobody will answer; asked from time to time.
        var isFutile: (() -> Bool)?
        /// How often, and how many times in a row: who stops the whole service for a moment stops no file's inspection.
        fileprivate static let (interval, doubts) = (500.0, 3)

        /// Waits until `deadline`. When `bell` rings, `whenRung` may give another one.
        init(
            until deadline: ContinuousClock.Instant, bell: EventFD,
            whenRung: @escaping () -> ContinuousClock.Instant? = { nil }
        ) {
            self.deadline = deadline
            self.bell = bell
            self.whenRung = whenRung
        }

        fileprivate var descriptor: Int32 { bell.descriptor }

        fileprivate func ring() {
            bell.clear()
            if let other = whenRung() { deadline = other }
        }
    }

    private let descriptor: OwnedDescriptor

    /// The end that `descriptor` is.
    init(_ descriptor: OwnedDescriptor) { self.descriptor = descriptor }

    /// Two ends that are connected.
    static func pair() throws(IPCError) -> (OwnedDescriptor, OwnedDescriptor) {
        var sockets: [Int32] = [-1, -1]
        let status = darkroom_socket_pair(&sockets)
        guard status == 0 else { throw .system(-status) }
        return (OwnedDescriptor(owning: sockets[0]), OwnedDescriptor(owning: sockets[1]))
    }

    /// Sends a frame, with `attachment` beside its first byte. Without `patience` it waits for as long as it takes.
    func send(_ frame: IPCFrame, attachment: OwnedDescriptor? = nil, patience: InterruptibleDeadline? = nil)
        throws(IPCError)
    {
        let bytes = frame.encoded
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                darkroom_send(
                    descriptor.rawValue, buffer.baseAddress! + sent, buffer.count - sent,
                    sent == 0 ? attachment?.rawValue ?? -1 : -1, patience == nil ? 1 : 0)
            }
            switch Int32(count) {
            case 1...: sent += count
            case -EAGAIN: try wait(for: POLLOUT, patience)
            case -EPIPE, -ECONNRESET: throw .closed
            case let error: throw .system(-error)
            }
        }
    }

    /// Receives a frame whose kind is one of `kinds`: by another one, or one that is too long, the other side has shown
    /// that it cannot be trusted.
    func receive(_ kinds: Set<IPCFrame.Kind>, patience: InterruptibleDeadline? = nil) throws(IPCError) -> IPCFrame {
        var nothing: OwnedDescriptor?
        return try receive(kinds, attachment: &nothing, takesAttachments: false, patience: patience)
    }

    /// The same, with the descriptor that came beside it.
    func receiveWithAttachment(_ kinds: Set<IPCFrame.Kind>) throws(IPCError) -> (IPCFrame, OwnedDescriptor?) {
        var attachment: OwnedDescriptor?
        let frame = try receive(kinds, attachment: &attachment, takesAttachments: true, patience: nil)
        return (frame, attachment)
    }

    private func receive(
        _ kinds: Set<IPCFrame.Kind>, attachment: inout OwnedDescriptor?, takesAttachments: Bool,
        patience: InterruptibleDeadline?
    ) throws(IPCError) -> IPCFrame {
        let header = try read(
            IPCFrame.headerLength, attachment: &attachment, takesAttachments: takesAttachments, patience: patience)
        let (kind, length) = try IPCFrame.announced(by: header)
        guard kinds.contains(kind) else { throw .malformed("a frame of kind \(kind) out of turn") }
        let payload = try read(length, attachment: &attachment, takesAttachments: takesAttachments, patience: patience)
        return IPCFrame(kind: kind, payload: payload)
    }

    private func read(
        _ length: Int, attachment: inout OwnedDescriptor?, takesAttachments: Bool, patience: InterruptibleDeadline?
    ) throws(IPCError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        var filled = 0
        while filled < length {
            var received: Int32 = -1
            let count = bytes.withUnsafeMutableBytes { buffer in
                let target = buffer.baseAddress! + filled
                guard takesAttachments else {
                    return darkroom_receive(
                        descriptor.rawValue, target, length - filled, nil, patience == nil ? 1 : 0)
                }
                return darkroom_receive(
                    descriptor.rawValue, target, length - filled, &received, patience == nil ? 1 : 0)
            }
            if received >= 0 { attachment = OwnedDescriptor(owning: received) }
            switch Int32(count) {
            case 1...: filled += count
            case 0, -ECONNRESET: throw .closed
            case -EAGAIN: try wait(for: POLLIN, patience)
            case let error: throw .system(-error)
            }
        }
        return bytes
    }

    /// Waits until the other side says something or has gone.
    func awaitWord(_ patience: InterruptibleDeadline) throws(IPCError) { try wait(for: POLLIN, patience) }

    private func wait(for event: Int32, _ patience: InterruptibleDeadline?) throws(IPCError) {
        guard let patience else { return }
        var watched = [
            pollfd(fd: descriptor.rawValue, events: Int16(event), revents: 0),
            pollfd(fd: patience.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        var doubts = 0
        while true {
            let longest = patience.isFutile == nil ? 1e9 : InterruptibleDeadline.interval
            let left = min((patience.deadline - .now) / .milliseconds(1), longest)
            let status = poll(&watched, 2, left < 0 ? 0 : Int32(left.rounded(.up)))
            if status < 0 && errno != EINTR { throw .system(errno) }
            if status > 0, watched[1].revents != 0 { patience.ring() }
            if status > 0, watched[0].revents != 0 { return }
            if status >= 0, ContinuousClock.now >= patience.deadline { throw .deadline }
            doubts = status == 0 && patience.isFutile?() ?? false ? doubts + 1 : 0
            if doubts >= InterruptibleDeadline.doubts { throw .stopped }
        }
    }
}
