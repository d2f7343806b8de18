import Concurrency
import Foundation
import JSON
import Synchronization

/// One client: its two state machines, what waits to leave, and what waits to be worked on.
///
/// While it is idle it has no task. One task sends what waits for the WebSocket, another has the application work on
/// what came, in order; each begins with the first piece and ends with the last.
final class SocketIOSession: SocketIOSocketSession {
    let id: String
    let openPacket: EngineIOPacket
    let handshake: SocketIOHandshake
    let server: SocketIOServer
    let state: Mutex<State>
    /// When a client that has not said who it is by then is put out.
    private let authenticationDeadline: ContinuousClock.Instant

    /// Something for the application.
    enum Work {
        case judge(namespace: String, auth: JSONValue)
        case event(SocketIOSocket, SocketIOEvent, id: Int?)
        case expired(SocketIOSocket)
        case disconnected(SocketIOSocket)
    }

    /// Something for the WebSocket.
    struct Outgoing {
        /// A frame; `nil` closes it.
        var frame: EngineIOMessage?
        /// Held until it is written.
        var receipts: [WriteReceipt] = []
    }

    struct State {
        var engine: EngineIOSession
        var connection: SocketIOConnection
        var sockets: [String: SocketIOSocket] = [:]
        /// The client has said who it is.
        var isAuthenticated = false
        /// Bytes that came before that.
        var unauthenticatedBytes = 0

        var poll: CheckedContinuation<EngineIOAnswer, Never>?
        var transport: (any FrameTransport)?
        /// Which of the session's WebSockets is open: news of an earlier one count for nothing.
        var transportNumber = 0
        /// Frames for the WebSocket.
        var outgoing: [Outgoing] = []
        var outgoingBytes = 0
        /// Those of messages that `engine` holds until the next poll.
        var receipts: [WriteReceipt] = []
        var isSending = false
        /// The service shuts down, which the close of the WebSocket says.
        var isShutDown = false
        /// When a WebSocket that is to close does so whether or not its frames have left.
        var closeDeadline: ContinuousClock.Instant?

        var work: [Work] = []
        var isWorking = false
        /// Frames whose reader waits until there is less work.
        var readers: [CheckedContinuation<Void, Never>] = []
    }

    init(engine: EngineIOSession, handshake: SocketIOHandshake, server: SocketIOServer) {
        id = engine.id
        openPacket = engine.openPacket
        self.handshake = handshake
        self.server = server
        let limits = server.unauthenticated.limits
        authenticationDeadline = .now + limits.time
        var engine = engine
        engine.maximumPackets = min(limits.maximumPackets, server.configuration.maximumPackets)
        var connection = SocketIOConnection(configuration: server.configuration, at: .now)
        connection.limitMessages(
            to: JSONLimits(
                maximumBytes: limits.maximumMessageBytes, maximumDepth: limits.maximumDepth,
                maximumValues: limits.maximumValues))
        state = Mutex(State(engine: engine, connection: connection))
    }
}

/// What it is told from outside.
extension SocketIOSession {
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

    func abortPoll() {
        perform { $0.engine.pollAborted() }
        // Nobody reads this answer, but its caller waits for one.
        state.withLock { $0.poll.take() }?.resume(returning: EngineIOError.badRequest.answer)
    }

    func post(_ body: [UInt8]) async -> EngineIOAnswer {
        if let refusal = attempt({ $0.engine.postBegan() }) { return refusal.answer }
        let refusal = attempt { state in
            guard Self.mayTake(body.count, &state, server) else {
                return (.badRequest, state.engine.close(.parseError))
            }
            return state.engine.posted(body, at: .now)
        }
        await waitForWork()
        state.withLock { $0.engine.postEnded() }
        return refusal?.answer ?? .ok
    }

    /// Whether a message of that many bytes may come: before the client has said who it is, little may.
    private static func mayTake(_ bytes: Int, _ state: inout State, _ server: SocketIOServer) -> Bool {
        guard !state.isAuthenticated else { return true }
        let limits = server.unauthenticated.limits
        state.unauthenticatedBytes += bytes
        return bytes <= limits.maximumMessageBytes && state.unauthenticatedBytes <= limits.maximumBytes
    }

    /// The greatest message that is taken now, in bytes.
    var maximumMessageBytes: Int {
        let isAuthenticated = state.withLock { $0.isAuthenticated }
        return isAuthenticated
            ? server.configuration.maximumPayload : server.unauthenticated.limits.maximumMessageBytes
    }

    /// The client has said that it is `user`.
    func authenticated(as user: String) {
        let (isFirst, transport) = state.withLock { state -> (Bool, (any FrameTransport)?) in
            guard state.engine.isOpen, !state.isAuthenticated else { return (false, nil) }
            state.isAuthenticated = true
            state.engine.maximumPackets = server.configuration.maximumPackets
            state.connection.limitMessages(to: JSONLimits(maximumBytes: server.configuration.maximumPayload))
            return (true, state.transport)
        }
        guard isFirst else { return }
        transport?.allowMessages(upTo: server.configuration.maximumPayload)
        server.authenticated(self, as: user)
    }

    var awaitsWebSocket: Bool { state.withLock { $0.engine.awaitsWebSocket } }

    func attach(_ transport: any FrameTransport) -> EngineIOSocket? {
        var number: Int?
        perform { state in
            let begins = state.engine.isOpen && state.engine.transport == .webSocket && state.transport == nil
            guard begins || state.engine.awaitsWebSocket, state.transport == nil else { return [] }
            state.transport = transport
            state.transportNumber += 1
            state.closeDeadline = nil
            number = state.transportNumber
            if state.isAuthenticated { transport.allowMessages(upTo: server.configuration.maximumPayload) }
            return state.engine.webSocketOpened(at: .now)
        }
        return number.map { EngineIOSocket(session: self, number: $0) }
    }

    func receive(_ frame: EngineIOMessage, on number: Int) async {
        perform { state in
            guard state.transportNumber == number else { return [] }
            guard Self.mayTake(frame.size, &state, server) else { return state.engine.close(.parseError) }
            return state.engine.received(frame: frame, at: .now)
        }
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

    func send(_ messages: [EngineIOMessage], receipt: WriteReceipt? = nil) {
        perform { state in
            if let receipt { state.receipts.append(receipt) }
            return messages.flatMap { state.engine.send($0) }
        }
    }

    func close() { perform { $0.engine.close(at: .now) } }

    /// Ends the session so that its client connects again by itself.
    func closeForShutdown() {
        perform { state in
            state.isShutDown = true
            return state.engine.closeForShutdown(at: .now)
        }
    }

    /// Closes a WebSocket of this session.
    func hangUp(_ transport: any FrameTransport) async {
        if state.withLock({ $0.isShutDown }) { await transport.closeForShutdown() } else { await transport.close() }
    }

    /// Ends the session in favor of a later one, unless its client has authenticated in the meantime.
    func giveWay() {
        perform { state in
            guard !state.isAuthenticated else { return [] }
            state.closeDeadline = .now
            return state.engine.close(.forced)
        }
        tick(at: .now)
    }

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

    /// At which uptime the time of a client that is accepted now is over.
    func end(of expires: Date?) -> Duration? {
        expires.map { server.uptime() + TokenLifetime.remaining(until: $0, at: server.now()) }
    }

    func tick(at now: ContinuousClock.Instant) {
        let uptime = server.uptime()
        let stuck: (any FrameTransport)? = state.withLock { state in
            for socket in state.sockets.values where socket.claimExpiry(at: uptime) {
                state.work.append(.expired(socket))
            }
            guard let deadline = state.closeDeadline, now >= deadline else { return nil }
            state.closeDeadline = nil
            state.outgoing = []
            state.outgoingBytes = 0
            return state.transport.take()
        }
        if let stuck { Task { await hangUp(stuck) } }
        perform(at: now, connection: { $0.tick(at: now) })
        perform { !$0.isAuthenticated && now >= authenticationDeadline ? $0.engine.close(.forced) : [] }
        perform { $0.engine.tick(at: now) }
    }
}
