import CLinux
import Synchronization

extension Connection {
    /// How long the client may take to end its side after ours.
    static let lingerMilliseconds: UInt64 = 2_000

    /// Checks the deadlines; called every tick.
    func tick(_ now: UInt64) {
        guard phase != .closed else { return }
        let elapsed = now > phaseStart ? now - phaseStart : 0
        let configuration = core.configuration
        switch phase {
        case .idle:
            let limit = core.isShuttingDown ? configuration.firstRequestGrace : configuration.idleTimeout
            if elapsed > limit.milliseconds { closeUnlessRequestHasArrived(because: .clientGone) }
        case .head:
            guard elapsed > configuration.headDeadline.milliseconds else { break }
            // The loop itself may have been late: read once more before timing out.
            readHead()
            guard phase == .head else { break }
            core.counts.timedOut.add(1, ordering: .relaxed)
            respondAndClose(status: .requestTimeout, reason: "the request's head took too long")
        case .draining:
            let isTooSlow = exchange?.bodyRate.passed(EventLoop.tickInterval) ?? true
            if isTooSlow || elapsed > configuration.drainLimits.time.milliseconds { linger() }
        case .lingering: if elapsed > Self.lingerMilliseconds { close(because: .clientGone) }
        case .exchange: checkBodyRate()
        case .webSocket: tickWebSocket(now)
        case .flushing, .closed: break
        }
        checkWriteRate()
        updateInterest()
    }

    private func checkBodyRate() {
        guard let exchange, exchange.state.body == .receiving, !exchange.isPaused,
            exchange.bodyRate.passed(EventLoop.tickInterval)
        else { return }
        core.counts.timedOut.add(1, ordering: .relaxed)
        bodyFailed(.tooSlow)
    }

    /// Closes the connection when the client reads too slowly. What the kernel buffers for it does not count as read.
    private func checkWriteRate() {
        guard phase != .closed, !output.isEmpty || file != nil else { return writeRate = nil }
        let unacknowledged = Int(darkroom_unacknowledged_bytes(descriptor))
        let received = output.written - max(0, unacknowledged)
        var rate =
            writeRate
            ?? MinimumRate(
                bytesPerSecond: minimumReadRate, window: core.configuration.bodyRateWindow)
        if writeRate != nil {
            let read = max(0, received - acknowledged)
            rate.moved(read)
            waitingResponse?.read += read
        }
        acknowledged = received
        writeRate = rate
        guard file?.isFetching != true, writeRate?.passed(EventLoop.tickInterval) == true else { return }
        core.counts.timedOut.add(1, ordering: .relaxed)
        close(because: .tooSlow)
    }

    /// Whether no client is waiting for a response, as far as is known without a system call.
    var isEvictable: Bool {
        switch phase {
        case .idle, .head, .lingering: true
        case .webSocket: webSocket?.closeSentAt != nil
        case .exchange, .flushing, .draining, .closed: false
        }
    }

    /// Whether the client has sent more than was read.
    var hasUnreadBytes: Bool { darkroom_readable_bytes(descriptor) > 0 }

    /// Whether a part of another request has arrived.
    var nextRequestHasArrived: Bool { !incoming.isEmpty || hasUnreadBytes }

    /// Closes a connection between two requests, unless the next one has arrived and was only not read yet.
    private func closeUnlessRequestHasArrived(because reason: RequestBodyError) {
        readHead()
        if phase == .idle { close(because: reason) }
    }

    /// The server shuts down: running requests may finish, and those that have arrived are among them.
    func shutDown() {
        switch phase {
        case .idle:
            if hasSentRequest {
                closeUnlessRequestHasArrived(because: .serverShutdown)
            } else {
                readHead()
            }
        case .webSocket: closeWebSocket(code: .goingAway, reason: "")
        // The response announces the close (`Connection: close`).
        case .head, .exchange, .flushing, .draining, .lingering, .closed: break
        }
    }
}
