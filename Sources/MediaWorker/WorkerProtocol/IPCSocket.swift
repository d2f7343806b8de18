import Bytes
import CLinux
import FFmpeg
import Glibc

/// One end of a socket pair that carries frames.
///
/// A worker blocks in its calls; the service waits with an ``InterruptibleDeadline``, because a worker may never answer.
final class IPCSocket {
    private let descriptor: OwnedDescriptor

    /// Uses the end that `descriptor` refers to.
    init(_ descriptor: OwnedDescriptor) { self.descriptor = descriptor }

    /// Creates two connected ends.
    /// - Throws: ``IPCError/system(_:)`` where no descriptor is left.
    static func pair() throws(IPCError) -> (OwnedDescriptor, OwnedDescriptor) {
        var sockets: [Int32] = [-1, -1]
        let status = darkroom_socket_pair(&sockets)
        guard status == 0 else { throw .system(-status) }
        return (OwnedDescriptor(owning: sockets[0]), OwnedDescriptor(owning: sockets[1]))
    }

    /// Sends a frame, with `attachment` beside its first byte. Without a `deadline` it blocks for as long as it takes.
    /// - Throws: any ``IPCError`` but ``IPCError/malformed(_:)``.
    func send(_ frame: IPCFrame, attachment: OwnedDescriptor? = nil, deadline: InterruptibleDeadline? = nil)
        throws(IPCError)
    {
        let bytes = frame.encoded
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                darkroom_send(
                    descriptor.rawValue, buffer.baseAddress! + sent, buffer.count - sent,
                    sent == 0 ? attachment?.rawValue ?? -1 : -1, deadline == nil ? 1 : 0)
            }
            switch Int32(count) {
            case 1...: sent += count
            case -EAGAIN: try wait(for: POLLOUT, deadline)
            case -EPIPE, -ECONNRESET: throw .closed
            case let error: throw .system(-error)
            }
        }
    }

    /// Receives a frame whose kind is one of `kinds`.
    /// - Throws: ``IPCError/malformed(_:)`` for a frame of any other kind and for one that is too long; any other
    ///   ``IPCError``.
    func receive(_ kinds: Set<IPCFrame.Kind>, deadline: InterruptibleDeadline? = nil) throws(IPCError) -> IPCFrame {
        var noAttachment: OwnedDescriptor?
        return try receive(kinds, attachment: &noAttachment, acceptsAttachments: false, deadline: deadline)
    }

    /// Receives a frame and the descriptor that was sent beside it, blocking for as long as it takes.
    /// - Throws: as ``receive(_:deadline:)``.
    func receiveWithAttachment(_ kinds: Set<IPCFrame.Kind>) throws(IPCError) -> (IPCFrame, OwnedDescriptor?) {
        var attachment: OwnedDescriptor?
        let frame = try receive(kinds, attachment: &attachment, acceptsAttachments: true, deadline: nil)
        return (frame, attachment)
    }

    private func receive(
        _ kinds: Set<IPCFrame.Kind>, attachment: inout OwnedDescriptor?, acceptsAttachments: Bool,
        deadline: InterruptibleDeadline?
    ) throws(IPCError) -> IPCFrame {
        let header = try read(
            IPCFrame.headerLength, attachment: &attachment, acceptsAttachments: acceptsAttachments, deadline: deadline)
        let (kind, length) = try IPCFrame.parse(header: header)
        guard kinds.contains(kind) else { throw .malformed("an unexpected frame of kind \(kind)") }
        let payload = try read(
            length, attachment: &attachment, acceptsAttachments: acceptsAttachments, deadline: deadline)
        return IPCFrame(kind: kind, payload: payload)
    }

    private func read(
        _ length: Int, attachment: inout OwnedDescriptor?, acceptsAttachments: Bool, deadline: InterruptibleDeadline?
    ) throws(IPCError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        var filled = 0
        while filled < length {
            var received: Int32 = -1
            let count = bytes.withUnsafeMutableBytes { buffer in
                let target = buffer.baseAddress! + filled
                guard acceptsAttachments else {
                    return darkroom_receive(
                        descriptor.rawValue, target, length - filled, nil, deadline == nil ? 1 : 0)
                }
                return darkroom_receive(
                    descriptor.rawValue, target, length - filled, &received, deadline == nil ? 1 : 0)
            }
            if received >= 0 { attachment = OwnedDescriptor(owning: received) }
            switch Int32(count) {
            case 1...: filled += count
            case 0, -ECONNRESET: throw .closed
            case -EAGAIN: try wait(for: POLLIN, deadline)
            case let error: throw .system(-error)
            }
        }
        return bytes
    }

    /// Waits until the peer has sent something or closed its end.
    /// - Throws: ``IPCError/deadline``, ``IPCError/stopped`` or ``IPCError/system(_:)``.
    func waitUntilReadable(_ deadline: InterruptibleDeadline) throws(IPCError) { try wait(for: POLLIN, deadline) }

    private func wait(for event: Int32, _ deadline: InterruptibleDeadline?) throws(IPCError) {
        guard let deadline else { return }
        var polled = [
            pollfd(fd: descriptor.rawValue, events: Int16(event), revents: 0),
            pollfd(fd: deadline.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        deadline.resetObservations()
        while true {
            let status = poll(&polled, 2, deadline.timeout)
            if status < 0 {
                guard errno == EINTR else { throw .system(errno) }
                deadline.resetObservations()
                continue
            }
            if status > 0, polled[1].revents != 0 { deadline.handleSignal() }
            if status > 0, polled[0].revents != 0 { return }
            try deadline.check(timedOut: status == 0)
        }
    }
}
