import Bytes
import CLinux
import Glibc
import Synchronization

/// One client's connection: it belongs to one loop at a time, which passes it socket events, the requests of its
/// task, and clock ticks.
// Sendable: `currentLoop` is locked; everything else that changes is touched on the thread of `loop` alone. Moving to
// another loop hands all of it over through that loop's job queue.
final class Connection: @unchecked Sendable {
    /// What the connection is doing. Legal transitions: `idle → head → exchange`, and from `exchange` to `idle` for the
    /// next request, to `draining`, `lingering` or `webSocket`; `draining → lingering`; `webSocket → flushing` or
    /// `lingering`; `idle`, `head` and `exchange → flushing` for a response of the server's own; `flushing →
    /// lingering`. Every phase may become `closed`, which is final.
    enum Phase {
        /// Between requests.
        case idle
        /// A part of a head has arrived.
        case head
        /// A request is being answered.
        case exchange
        /// The queued output is sent, then the connection ends.
        case flushing
        /// The response is sent; the rest of the body is read and ignored.
        case draining
        /// Our side is shut down; the client's last bytes are read and ignored.
        case lingering
        case webSocket
        case closed
    }

    let descriptor: Int32
    let peer: String
    /// Unique in this process.
    let number: Int
    let core: ServerCore
    private let currentLoop: Mutex<ConnectionLoop>
    var loop: ConnectionLoop
    private var watcher: SocketWatcher?

    var phase = Phase.idle
    /// When the phase began, in the loop's milliseconds.
    var phaseStart: UInt64 = 0
    /// What has arrived of a head, or of the requests behind the one that is being answered.
    var incoming: [UInt8] = []
    var scanner: HeadScanner?
    var exchange: Exchange?
    var webSocket: WebSocketSession?
    var output = OutputQueue()
    /// The file that follows `output`.
    var file: OutgoingFile?
    /// Tasks that wait for `output` to become shorter.
    var writers: [CheckedContinuation<Void, any Error>] = []
    var writeRate: MinimumRate?
    /// The response of which a part waits in memory for the client to read it.
    var waitingResponse: WaitingResponse?
    var acknowledged = 0
    /// Bytes that may still be read and discarded.
    var drainBytes = 0
    var holdsDrainPermit = false
    /// At least one request head has arrived on this connection.
    var hasSentRequest = false
    /// The client has received an earlier response completely.
    var hasReceivedResponse = false
    /// The client has sent its last byte.
    var peerHasEnded = false
    var isMoving = false

    /// Pipelined bytes that are kept while a request is being answered.
    static let pipelineLimit = 16 << 10
    /// Queued output, in bytes, from which on writers wait.
    static let outputLimit = 256 << 10

    init(descriptor: Int32, peer: String, loop: ConnectionLoop) {
        self.descriptor = descriptor
        self.peer = peer
        self.loop = loop
        core = loop.core
        number = core.nextConnectionNumber()
        currentLoop = Mutex(loop)
        core.open.increment()
    }

    // MARK: The loop

    /// Registers with `loop`; called on its thread.
    func attach() {
        loop.add(self)
        if core.mustClose { return close(because: .serverShutdown) }
        watcher = SocketWatcher(loop: loop.events, descriptor: descriptor) { [unowned self] in handle($0) }
        if watcher == nil { return close(because: .clientGone) }
        updateInterest()
    }

    /// Runs `work` on whatever loop the connection is on. Once that loop has stopped, the connection is closed and
    /// `work`, which checks that, runs at once, so that no caller waits for ever.
    func perform(_ work: @escaping @Sendable (Connection) -> Void) {
        let isPosted = currentLoop.withLock { loop in
            let target = loop
            return target.events.post {
                // The connection has moved while the job was queued, or is moving here with a later job.
                let isHere = self.currentLoop.withLock { $0 === target }
                if isHere && !self.isMoving { work(self) } else { self.perform(work) }
            }
        }
        if !isPosted { work(self) }
    }

    /// Moves to `other` and continues there with `then`. This happens in a separate job: the caller may still have work to do
    /// on this loop, and nothing may touch the connection here once it has moved.
    func move(to other: ConnectionLoop, then: @escaping @Sendable (Connection) -> Void) {
        // Counted at once: when several heads are processed in a row, each sees the load of those before it.
        other.load.add(1, ordering: .relaxed)
        perform { $0.moveNow(to: other, then: then) }
    }

    private func moveNow(to other: ConnectionLoop, then: @escaping @Sendable (Connection) -> Void) {
        // A thread that fetches a file's bytes will report to this loop.
        let cannotMove = other === loop || file?.isFetching == true
        if phase == .closed || cannotMove {
            other.load.subtract(1, ordering: .relaxed)
            if phase != .closed { then(self) }
            return
        }
        watcher?.close()
        watcher = nil
        let elapsed = loop.events.now - phaseStart
        loop.remove(self)
        loop = other
        isMoving = true
        currentLoop.withLock { currentLoop in
            currentLoop = other
            other.events.post {
                self.isMoving = false
                self.phaseStart = other.events.now &- elapsed
                self.attach()
                if self.phase != .closed { then(self) }
                // It was on no loop when the shutdown reached the loops.
                if self.core.isShuttingDown { self.shutDown() }
            }
        }
    }

    /// Returns to the loop that responses small requests.
    func returnToControl(then: @escaping @Sendable (Connection) -> Void) {
        if let control = loop.control { move(to: control, then: then) } else { then(self) }
    }

    // MARK: Socket events

    private func handle(_ events: SocketEvents) {
        // Closing may drop the last reference.
        defer { withExtendedLifetime(self) {} }
        if events.contains(.failure) { return close(because: .clientGone) }
        if events.contains(.writable) { flush() }
        if events.contains(.readable), phase != .closed { readable() }
        if events.contains(.peerClosed), !events.contains(.readable), phase != .closed { peerClosed() }
        updateInterest()
    }

    /// Derives what to watch for from what the connection is doing.
    func updateInterest() {
        guard phase != .closed else { return }
        var events = SocketEvents()
        if wantsToRead { events.insert(.readable) } else if !peerHasEnded { events.insert(.peerClosed) }
        if !output.isEmpty || file?.isFetching == false { events.insert(.writable) }
        watcher?.watch(events)
    }

    private var wantsToRead: Bool {
        switch phase {
        case .idle, .head, .draining, .lingering: true
        case .exchange:
            switch exchange?.state.body {
            case .receiving: exchange?.isPaused == false
            case .complete: !peerHasEnded && incoming.count < Self.pipelineLimit
            default: false
            }
        case .webSocket: webSocket?.wantsToRead ?? false
        case .flushing, .closed: false
        }
    }

    private func readable() {
        switch phase {
        case .idle, .head: readHead()
        case .exchange: exchange?.state.body == .receiving ? readBody() : readPipelined()
        case .draining, .lingering: readAndDiscard()
        case .webSocket: readFrames()
        case .flushing, .closed: break
        }
    }

    private func peerClosed() {
        peerHasEnded = true
        guard phase == .exchange, let exchange else { return }
        switch exchange.state.body {
        // The body will not arrive.
        case .awaitingContinue: close(because: .clientGone)
        // A client that has only shut down its side still receives the response, if the responder ignores the
        // cancellation.
        case .complete: exchange.task?.cancel()
        // Bytes that were sent before are still read.
        case .receiving, .failed: break
        }
    }

    func enter(_ phase: Phase) {
        self.phase = phase
        phaseStart = loop.events.now
    }

    /// Receives into the loop's scratch memory; `nil` when there is nothing, or when the connection has ended, after
    /// `ended` was called.
    func receive(upTo limit: Int = 64 << 10, ended: () -> Void) -> UnsafeRawBufferPointer? {
        let count = recv(descriptor, loop.scratch.baseAddress, min(limit, loop.scratch.count), 0)
        if count > 0 { return UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]) }
        if count == 0 {
            ended()
        } else if errno != EAGAIN && errno != EINTR {
            close(because: .clientGone)
        }
        return nil
    }

    // MARK: Closing

    /// Closes at once. The request that was being answered fails with `reason`.
    func close(because reason: RequestBodyError) {
        guard phase != .closed else { return }
        phase = .closed
        watcher?.close()
        watcher = nil
        // The connection is reset, so that the kernel does not keep unsent bytes for a client that does not read them.
        let isAbandoned = reason == .tooSlow || reason == .serverShutdown && (!output.isEmpty || file != nil)
        if isAbandoned { darkroom_reset_on_close(descriptor) }
        file?.release()
        file = nil
        Glibc.close(descriptor)
        core.open.decrement()
        responseNoLongerWaits()
        logAccess(isComplete: false)
        exchange?.end(reason)
        exchange = nil
        endWebSocket()
        failWriters(reason)
        incoming = []
        if holdsDrainPermit { core.endDrain(for: peer) }
        loop.remove(self)
    }

    func failWriters(_ reason: RequestBodyError) {
        let waiting = writers
        writers = []
        waiting.forEach { $0.resume(throwing: reason) }
    }
}
