import CUV

/// The events that poll reports for a socket.
struct SocketEvents: OptionSet {
    let rawValue: Int32
    static let readable = SocketEvents(rawValue: Int32(UV_READABLE.rawValue))
    static let writable = SocketEvents(rawValue: Int32(UV_WRITABLE.rawValue))
    /// The peer has sent its last byte or has disconnected.
    static let peerClosed = SocketEvents(rawValue: Int32(UV_DISCONNECT.rawValue))
    /// The socket has an error. Always reported.
    static let failure = SocketEvents(rawValue: 1 << 16)
}

/// Watches a socket on one loop. The socket itself belongs to the caller, which may register it with another loop once this is
/// closed. Used on the loop's thread alone.
final class SocketWatcher {
    private let loop: EventLoop
    private let handle: UnsafeMutablePointer<uv_poll_t>
    private let onEvents: (SocketEvents) -> Void
    private var watched: SocketEvents = []
    private var isClosed = false

    init?(loop: EventLoop, descriptor: Int32, onEvents: @escaping (SocketEvents) -> Void) {
        self.loop = loop
        handle = .allocate(capacity: 1)
        self.onEvents = onEvents
        guard uv_poll_init(loop.loop, handle, descriptor) == 0 else {
            handle.deallocate()
            isClosed = true
            return nil
        }
        handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { close() }

    /// Watches for these events from now on, and for no others.
    func watch(_ events: SocketEvents) {
        guard !isClosed, events != watched else { return }
        watched = events
        if events.isEmpty {
            uv_poll_stop(handle)
            return
        }
        uv_poll_start(handle, events.rawValue) { handle, status, events in
            guard let handle, let data = handle.pointee.data else { return }
            let watcher = Unmanaged<SocketWatcher>.fromOpaque(data).takeUnretainedValue()
            // libuv stops the handle when the socket has an error.
            if status < 0 { watcher.watched = [] }
            watcher.loop.perform { watcher.onEvents(status < 0 ? .failure : SocketEvents(rawValue: events)) }
        }
    }

    /// Stops watching: no event is delivered after this, and the descriptor is no longer in the loop's poll set.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        uv_poll_stop(handle)
        handle.pointee.data = nil
        UnsafeMutableRawPointer(handle).withMemoryRebound(to: uv_handle_t.self, capacity: 1) {
            uv_close($0) { handle in
                guard let handle else { return }
                UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_poll_t.self).deallocate()
            }
        }
    }
}
