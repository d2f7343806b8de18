import Bytes
import CLinux
import Glibc
import Synchronization

/// One client's connection: it lives on one loop at a time, and is told there what its socket can do, what its request's
/// task wants, and that time passes.
// Sendable: `address` is locked; everything else that changes is touched on the thread of `loop` alone. Moving to
// another loop hands all of it over through that loop's job queue.
final class Connection: @unchecked Sendable {
    enum Phase {
        /// Between requests.
        case idle
        /// A part of a head has arrived.
        case head
        /// A request is being answered.
        case exchange
        /// What waits is sent, then the connection ends.
        case flushing
        /// The answer is sent; the rest of the body is read and ignored.
        case draining
        /// Our side is shut; the client's last bytes are read and ignored.
        case lingering
        case webSocket
        case closed
    }

    let descriptor: Int32
    let peer: String
    /// Unique in this process.
    let number: Int
    let core: ServerCore
    private let address: Mutex<ConnectionLoop>
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
    /// Those who wait for `output` to become shorter.
    var writers: [CheckedContinuation<Void, any Error>] = []
    var writeFloor: MinimumRate?
    var acknowledged = 0
    /// Bytes that may still be read to be ignored.
    var drainBytes = 0
    var holdsDrainSlot = false
    /// A request's head has arrived here at some time.
    var hasBroughtRequest = false
    /// An earlier answer was taken whole by the client.
    var hasTakenAnswer = false
    /// The client has sent its last byte.
    var peerHasEnded = false
    var isMoving = false

    /// Pipelined bytes that are held while a request is being answered.
    static let pipelineLimit = 16 << 10
    /// Output that may wait before its writers do.
    static let outputLimit = 256 << 10

    init(descriptor: Int32, peer: String, loop: ConnectionLoop) {
        self.descriptor = descriptor
        self.peer = peer
        self.loop = loop
        core = loop.core
        number = core.nextConnectionNumber()
        address = Mutex(loop)
        core.open.enter()
    }

    // MARK: Where it lives

    /// Starts living on `loop`, on its thread.
    func attach() {
        loop.add(self)
        if core.mustClose { return close(because: .serverShutdown) }
        watcher = SocketWatcher(loop: loop.events, descriptor: descriptor) { [unowned self] in handle($0) }
        if watcher == nil { return close(because: .clientGone) }
        updateInterest()
    }

    /// Runs `work` on whatever loop the connection is on. Once that loop has stopped the connection is closed for good,
    /// and `work`, which finds it so, runs at once: whoever waits for it must not wait for ever.
    func perform(_ work: @escaping @Sendable (Connection) -> Void) {
        let isPosted = address.withLock { loop in
            let there = loop
            return there.events.post {
                // It moved while the job waited, or is on its way here behind this job.
                let isHere = self.address.withLock { $0 === there }
                if isHere && !self.isMoving { work(self) } else { self.perform(work) }
            }
        }
        if !isPosted { work(self) }
    }

    /// Goes to live on `other`, and there on with `then`. It happens in a job of its own, because whoever calls may
    /// still have something to do here, and nothing may be done here once it is there.
    func move(to other: ConnectionLoop, then: @escaping @Sendable (Connection) -> Void) {
        // Counted at once: of a burst of heads, each sees where those before it went.
        other.load.add(1, ordering: .relaxed)
        perform { $0.moveNow(to: other, then: then) }
    }

    private func moveNow(to other: ConnectionLoop, then: @escaping @Sendable (Connection) -> Void) {
        // A thread that fetches a file's bytes will report to this loop.
        let stays = other === loop || file?.isFetching == true
        if phase == .closed || stays {
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
        address.withLock { address in
            address = other
            other.events.post {
                self.isMoving = false
                self.phaseStart = other.events.now &- elapsed
                self.attach()
                if self.phase != .closed { then(self) }
                // It was on no loop when the loops were told.
                if self.core.isShuttingDown { self.shutDown() }
            }
        }
    }

    /// Goes back to the loop that small requests are answered on.
    func returnToControl(then: @escaping @Sendable (Connection) -> Void) {
        if let control = loop.control { move(to: control, then: then) } else { then(self) }
    }

    // MARK: What the socket can do

    private func handle(_ events: SocketEvents) {
        let keep = self
        defer { withExtendedLifetime(keep) {} }
        if events.contains(.failure) { return close(because: .clientGone) }
        if events.contains(.writable) { flush() }
        if events.contains(.readable), phase != .closed { readable() }
        if events.contains(.hangUp), !events.contains(.readable), phase != .closed { hungUp() }
        updateInterest()
    }

    /// Derives what to watch for from what the connection is doing.
    func updateInterest() {
        guard phase != .closed else { return }
        var events = SocketEvents()
        if wantsToRead { events.insert(.readable) } else if !peerHasEnded { events.insert(.hangUp) }
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
        case .draining, .lingering: readToIgnore()
        case .webSocket: readFrames()
        case .flushing, .closed: break
        }
    }

    private func hungUp() {
        peerHasEnded = true
        guard phase == .exchange, let exchange else { return }
        switch exchange.state.body {
        // The body that was waited for will not come.
        case .awaitingContinue: close(because: .clientGone)
        // A client that only ended its side still gets its answer, if the responder does not mind.
        case .complete: exchange.task?.cancel()
        // What it sent before is still to be read.
        case .receiving, .failed: break
        }
    }

    func enter(_ phase: Phase) {
        self.phase = phase
        phaseStart = loop.events.now
    }

    /// Receives into the loop's scratch memory; `nil` when there is nothing, or when the connection has ended, which
    /// `ended` then has dealt with.
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

    // MARK: The end

    /// Closes at once. The request that was being answered learns `reason`.
    func close(because reason: RequestBodyError) {
        guard phase != .closed else { return }
        phase = .closed
        watcher?.close()
        watcher = nil
        // What a client does not read is not kept for it by the system either; it learns by the reset.
        let isAbandoned = reason == .tooSlow || reason == .serverShutdown && (!output.isEmpty || file != nil)
        if isAbandoned { darkroom_reset_on_close(descriptor) }
        file?.release()
        file = nil
        Glibc.close(descriptor)
        core.open.leave()
        exchange?.end(reason)
        exchange = nil
        endWebSocket()
        failWriters(reason)
        incoming = []
        if holdsDrainSlot { core.endDrain(for: peer) }
        loop.remove(self)
    }

    func failWriters(_ reason: RequestBodyError) {
        let waiting = writers
        writers = []
        waiting.forEach { $0.resume(throwing: reason) }
    }
}
