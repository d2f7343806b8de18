import CLinux
import Synchronization

extension Connection {
    /// How long the client may take to end its side after ours.
    static let lingerMilliseconds: UInt64 = 2_000

    /// A tick has passed: is a deadline over?
    func tick(_ now: UInt64) {
        guard phase != .closed else { return }
        let elapsed = now > phaseStart ? now - phaseStart : 0
        let configuration = core.configuration
        switch phase {
        case .idle: if elapsed > configuration.idleTimeout.milliseconds { close(because: .clientGone) }
        case .head:
            if elapsed > configuration.headDeadline.milliseconds {
                core.counts.timedOut.add(1, ordering: .relaxed)
                answerAndEnd(status: .requestTimeout, reason: "the request's head took too long")
            }
        case .draining:
            let isTooSlow = exchange?.bodyFloor.passed(EventLoop.tickInterval) ?? true
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
            exchange.bodyFloor.passed(EventLoop.tickInterval)
        else { return }
        core.counts.timedOut.add(1, ordering: .relaxed)
        bodyFailed(.tooSlow)
    }

    /// Whether the client takes what it asked for. What the kernel holds for it does not count as taken.
    private func checkWriteRate() {
        guard phase != .closed, !output.isEmpty || file != nil else { return writeFloor = nil }
        let unacknowledged = Int(darkroom_unacknowledged_bytes(descriptor))
        let taken = output.taken - max(0, unacknowledged)
        var floor =
            writeFloor
            ?? RateFloor(
                bytesPerSecond: core.configuration.minimumBodyRate, window: core.configuration.bodyRateWindow)
        if writeFloor != nil { floor.moved(max(0, taken - acknowledged)) }
        acknowledged = taken
        writeFloor = floor
        guard file?.isFetching != true, writeFloor?.passed(EventLoop.tickInterval) == true else { return }
        core.counts.timedOut.add(1, ordering: .relaxed)
        close(because: .tooSlow)
    }

    /// Whether nobody waits for an answer here.
    var isSpare: Bool {
        switch phase {
        case .idle, .head, .lingering: true
        case .webSocket: webSocket?.closeSentAt != nil
        case .exchange, .flushing, .draining, .closed: false
        }
    }

    /// The server shuts down: what runs may finish, and nothing follows it.
    func shutDown() {
        switch phase {
        case .idle: close(because: .serverShutdown)
        case .exchange: exchange?.state.closeAfterwards()
        case .webSocket: closeWebSocket(code: .goingAway, reason: "")
        default: break
        }
    }
}
