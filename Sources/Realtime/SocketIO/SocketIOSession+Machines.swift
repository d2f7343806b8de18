import Synchronization

/// Runs the two state machines, Engine.IO below and Socket.IO above, and performs their actions.
extension SocketIOSession {
    /// What is left to do once the lock is released.
    struct Effects {
        var pollResponse: (CheckedContinuation<EngineIOResponse, Never>, EngineIOResponse)?
        var startsSending = false
        var startsWorking = false
        var abandoned: (any FrameTransport)?
        var disconnected: [SocketIOSocket] = []
        var isFinished = false
    }

    /// Passes an event to Engine.IO, which may reject it.
    func attempt(
        _ step: (inout State) -> (error: EngineIOError?, actions: [EngineIOSession.Action])
    ) -> EngineIOError? {
        var error: EngineIOError?
        perform { state in
            let (rejection, actions) = step(&state)
            error = rejection
            return actions
        }
        return error
    }

    /// Passes an event to Engine.IO and performs the actions that it returns.
    func perform(_ step: (inout State) -> [EngineIOSession.Action]) {
        let effects = state.withLock { state in
            var effects = Effects()
            let actions = step(&state)
            apply(actions, to: &state, &effects)
            finish(&state, &effects)
            return effects
        }
        perform(effects)
    }

    /// Passes an event to Socket.IO and performs the actions that it returns.
    func perform(
        at now: ContinuousClock.Instant = .now,
        connection step: (inout SocketIOConnection) -> [SocketIOConnection.Action]
    ) {
        let effects = state.withLock { state in
            var effects = Effects()
            if state.engine.isOpen {
                let actions = step(&state.connection)
                apply(actions, to: &state, &effects)
            }
            finish(&state, &effects)
            return effects
        }
        perform(effects)
    }

    func apply(_ actions: [EngineIOSession.Action], to state: inout State, _ effects: inout Effects) {
        for action in actions {
            switch action {
            case .respondToPoll(let payload):
                // As long as packets wait for a later poll, it is not known whose receipts are theirs.
                let receipts = state.engine.holdsPackets ? [] : state.receipts
                if !state.engine.holdsPackets { state.receipts = [] }
                if let poll = state.poll.take() { effects.pollResponse = (poll, .payload(payload, receipts: receipts)) }
            case .rejectPoll:
                if let poll = state.poll.take() { effects.pollResponse = (poll, .shutdown) }
            case .sendFrame(let frame): queue(frame, in: &state, &effects)
            case .closeWebSocket:
                state.outgoing.append(Outgoing(frame: nil))
                state.closeDeadline = .now + .seconds(5)
            case .message(let message):
                let actions = state.engine.isOpen ? state.connection.received(message) : []
                apply(actions, to: &state, &effects)
            case .closed:
                for (_, socket) in state.sockets {
                    effects.disconnected.append(socket)
                    state.work.append(.disconnected(socket))
                }
                state.sockets = [:]
            }
        }
    }

    func apply(_ actions: [SocketIOConnection.Action], to state: inout State, _ effects: inout Effects) {
        for action in actions {
            switch action {
            case .decide(let namespace, let auth): state.work.append(.connect(namespace: namespace, auth: auth))
            case .send(let packet):
                for message in packet.messages {
                    let actions = state.engine.send(message)
                    apply(actions, to: &state, &effects)
                }
            case .event(let namespace, let event, let id):
                if let socket = state.sockets[namespace] { state.work.append(.event(socket, event, id: id)) }
            case .disconnected(let namespace):
                guard let socket = state.sockets.removeValue(forKey: namespace) else { continue }
                effects.disconnected.append(socket)
                state.work.append(.disconnected(socket))
            case .close(let reason):
                let actions = state.engine.close(reason)
                apply(actions, to: &state, &effects)
            }
        }
    }

    func queue(_ frame: EngineIOMessage, in state: inout State, _ effects: inout Effects) {
        guard state.transport != nil else { return }
        state.outgoing.append(Outgoing(frame: frame))
        state.outgoingBytes += frame.size
        let limits = server.configuration
        guard state.outgoing.count > limits.maximumQueuedPackets || state.outgoingBytes > limits.maximumQueuedBytes
        else { return }
        state.outgoing = []
        state.outgoingBytes = 0
        effects.abandoned = state.transport.take()
        let actions = state.engine.close(.slowClient)
        apply(actions, to: &state, &effects)
    }

    /// Whether so much waits for the client that ephemeral events are dropped.
    func queueIsLong(_ state: State) -> Bool {
        let limits = server.configuration
        return state.outgoing.count + state.engine.queuedPackets >= limits.maximumQueuedPackets / 4
            || state.outgoingBytes + state.engine.queuedBytes >= limits.maximumQueuedBytes / 4
    }

    func finish(_ state: inout State, _ effects: inout Effects) {
        moveReceipts(of: &state)
        if !state.isSending, !state.outgoing.isEmpty, state.transport != nil {
            state.isSending = true
            effects.startsSending = true
        }
        if !state.isWorking, !state.work.isEmpty {
            state.isWorking = true
            effects.startsWorking = true
        }
        effects.isFinished = state.engine.isFinished && state.transport == nil
    }

    /// Once Engine.IO holds no packets for the next poll, their messages are in the queued frames or have been dropped.
    /// Then all receipts are attached to the last queued frame: they may be released later than necessary, but never
    /// too early.
    private func moveReceipts(of state: inout State) {
        guard !state.receipts.isEmpty, !state.engine.holdsPackets else { return }
        if let last = state.outgoing.indices.last { state.outgoing[last].receipts += state.receipts }
        state.receipts = []
    }

    func perform(_ effects: Effects) {
        for socket in effects.disconnected { server.hub.remove(socket) }
        if let (poll, response) = effects.pollResponse { poll.resume(returning: response) }
        if let transport = effects.abandoned { Task { await transport.close(because: SlowClient.reason) } }
        if effects.startsSending { Task { await sendAll() } }
        if effects.startsWorking { Task { await processWork() } }
        if effects.isFinished { server.remove(self) }
    }

    /// Sends the CONNECT reply and adds the socket to its rooms in one step, so that it receives every event sent there
    /// afterwards, and none before the reply. (This cannot deadlock: a hub never calls a session with its lock held.)
    func connect(_ socket: SocketIOSocket, rooms: Set<String>) -> Bool {
        let effects: Effects? = state.withLock { state in
            // The client may have disconnected in the meantime.
            let actions = state.engine.isOpen ? state.connection.accepted(socket.namespace, id: socket.id) : []
            guard !actions.isEmpty else { return nil }
            var effects = Effects()
            state.sockets[socket.namespace] = socket
            apply(actions, to: &state, &effects)
            if state.engine.isOpen { server.hub.add(socket, to: rooms) }
            finish(&state, &effects)
            return effects
        }
        if let effects { perform(effects) }
        return effects != nil
    }
}
