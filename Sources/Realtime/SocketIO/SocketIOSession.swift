import Concurrency
import Foundation
import JSON
import Synchronization

/// One client: its two state machines, the frames queued for its WebSocket, and the work queued for the application. An
/// idle session has no task. One task sends the queued frames to the WebSocket, another calls the application for each
/// work item, in order; each starts with the first item and ends with the last.
final class SocketIOSession: SocketIOSocketSession {
    let id: String
    let openPacket: EngineIOPacket
    let handshake: SocketIOHandshake
    let server: SocketIOServer
    let state: Mutex<State>
    /// When the session ends unless its client has authenticated.
    private let authenticationDeadline: ContinuousClock.Instant

    /// Work for the application.
    enum WorkItem {
        case connect(namespace: String, auth: JSONValue)
        case event(SocketIOSocket, SocketIOEvent, id: Int?)
        case expired(SocketIOSocket)
        case disconnected(SocketIOSocket)
    }

    /// A frame to be sent to the WebSocket, or the request to close it.
    struct Outgoing {
        /// The frame; `nil` closes the WebSocket.
        var frame: EngineIOMessage?
        /// Held until the frame is written.
        var receipts: [WriteReceipt] = []
    }

    struct State {
        var engine: EngineIOSession
        var connection: SocketIOConnection
        var sockets: [String: SocketIOSocket] = [:]
        /// Whether the client has authenticated.
        var isAuthenticated = false
        /// The bytes received before that.
        var unauthenticatedBytes = 0

        var poll: CheckedContinuation<EngineIOResponse, Never>?
        var transport: (any FrameTransport)?
        /// The number of the session's current WebSocket: events of an earlier one are ignored.
        var transportNumber = 0
        /// The frames queued for the WebSocket.
        var outgoing: [Outgoing] = []
        var outgoingBytes = 0
        /// The receipts of messages that `engine` holds until the next poll.
        var receipts: [WriteReceipt] = []
        var isSending = false
        /// Whether the service shuts down; the close code of the WebSocket depends on it.
        var isShutDown = false
        /// When a closing WebSocket is closed even if its frames have not been sent.
        var closeDeadline: ContinuousClock.Instant?

        var work: [WorkItem] = []
        var isWorking = false
        /// The readers of frames that wait until less work is queued.
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

/// Events from the owner of the sockets and from the server.
extension SocketIOSession {
    func poll() async -> EngineIOResponse {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let rejection = attempt { state in
                    let outcome = state.engine.polled()
                    // Without an error the actions respond to the poll.
                    if outcome.error == nil { state.poll = continuation }
                    return outcome
                }
                if let rejection { continuation.resume(returning: rejection.response) }
                if Task.isCancelled { abortPoll() }
            }
        } onCancel: {
            abortPoll()
        }
    }

    func abortPoll() {
        perform { $0.engine.pollAborted() }
        // The client does not receive this response, but the continuation must be resumed.
        state.withLock { $0.poll.take() }?.resume(returning: EngineIOError.badRequest.response)
    }

    func post(_ body: [UInt8]) async -> EngineIOResponse {
        if let rejection = attempt({ $0.engine.postBegan() }) { return rejection.response }
        let rejection = attempt { state in
            guard Self.mayReceive(body.count, &state, server) else {
                return (.badRequest, state.engine.close(.parseError))
            }
            return state.engine.posted(body, at: .now)
        }
        await waitUntilQueueHasSpace()
        state.withLock { $0.engine.postEnded() }
        return rejection?.response ?? .ok
    }

    /// Whether a message of this size is accepted: before the client has authenticated, only small ones are.
    private static func mayReceive(_ bytes: Int, _ state: inout State, _ server: SocketIOServer) -> Bool {
        guard !state.isAuthenticated else { return true }
        let limits = server.unauthenticated.limits
        state.unauthenticatedBytes += bytes
        return bytes <= limits.maximumMessageBytes && state.unauthenticatedBytes <= limits.maximumBytes
    }

    /// The largest message that is accepted now, in bytes.
    var maximumMessageBytes: Int {
        let isAuthenticated = state.withLock { $0.isAuthenticated }
        return isAuthenticated
            ? server.configuration.maximumPayload : server.unauthenticated.limits.maximumMessageBytes
    }

    /// The client has authenticated as `user`.
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
            guard Self.mayReceive(frame.size, &state, server) else { return state.engine.close(.parseError) }
            return state.engine.received(frame: frame, at: .now)
        }
        await waitUntilQueueHasSpace()
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

    func send(_ messages: [EngineIOMessage], receipt: WriteReceipt? = nil, isEphemeral: Bool = false) {
        perform { state in
            if isEphemeral, queueIsLong(state) { return [] }
            // A message of a session that is closing is dropped.
            if let receipt, state.engine.isOpen { state.receipts.append(receipt) }
            return messages.flatMap { state.engine.send($0) }
        }
    }

    func close() { perform { $0.engine.close(at: .now) } }

    /// Ends the session in such a way that its client reconnects on its own.
    func closeForShutdown() {
        perform { state in
            state.isShutDown = true
            return state.engine.closeForShutdown(at: .now)
        }
    }

    /// Closes a WebSocket of this session.
    func closeTransport(_ transport: any FrameTransport) async {
        if state.withLock({ $0.isShutDown }) { await transport.closeForShutdown() } else { await transport.close() }
    }

    /// Ends the session in favor of a later one, unless its client has authenticated in the meantime.
    func evict() {
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

    /// Ends the sockets of a user.
    func disconnect(user: String) {
        state.withLock { state in
            for socket in state.sockets.values where socket.user?.id == user && socket.revoke() {
                state.work.append(.expired(socket))
            }
        }
        // Begins the work.
        perform { (_: inout State) -> [EngineIOSession.Action] in [] }
    }

    /// The uptime at which a client that is accepted now expires.
    func end(of expires: Date?) -> Duration? {
        expires.map { server.uptime() + TokenLifetime.remaining(until: $0, at: server.now()) }
    }

    func tick(at now: ContinuousClock.Instant) {
        let uptime = server.uptime()
        let overdue: (any FrameTransport)? = state.withLock { state in
            for socket in state.sockets.values where socket.claimExpiry(at: uptime) {
                state.work.append(.expired(socket))
            }
            guard let deadline = state.closeDeadline, now >= deadline else { return nil }
            state.closeDeadline = nil
            state.outgoing = []
            state.outgoingBytes = 0
            return state.transport.take()
        }
        if let overdue { Task { await closeTransport(overdue) } }
        perform(at: now, connection: { $0.tick(at: now) })
        perform { !$0.isAuthenticated && now >= authenticationDeadline ? $0.engine.close(.forced) : [] }
        perform { $0.engine.tick(at: now) }
    }
}
