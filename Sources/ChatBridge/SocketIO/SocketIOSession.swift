import Foundation
import Synchronization

/// One client: its two state machines, what waits to leave, and what waits to be worked on.
///
/// While it is idle it has no task. One task sends what waits for the WebSocket, another has the application work on what came, in order; each
/// begins with the first piece and ends with the last.
final class SocketIOSession: Sendable {
    let id: String
    let openPacket: EngineIOPacket
    let handshake: SocketIOHandshake
    let server: SocketIOServer
    private let state: Mutex<State>

    /// Something for the application.
    private enum Work {
        case judge(namespace: String, auth: JSONValue)
        case event(SocketIOSocket, SocketIOEvent, id: Int?)
        case expired(SocketIOSocket)
        case disconnected(SocketIOSocket)
    }

    private struct State {
        var engine: EngineIOSession
        var connection: SocketIOConnection
        var sockets: [String: SocketIOSocket] = [:]

        var poll: CheckedContinuation<EngineIOAnswer, Never>?
        var transport: (any EngineIOTransport)?
        /// Which of the session's WebSockets is open: news of an earlier one count for nothing.
        var transportNumber = 0
        /// Frames for the WebSocket; `nil` closes it.
        var outgoing: [EngineIOMessage?] = []
        var outgoingBytes = 0
        var isSending = false
        /// When a WebSocket that is to close does so whether or not its frames have left.
        var closeDeadline: ContinuousClock.Instant?

        var work: [Work] = []
        var isWorking = false
        /// Frames whose reader waits until there is less work.
        var readers: [CheckedContinuation<Void, Never>] = []
    }

    /// What is left to do once the lock is open.
    private struct Effects {
        var answer: (CheckedContinuation<EngineIOAnswer, Never>, EngineIOAnswer)?
        var startsSending = false
        var startsWorking = false
        var abandoned: (any EngineIOTransport)?
        var left: [SocketIOSocket] = []
        var isFinished = false
    }

    init(engine: EngineIOSession, handshake: SocketIOHandshake, server: SocketIOServer) {
        id = engine.id
        openPacket = engine.openPacket
        self.handshake = handshake
        self.server = server
        let connection = SocketIOConnection(configuration: server.configuration, at: .now)
        state = Mutex(State(engine: engine, connection: connection))
    }

    // MARK: Told from outside

    func poll() async -> EngineIOAnswer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let refusal = attempt { state in
                    let outcome = state.engine.polled()
                    // A poll that waits already is answered by the actions.
                    if outcome.refusal == nil { state.poll = continuation }
                    return outcome
                }
                if let refusal { continuation.resume(returning: refusal.answer) }
                if Task.isCancelled { abortPoll() }
            }
        } onCancel: {
            abortPoll()
        }
    }

    private func abortPoll() {
        perform { $0.engine.pollAborted() }
        // Nobody reads this answer, but its caller waits for one.
        state.withLock { $0.poll.take() }?.resume(returning: EngineIOError.badRequest.answer)
    }

    func post(_ body: [UInt8]) async -> EngineIOAnswer {
        if let refusal = attempt({ $0.engine.postBegan() }) { return refusal.answer }
        let refusal = attempt { $0.engine.posted(body, at: .now) }
        await waitForWork()
        state.withLock { $0.engine.postEnded() }
        return refusal?.answer ?? .ok
    }

    var awaitsWebSocket: Bool { state.withLock { $0.engine.awaitsWebSocket } }

    func attach(_ transport: any EngineIOTransport) -> EngineIOSocket? {
        var number: Int?
        perform { state in
            let begins = state.engine.isOpen && state.engine.transport == .webSocket && state.transport == nil
            guard begins || state.engine.awaitsWebSocket, state.transport == nil else { return [] }
            state.transport = transport
            state.transportNumber += 1
            state.closeDeadline = nil
            number = state.transportNumber
            return state.engine.webSocketOpened(at: .now)
        }
        return number.map { EngineIOSocket(session: self, number: $0) }
    }

    func receive(_ frame: EngineIOMessage, on number: Int) async {
        perform { $0.transportNumber == number ? $0.engine.received(frame: frame, at: .now) : [] }
        await waitForWork()
    }

    func webSocketClosed(_ number: Int) {
        perform { state in
            guard state.transportNumber == number else { return [] }
            state.transport = nil
            state.outgoing = []
            state.outgoingBytes = 0
            return state.engine.webSocketClosed()
        }
    }

    func send(_ messages: [EngineIOMessage]) {
        perform { state in messages.flatMap { state.engine.send($0) } }
    }

    func close() { perform { $0.engine.close(at: .now) } }

    func abort(_ reason: EngineIOCloseReason) {
        perform { state in
            state.closeDeadline = .now
            return state.engine.close(reason)
        }
        tick(at: .now)
    }

    func disconnect(_ namespace: String, closing: Bool) {
        perform(connection: { $0.disconnect(namespace) })
        if closing { close() }
    }

    func tick(at now: ContinuousClock.Instant) {
        let date = server.now()
        let stuck: (any EngineIOTransport)? = state.withLock { state in
            for socket in state.sockets.values where socket.expires.map({ $0 <= date }) ?? false && socket.claimExpiry()
            {
                state.work.append(.expired(socket))
            }
            guard let deadline = state.closeDeadline, now >= deadline else { return nil }
            state.closeDeadline = nil
            state.outgoing = []
            state.outgoingBytes = 0
            return state.transport.take()
        }
        if let stuck { Task { await stuck.close() } }
        perform(at: now, connection: { $0.tick(at: now) })
        perform { $0.engine.tick(at: now) }
    }

    // MARK: The machines

    /// Takes a step that the lower machine may refuse.
    private func attempt(
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
    private func perform(_ step: (inout State) -> [EngineIOSession.Action]) {
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
    private func perform(
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

    private func apply(_ actions: [EngineIOSession.Action], to state: inout State, _ effects: inout Effects) {
        for action in actions {
            switch action {
            case .answerPoll(let payload):
                if let poll = state.poll.take() { effects.answer = (poll, .payload(payload)) }
            case .sendFrame(let frame): queue(frame, in: &state, &effects)
            case .closeWebSocket:
                state.outgoing.append(nil)
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

    private func apply(_ actions: [SocketIOConnection.Action], to state: inout State, _ effects: inout Effects) {
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

    private func queue(_ frame: EngineIOMessage, in state: inout State, _ effects: inout Effects) {
        guard state.transport != nil else { return }
        state.outgoing.append(frame)
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

    private func finish(_ state: inout State, _ effects: inout Effects) {
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

    private func carryOut(_ effects: Effects) {
        for socket in effects.left { server.hub.remove(socket) }
        if let (poll, answer) = effects.answer { poll.resume(returning: answer) }
        if let transport = effects.abandoned { Task { await transport.close() } }
        if effects.startsSending { Task { await sendAll() } }
        if effects.startsWorking { Task { await workAll() } }
        if effects.isFinished { server.forget(self) }
    }

    // MARK: What takes time

    private func sendAll() async {
        while let (frame, transport, number) = nextFrame() {
            do {
                switch frame {
                case .text(let text): try await transport.send(text: text)
                case .binary(let bytes): try await transport.send(binary: bytes)
                case nil:
                    await transport.close()
                    webSocketClosed(number)
                }
            } catch {
                webSocketClosed(number)
            }
        }
    }

    private func nextFrame() -> (EngineIOMessage?, any EngineIOTransport, Int)? {
        state.withLock { state in
            guard let transport = state.transport, !state.outgoing.isEmpty else {
                state.isSending = false
                return nil
            }
            let frame = state.outgoing.removeFirst()
            state.outgoingBytes -= frame?.size ?? 0
            if frame == nil {
                state.transport = nil
                state.closeDeadline = nil
            }
            return (frame, transport, state.transportNumber)
        }
    }

    private func workAll() async {
        while let work = nextWork() {
            switch work {
            case .judge(let namespace, let auth): await judge(namespace, auth)
            case .event(let socket, let event, let id):
                switch await server.application.received(event, from: socket) {
                case .none: break
                case .acknowledge(let arguments): acknowledge(id, arguments, to: socket)
                case .acknowledgeAndDisconnect(let arguments):
                    acknowledge(id, arguments, to: socket)
                    socket.disconnect()
                }
            case .expired(let socket):
                await server.application.expired(socket)
                socket.disconnect()
            case .disconnected(let socket): await server.application.disconnected(socket)
            }
        }
    }

    private func acknowledge(_ id: Int?, _ arguments: [JSONValue], to socket: SocketIOSocket) {
        guard let id else { return }
        let packet = SocketIOPacket(
            kind: .acknowledgement, namespace: socket.namespace, id: id, data: .array(arguments))
        send(packet.messages)
    }

    private func nextWork() -> Work? {
        let (work, readers): (Work?, [CheckedContinuation<Void, Never>]) = state.withLock { state in
            if state.work.isEmpty { state.isWorking = false }
            let work = state.work.isEmpty ? nil : state.work.removeFirst()
            let waits = state.work.count > server.configuration.maximumWaitingEvents / 2
            return (work, waits ? [] : state.readers.take())
        }
        for reader in readers { reader.resume() }
        return work
    }

    /// Returns when little enough waits for the application.
    private func waitForWork() async {
        let limit = server.configuration.maximumWaitingEvents
        guard state.withLock({ $0.work.count > limit }) else { return }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.work.count > limit { state.readers.append(continuation) }
                return state.work.count <= limit
            }
            if isFree { continuation.resume() }
        }
    }

    private func judge(_ namespace: String, _ auth: JSONValue) async {
        let request = SocketIOConnectRequest(namespace: namespace, auth: auth, handshake: handshake)
        switch await server.application.verdict(on: request) {
        case .refuse(let message, let data):
            perform(connection: { $0.refused(namespace, message: message, data: data) })
        case .accept(let caller, let expires, let rooms):
            let socket = SocketIOSocket(
                id: SocketIOServer.makeID(), namespace: namespace, caller: caller, expires: expires,
                connectedAt: server.now(),
                session: self)
            guard connect(socket, rooms: rooms) else { return }
            await server.application.connected(socket)
        }
    }
}

extension SocketIOSession {
    /// Tells the client that it is connected and puts it into its rooms as one step: whatever is said there from then on comes after the
    /// CONNECT answer, and comes. (A hub never calls a session with its lock held.)
    private func connect(_ socket: SocketIOSocket, rooms: Set<String>) -> Bool {
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

extension Array {
    /// Leaves nothing.
    fileprivate mutating func take() -> [Element] {
        defer { self = [] }
        return self
    }
}
