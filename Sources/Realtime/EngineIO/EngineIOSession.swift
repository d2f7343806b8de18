import Concurrency

/// The server's state of one Engine.IO v4 session. A state machine without I/O: each event returns the actions to
/// perform. It begins with polling or on a WebSocket. A polling session may be upgraded to a WebSocket: the client
/// opens one, probes it, and confirms the upgrade; until then packets go through polling and the WebSocket is a
/// candidate. There is never more than one WebSocket.
struct EngineIOSession: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Transport: Sendable { case polling, webSocket }

    private enum Upgrade: Hashable {
        case none
        case candidate(deadline: Instant)
        case probed(deadline: Instant)
    }

    private enum Phase { case open, closing(until: Instant), finished }

    let id: String
    private let configuration: EngineIOConfiguration
    private(set) var transport: Transport
    /// The most packets in one polling payload.
    var maximumPackets: Int
    private var upgrade = Upgrade.none
    private var phase = Phase.open
    private var isPolling = false
    private var isPosting = false
    /// The packets for the next `GET`.
    private var queue: [EngineIOPacket] = []
    private(set) var queuedBytes = 0
    private var nextPing: Instant
    private var pongDeadline: Instant?

    /// A session that begins in `transport`.
    init(id: String, transport: Transport, configuration: EngineIOConfiguration, at now: Instant) {
        self.id = id
        self.transport = transport
        self.configuration = configuration
        maximumPackets = configuration.maximumPackets
        nextPing = now + configuration.pingInterval
    }

    /// The first packet to the client: the response to the handshake, or the first frame.
    var openPacket: EngineIOPacket {
        let upgrades = transport == .polling ? "\"websocket\"" : ""
        return .open(
            "{\"sid\":\"\(id)\",\"upgrades\":[\(upgrades)],\"pingInterval\":\(configuration.pingInterval.wholeMilliseconds),"
                + "\"pingTimeout\":\(configuration.pingTimeout.wholeMilliseconds),\"maxPayload\":\(configuration.maximumPayload)}"
        )
    }

    /// The number of packets that are queued for the next `GET`.
    var queuedPackets: Int { queue.count }

    /// Whether packets are queued for the next `GET`.
    var holdsPackets: Bool { !queue.isEmpty }

    /// Whether the session can still send and receive.
    var isOpen: Bool { if case .open = phase { true } else { false } }

    /// Whether there is nothing left to do, so that the session can be removed.
    var isFinished: Bool { if case .finished = phase { true } else { false } }
}

// MARK: - Polling

extension EngineIOSession {
    /// A `GET` has arrived. Unless an error is returned, it waits for ``Action/respondToPoll(_:)``, which may be among
    /// the actions.
    mutating func polled() -> (error: EngineIOError?, actions: [Action]) {
        guard transport == .polling else { return (.badRequest, []) }
        if isPolling { return (.badRequest, close(.transportError)) }
        switch phase {
        case .finished: return (.sessionUnknown, [])
        case .open:
            isPolling = true
            if queue.isEmpty, case .probed = upgrade { queue.append(.noop) }
            return (nil, flush())
        case .closing:
            isPolling = true
            let actions = flush()
            if queue.isEmpty { phase = .finished }
            return (nil, actions)
        }
    }

    /// The client has cancelled its `GET` before the response.
    mutating func pollAborted() -> [Action] {
        guard isPolling else { return [] }
        isPolling = false
        return close(.transportError)
    }

    /// A `POST` has arrived; its body has not been read yet.
    mutating func postBegan() -> (error: EngineIOError?, actions: [Action]) {
        guard isOpen else { return (.sessionUnknown, []) }
        guard transport == .polling else { return (.badRequest, []) }
        if isPosting { return (.badRequest, close(.transportError)) }
        isPosting = true
        return (nil, [])
    }

    /// The body of the `POST` has arrived. The response to it is the returned error, or `ok` once the actions are
    /// performed.
    mutating func posted(_ body: [UInt8], at now: Instant) -> (error: EngineIOError?, actions: [Action]) {
        guard isOpen else { return (.sessionUnknown, []) }
        guard body.count <= configuration.maximumPayload,
            let packets = EngineIOPayload.packets(body, limit: maximumPackets)
        else { return (.badRequest, close(.parseError)) }
        var actions: [Action] = []
        for packet in packets where isOpen { actions += received(packet, at: now) }
        return (nil, actions)
    }

    /// The response to the `POST` is complete.
    mutating func postEnded() { isPosting = false }

    private mutating func flush() -> [Action] {
        guard isPolling, !queue.isEmpty else { return [] }
        isPolling = false
        // In browsers, clients end the transport at a close packet before they have processed the packets before it in
        // the same payload. So it is sent alone, in the next one.
        let payload = queue.first == .close ? [.close] : Array(queue.prefix { $0 != .close })
        queue.removeFirst(payload.count)
        queuedBytes = 0
        return [.respondToPoll(EngineIOPayload.text(payload))]
    }
}

// MARK: - WebSocket

extension EngineIOSession {
    /// Whether a WebSocket for this session would be accepted as a candidate.
    var awaitsWebSocket: Bool { isOpen && transport == .polling && upgrade == .none }

    /// A WebSocket has opened: the transport of a session that begins on it, otherwise the candidate.
    mutating func webSocketOpened(at now: Instant) -> [Action] {
        if transport == .webSocket { return [.sendFrame(openPacket.frame)] }
        upgrade = .candidate(deadline: now + configuration.upgradeTimeout)
        return []
    }

    /// A frame has arrived on the WebSocket.
    mutating func received(frame: EngineIOMessage, at now: Instant) -> [Action] {
        guard isOpen else { return [] }
        guard frame.size <= configuration.maximumPayload else { return close(.parseError) }
        guard transport == .webSocket else { return probed(frame, at: now) }
        switch frame {
        case .binary: return [.message(frame)]
        case .text(let text):
            guard let packet = EngineIOPacket(text: text[...]) else { return close(.parseError) }
            return received(packet, at: now)
        }
    }

    /// The WebSocket has been closed, by either side.
    mutating func webSocketClosed() -> [Action] {
        guard transport == .webSocket else {
            upgrade = .none
            return []
        }
        let wasOpen = isOpen
        phase = .finished
        return wasOpen ? [.closed(.transportClosed)] : []
    }

    private mutating func probed(_ frame: EngineIOMessage, at now: Instant) -> [Action] {
        guard case .text(let text) = frame else { return dropCandidate() }
        switch (EngineIOPacket(text: text[...]), upgrade) {
        case (.ping("probe"), .candidate(let deadline)):
            upgrade = .probed(deadline: deadline)
            // The client completes the upgrade only when its waiting GET has been answered.
            if isPolling, queue.isEmpty { queue.append(.noop) }
            return [.sendFrame(EngineIOPacket.pong("probe").frame)] + flush()
        case (.upgrade, .probed):
            upgrade = .none
            transport = .webSocket
            let waiting = queue
            queue = []
            queuedBytes = 0
            var actions: [Action] = []
            if isPolling {
                isPolling = false
                actions.append(.respondToPoll(EngineIOPacket.noop.text))
            }
            return actions + waiting.map { .sendFrame($0.frame) }
        default: return dropCandidate()
        }
    }

    private mutating func dropCandidate() -> [Action] {
        upgrade = .none
        return [.closeWebSocket]
    }
}

// MARK: - Both transports

extension EngineIOSession {
    /// The application sends a message.
    mutating func send(_ message: EngineIOMessage) -> [Action] { isOpen ? send(.message(message)) : [] }

    /// The application ends the session; messages sent before are still delivered.
    mutating func close(at now: Instant) -> [Action] {
        guard isOpen else { return [] }
        switch transport {
        case .webSocket:
            phase = .finished
            return [.sendFrame(EngineIOPacket.close.frame), .closeWebSocket, .closed(.forced)]
        case .polling:
            queue.append(.close)
            phase = isPolling ? .finished : .closing(until: now + configuration.pingTimeout)
            return flush() + closeCandidate() + [.closed(.forced)]
        }
    }

    /// The service shuts down. After a close packet clients do not reconnect, so the transport is closed without one.
    /// Packets queued for polling are sent with the next poll.
    mutating func closeForShutdown(at now: Instant) -> [Action] {
        guard isOpen else { return [] }
        guard transport == .polling else {
            phase = .finished
            return [.closeWebSocket, .closed(.forced)]
        }
        phase = queue.isEmpty ? .finished : .closing(until: now + configuration.pingTimeout)
        let rejection: [Action] = isPolling ? [.rejectPoll] : []
        isPolling = false
        return rejection + closeCandidate() + [.closed(.forced)]
    }

    /// The session must end.
    mutating func close(_ reason: EngineIOCloseReason) -> [Action] {
        guard !isFinished else { return [] }
        let wasOpen = isOpen
        phase = .finished
        var actions: [Action] = []
        if isPolling {
            isPolling = false
            // A client that has sent a close packet is not sent one.
            let last: EngineIOPacket = reason == .transportClosed ? .noop : .close
            actions.append(.respondToPoll(last.text))
        }
        queue = []
        actions += transport == .webSocket ? [.closeWebSocket] : closeCandidate()
        return actions + (wasOpen ? [.closed(reason)] : [])
    }

    /// Time has passed.
    mutating func tick(at now: Instant) -> [Action] {
        switch phase {
        case .finished: return []
        case .closing(let until): return now >= until ? close(.forced) : []
        case .open: break
        }
        var actions: [Action] = []
        switch upgrade {
        case .candidate(let deadline) where now >= deadline, .probed(let deadline) where now >= deadline:
            actions = dropCandidate()
        default: break
        }
        if let pongDeadline {
            return now >= pongDeadline ? actions + close(.pingTimeout) : actions
        }
        guard now >= nextPing else { return actions }
        pongDeadline = now + configuration.pingTimeout
        return actions + send(.ping(""))
    }

    private mutating func received(_ packet: EngineIOPacket, at now: Instant) -> [Action] {
        switch packet {
        case .pong:
            pongDeadline = nil
            nextPing = now + configuration.pingInterval
            return []
        case .message(let message): return [.message(message)]
        case .close: return close(.transportClosed)
        case .noop: return []
        // Only servers open and ping; an upgrade is only valid on the candidate.
        case .open, .ping, .upgrade: return close(.parseError)
        }
    }

    private mutating func send(_ packet: EngineIOPacket) -> [Action] {
        guard transport == .polling else { return [.sendFrame(packet.frame)] }
        queue.append(packet)
        if case .message(let message) = packet { queuedBytes += message.size }
        guard queue.count <= configuration.maximumQueuedPackets, queuedBytes <= configuration.maximumQueuedBytes else {
            return close(.slowClient)
        }
        return flush()
    }

    private mutating func closeCandidate() -> [Action] { upgrade == .none ? [] : dropCandidate() }
}
