import Synchronization

/// The two state machines, one above the other, and doing what they ask.
extension SocketIOSession {
    /// What is left to do once the lock is open.
    struct Effects {
        var answer: (CheckedContinuation<EngineIOAnswer, Never>, EngineIOAnswer)?
        var startsSending = false
        var startsWorking = false
        var abandoned: (any FrameTransport)?
        var left: [SocketIOSocket] = []
        var isFinished = false
    }

    /// Takes a step that the lower machine may refuse.
    func attempt(
        _ step: (inout State) -> (refusal: EngineIOError?, actions: [EngineIOSession.Action])
    ) -> EngineIOError? {
        var refusal: EngineIOError?
        perform { state in
            let (refused, actions) = step(&state)
            refusal = refused
            return actions
        }
        return refusal
    }

    /// Takes a step of the lower machine and does what it asks.
    func perform(_ step: (inout State) -> [EngineIOSession.Action]) {
        let effects = state.withLock { state in
            var effects = Effects()
            let actions = step(&state)
            apply(actions, to: &state, &effects)
            finish(&state, &effects)
            return effects
        }
        carryOut(effects)
    }

    /// Takes a step of the upper machine and does what it asks.
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
        carryOut(effects)
    }

    func apply(_ actions: [EngineIOSession.Action], to state: inout State, _ effects: inout Effects) {
        for action in actions {
            switch action {
            case .answerPoll(let payload):
                let receipts = state.receipts
                if !state.engine.holdsPackets { state.receipts = [] }
                if let poll = state.poll.take() { effects.answer = (poll, .payload(payload, receipts: receipts)) }
            case .refusePoll:
                if let poll = state.poll.take() { effects.answer = (poll, .shutdown) }
            case .sendFrame(let frame): queue(frame, in: &state, &effects)
            case .closeWebSocket:
                state.outgoing.append(Outgoing(frame: nil))
                state.closeDeadline = .now + .seconds(5)
            case .message(let message):
                let actions = state.engine.isOpen ? state.connection.received(message) : []
                apply(actions, to: &state, &effects)
            case .closed:
                for (_, socket) in state.sockets {
                    effects.left.append(socket)
                    state.work.append(.disconnected(socket))
                }
                state.sockets = [:]
            }
        }
    }

    func apply(_ actions: [SocketIOConnection.Action], to state: inout State, _ effects: inout Effects) {
        for action in actions {
            switch action {
            case .judge(let namespace, let auth): state.work.append(.judge(namespace: namespace, auth: auth))
            case .send(let packet):
                for message in packet.messages {
                    let actions = state.engine.send(message)
                    apply(actions, to: &state, &effects)
                }
            case .event(let namespace, let event, let id):
                if let socket = state.sockets[namespace] { state.work.append(.event(socket, event, id: id)) }
            case .disconnected(let namespace):
                guard let socket = state.sockets.removeValue(forKey: namespace) else { continue }
                effects.left.append(socket)
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

    func finish(_ state: inout State, _ effects: inout Effects) {
        handOverReceipts(of: &state)
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

    /// What the engine does not hold until the next poll is in the frames that wait, or has been dropped. All receipts go to
    /// the last frame: later than need be, and never too early.
    private func handOverReceipts(of state: inout State) {
        guard !state.receipts.isEmpty, !state.engine.holdsPackets else { return }
        if let last = state.outgoing.indices.last { state.outgoing[last].receipts += state.receipts }
        state.receipts = []
    }

    func carryOut(_ effects: Effects) {
        for socket in effects.left { server.hub.remove(socket) }
        if let (poll, answer) = effects.answer { poll.resume(returning: answer) }
        if let transport = effects.abandoned { Task { await transport.close(because: SlowClient.reason) } }
        if effects.startsSending { Task { await sendAll() } }
        if effects.startsWorking { Task { await workAll() } }
        if effects.isFinished { server.forget(self) }
    }

    /// Tells the client that it is connected and puts it into its rooms as one step: whatever is said there from then
    /// on comes after the CONNECT answer, and comes. (A hub never calls a session with its lock held.)
    func connect(_ socket: SocketIOSocket, rooms: Set<String>) -> Bool {
        let effects: Effects? = state.withLock { state in
            // A client that has left meanwhile is not connected any more.
            let actions = state.engine.isOpen ? state.connection.accepted(socket.namespace, id: socket.id) : []
            guard !actions.isEmpty else { return nil }
            var effects = Effects()
            state.sockets[socket.namespace] = socket
            apply(actions, to: &state, &effects)
            if state.engine.isOpen { server.hub.add(socket, to: rooms) }
            finish(&state, &effects)
            return effects
        }
        if let effects { carryOut(effects) }
        return effects != nil
    }
}
