import Concurrency

/// One session of Engine.IO v4 on the server's side. Told what happens, and when; says what to do.
///
/// It begins in polling or on a WebSocket. A polling session may move to a WebSocket: the client opens one, probes it,
/// and says that it has moved; until then polling is in charge and the WebSocket is a candidate. There is never more
/// than one WebSocket.
struct EngineIOSession: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Transport: Sendable { case polling, webSocket }

    private enum Upgrade: Hashable {
        case none
        case candidate(deadline: Instant)
        case probed(deadline: Instant)
    }

    private enum Life { case open, closing(until: Instant), finished }

    let id: String
    private let configuration: EngineIOConfiguration
    private(set) var transport: Transport
    /// The most packets in one polling payload.
    var maximumPackets: Int
    private var upgrade = Upgrade.none
    private var life = Life.open
    private var isPolling = false
    private var isPosting = false
    /// What waits for the next `GET`.
    private var queue: [EngineIOPacket] = []
    private var queuedBytes = 0
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

    /// The first packet to the client: the answer of the handshake, or the first frame.
    var openPacket: EngineIOPacket {
        let upgrades = transport == .polling ? "\"websocket\"" : ""
        return .open(
            "{\"sid\":\"\(id)\",\"upgrades\":[\(upgrades)],\"pingInterval\":\(configuration.pingInterval.wholeMilliseconds),"
                + "\"pingTimeout\":\(configuration.pingTimeout.wholeMilliseconds),\"maxPayload\":\(configuration.maximumPayload)}"
        )
    }

    /// Whether something waits for the next `GET`.
    var holdsPackets: Bool { !queue.isEmpty }

    /// Whether the client may still send and be sent to.
    var isOpen: Bool { if case .open = life { true } else { false } }

    /// Whether there is nothing left to do, so that the session can be forgotten.
    var isFinished: Bool { if case .finished = life { true } else { false } }
}

// MARK: - Polling

extension EngineIOSession {
    /// A `GET` came. It waits for ``Action/answerPoll(_:)``, which may be among the actions, unless it is refused.
    mutating func polled() -> (refusal: EngineIOError?, actions: [Action]) {
        guard transport == .polling else { return (.badRequest, []) }
        if isPolling { return (.badRequest, close(.transportError)) }
        switch life {
        case .finished: return (.sessionUnknown, [])
        case .open:
            isPolling = true
            if queue.isEmpty, case .probed = upgrade { queue.append(.noop) }
            return (nil, flush())
        case .closing:
            isPolling = true
            let actions = flush()
            if queue.isEmpty { life = .finished }
            return (nil, actions)
        }
    }

    /// The client gave up its `GET` before it was answered.
    mutating func pollAborted() -> [Action] {
        guard isPolling else { return [] }
        isPolling = false
        return close(.transportError)
    }

    /// A `POST` came: before its body is looked at.
    mutating func postBegan() -> (refusal: EngineIOError?, actions: [Action]) {
        guard isOpen else { return (.sessionUnknown, []) }
        guard transport == .polling else { return (.badRequest, []) }
        if isPosting { return (.badRequest, close(.transportError)) }
        isPosting = true
        return (nil, [])
    }

    /// The body of the `POST`. With a refusal the `POST` is refused, otherwise it is answered `ok` after the actions.
    mutating func posted(_ body: [UInt8], at now: Instant) -> (refusal: EngineIOError?, actions: [Action]) {
        guard isOpen else { return (.sessionUnknown, []) }
        guard body.count <= configuration.maximumPayload,
            let packets = EngineIOPayload.packets(body, limit: maximumPackets)
        else { return (.badRequest, close(.parseError)) }
        var actions: [Action] = []
        for packet in packets where isOpen { actions += received(packet, at: now) }
        return (nil, actions)
    }

    /// The `POST` is answered.
    mutating func postEnded() { isPosting = false }

    private mutating func flush() -> [Action] {
        guard isPolling, !queue.isEmpty else { return [] }
        isPolling = false
        // Browsers' clients end the transport at a close before they have worked on what came in the same payload: it comes
        // alone, in the next one.
        let payload = queue.first == .close ? [.close] : Array(queue.prefix { $0 != .close })
        queue.removeFirst(payload.count)
        queuedBytes = 0
        return [.answerPoll(EngineIOPayload.text(payload))]
    }
}

// MARK: - WebSocket

extension EngineIOSession {
    /// Whether a WebSocket for this session would be taken as its candidate.
    var awaitsWebSocket: Bool { isOpen && transport == .polling && upgrade == .none }

    /// A WebSocket opened: the first of a session that begins there, else the candidate.
    mutating func webSocketOpened(at now: Instant) -> [Action] {
        if transport == .webSocket { return [.sendFrame(openPacket.frame)] }
        upgrade = .candidate(deadline: now + configuration.upgradeTimeout)
        return []
    }

    /// A frame came on the WebSocket.
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

    /// The WebSocket is closed, by whomever.
    mutating func webSocketClosed() -> [Action] {
        guard transport == .webSocket else {
            upgrade = .none
            return []
        }
        let wasOpen = isOpen
        life = .finished
        return wasOpen ? [.closed(.transportClosed)] : []
    }

    private mutating func probed(_ frame: EngineIOMessage, at now: Instant) -> [Action] {
        guard case .text(let text) = frame else { return dropCandidate() }
        switch (EngineIOPacket(text: text[...]), upgrade) {
        case (.ping("probe"), .candidate(let deadline)):
            upgrade = .probed(deadline: deadline)
            // A GET that waits would keep the client from moving.
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
                actions.append(.answerPoll(EngineIOPacket.noop.text))
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

// MARK: - Both

extension EngineIOSession {
    /// The application sends a message.
    mutating func send(_ message: EngineIOMessage) -> [Action] { isOpen ? send(.message(message)) : [] }

    /// The application ends the session: what it sent before still leaves.
    mutating func close(at now: Instant) -> [Action] {
        guard isOpen else { return [] }
        switch transport {
        case .webSocket:
            life = .finished
            return [.sendFrame(EngineIOPacket.close.frame), .closeWebSocket, .closed(.forced)]
        case .polling:
            queue.append(.close)
            life = isPolling ? .finished : .closing(until: now + configuration.pingTimeout)
            return flush() + closeCandidate() + [.closed(.forced)]
        }
    }

    /// The service shuts down. Clients take a close packet for an end that is meant to last, and do not connect again; so the
    /// transport ends without one. What waits for a poll leaves with the next.
    mutating func closeForShutdown(at now: Instant) -> [Action] {
        guard isOpen else { return [] }
        guard transport == .polling else {
            life = .finished
            return [.closeWebSocket, .closed(.forced)]
        }
        life = queue.isEmpty ? .finished : .closing(until: now + configuration.pingTimeout)
        let refusal: [Action] = isPolling ? [.refusePoll] : []
        isPolling = false
        return refusal + closeCandidate() + [.closed(.forced)]
    }

    /// The session cannot go on.
    mutating func close(_ reason: EngineIOCloseReason) -> [Action] {
        guard !isFinished else { return [] }
        let wasOpen = isOpen
        life = .finished
        var actions: [Action] = []
        if isPolling {
            isPolling = false
            // A client that said goodbye itself is not told so again.
            let last: EngineIOPacket = reason == .transportClosed ? .noop : .close
            actions.append(.answerPoll(last.text))
        }
        queue = []
        actions += transport == .webSocket ? [.closeWebSocket] : closeCandidate()
        return actions + (wasOpen ? [.closed(reason)] : [])
    }

    /// Time has passed.
    mutating func tick(at now: Instant) -> [Action] {
        switch life {
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
        // The server alone opens and pings; an upgrade is said on the candidate.
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
