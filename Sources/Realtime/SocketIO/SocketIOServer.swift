import Crypto
public import Foundation
public import Logging
import Synchronization

/// All Socket.IO sessions of one path. It does no I/O: its owner passes requests and frames to it, and it sends frames
/// through ``FrameTransport``. How its owner uses it:
/// - `GET` of the path without an `Upgrade` is ``get(_:)``; cancel its task when the client disconnects.
/// - `POST` is ``post(_:body:)``; collect as many bytes as ``admission(ofPost:)`` allows, and response 413 to a longer
///   body.
/// - To any other method (except `OPTIONS`, which CORS handles) its owner responds with 405.
/// - A WebSocket request is first passed to ``rejection(ofWebSocket:)``; if that returns a response, send it instead of
///   101. Once the socket is open, call ``open(_:transport:)``, pass every message to ``EngineIOSocket/receive(text:)``
///   or ``EngineIOSocket/receive(binary:)``, and report the end to ``EngineIOSocket/closed()``. Limit a message to
///   ``maximumFirstMessage`` bytes until ``FrameTransport/allowMessages(upTo:)`` is called.
/// - ``run()`` runs the heartbeats of all sessions in one task.
public final class SocketIOServer: Sendable {
    /// The timings and limits.
    public let configuration: EngineIOConfiguration
    /// Its rooms.
    public let hub: SocketIOHub
    /// The sessions of all paths whose clients have not authenticated yet.
    let unauthenticated: UnauthenticatedSessions
    let application: any SocketIOApplication
    let now: @Sendable () -> Date
    /// The time since the server started, by a clock that cannot be set.
    let uptime: @Sendable () -> Duration
    private let logger: Logger
    private let table = Mutex(Table())
    private let authenticationHandler = Mutex<@Sendable (ClientOrigin) -> Void>({ _ in })

    fileprivate struct Table {
        var sessions: [String: SocketIOSession] = [:]
        /// The authenticated sessions of each user, the oldest first.
        var byUser: [String: [SocketIOSession]] = [:]
        /// The user of each authenticated session, by session ID.
        var users: [String: String] = [:]
        var isShutDown = false
    }

    /// A server for one application.
    public init(
        configuration: EngineIOConfiguration = EngineIOConfiguration(), hub: SocketIOHub,
        application: any SocketIOApplication, unauthenticated: UnauthenticatedSessions = UnauthenticatedSessions(),
        now: @escaping @Sendable () -> Date = { Date() }, uptime: (@Sendable () -> Duration)? = nil, logger: Logger
    ) {
        let start = ContinuousClock.now
        self.uptime = uptime ?? { ContinuousClock.now - start }
        self.configuration = configuration
        self.hub = hub
        self.application = application
        self.unauthenticated = unauthenticated
        self.now = now
        self.logger = logger
    }

    /// Calls `handler` once for each session that has counted for its address and whose client has authenticated, with the origin of the session. It replaces an earlier one.
    public func whenAuthenticated(_ handler: @escaping @Sendable (ClientOrigin) -> Void) {
        authenticationHandler.withLock { $0 = handler }
    }

    /// The largest message of a client that has not authenticated, in bytes.
    public var maximumFirstMessage: Int { unauthenticated.limits.maximumMessageBytes }

    /// The number of sessions.
    public var sessionCount: Int { table.withLock { $0.sessions.count } }

    /// Responds to a `GET`: to the handshake at once, to a poll when there is something to send (after a ping interval
    /// at most, roughly). Cancelling a poll ends the session.
    public func get(_ request: SocketIOHandshake) async -> EngineIOResponse {
        switch purpose(of: request, transport: "polling") {
        case .rejected(let response): return response
        case .existing(let session): return await session.poll()
        case .new:
            guard let session = start(.polling, request) else { return .full }
            return .payload(session.openPacket.text)
        }
    }

    /// How a `POST` is handled before its body is read.
    public enum PostAdmission: Sendable {
        /// Read its body, up to this many bytes.
        case bytes(Int)
        /// Send this response without reading the body.
        case rejected(EngineIOResponse)
    }

    /// Whether the body of a `POST` is to be read, and how much of it: little, before the client has authenticated.
    public func admission(ofPost request: SocketIOHandshake) -> PostAdmission {
        switch purpose(of: request, transport: "polling") {
        case .rejected(let response): .rejected(response)
        case .existing(let session): .bytes(session.maximumMessageBytes)
        case .new: .rejected(EngineIOError.badHandshakeMethod.response)
        }
    }

    /// Responds to a `POST` of packets. Waits while too many of the client's events are queued for the application.
    public func post(_ request: SocketIOHandshake, body: [UInt8]) async -> EngineIOResponse {
        switch purpose(of: request, transport: "polling") {
        case .rejected(let response): return response
        case .existing(let session): return await session.post(body)
        case .new: return EngineIOError.badHandshakeMethod.response
        }
    }

    /// The response that rejects a request to open a WebSocket; `nil` if it may be upgraded.
    public func rejection(ofWebSocket request: SocketIOHandshake) -> EngineIOResponse? {
        switch purpose(of: request, transport: "websocket") {
        case .rejected(let response): response
        case .existing(let session): session.awaitsWebSocket ? nil : EngineIOError.badRequest.response
        case .new:
            table.withLock { $0.isFull(configuration) } ? .full : nil
        }
    }

    /// Attaches a WebSocket that has just opened. Returns `nil` if its session has ended in the meantime or there are
    /// too many sessions; the caller then closes the socket.
    public func open(_ request: SocketIOHandshake, transport: any FrameTransport) -> EngineIOSocket? {
        switch purpose(of: request, transport: "websocket") {
        case .rejected: nil
        case .existing(let session): session.attach(transport)
        case .new: start(.webSocket, request)?.attach(transport)
        }
    }

    /// Runs the heartbeats until the task is cancelled.
    public func run() async {
        let shortest = min(configuration.pingInterval, configuration.pingTimeout, configuration.connectTimeout)
        let interval = min(.seconds(1), max(shortest / 20, .milliseconds(5)))
        while !Task.isCancelled {
            try? await Task.sleep(for: interval, tolerance: interval / 2)
            tick(at: .now)
        }
    }

    /// Whether new sessions are rejected because the service shuts down.
    public var isShutDown: Bool { table.withLock { $0.isShutDown } }

    /// Ends every session, accepts no new ones, and returns when all have ended, or after a second. Clients are sent no
    /// disconnect packet but lose their transport, so that they reconnect to the next process on their own.
    public func shutdown() async {
        let sessions = table.withLock { table in
            table.isShutDown = true
            return Array(table.sessions.values)
        }
        for session in sessions { session.closeForShutdown() }
        for _ in 0..<50 where sessionCount > 0 && !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
        for session in sessions { session.abort(.forced) }
    }

    /// Ends the sockets of a user, as if their token had expired. What they have sent, and was not handled yet, is dropped.
    public func disconnect(user: String) {
        for session in table.withLock({ Array($0.sessions.values) }) { session.disconnect(user: user) }
    }

    /// How many sessions there are, those of clients who have not authenticated yet included.
    public var connectionCount: Int { table.withLock { $0.sessions.count } }

    /// Time has passed.
    func tick(at instant: ContinuousClock.Instant) {
        for session in table.withLock({ Array($0.sessions.values) }) { session.tick(at: instant) }
    }

    func remove(_ session: SocketIOSession) {
        logger.debug("session ended", ["session": session.id])
        unauthenticated.leave(session.id)
        table.withLock { $0.remove(session) }
    }

    /// The client of a session has authenticated as `user`. If the user has too many sessions now, the oldest is ended.
    func authenticated(_ session: SocketIOSession, as user: String) {
        unauthenticated.leave(session.id)
        let oldest = table.withLock {
            $0.authenticated(session, as: user, limit: configuration.maximumSessionsPerUser)
        }
        oldest?.abort(.forced)
        guard session.handshake.countsForAddress else { return }
        let handler = authenticationHandler.withLock { $0 }
        handler(session.handshake.origin)
    }

    /// 15 random bytes as text, like the IDs of socket.io.
    static func makeID() -> String { base64URLEncode(SecureRandom.bytes(15)) }
}

extension SocketIOServer {
    private enum Purpose {
        case new
        case existing(SocketIOSession)
        case rejected(EngineIOResponse)
    }

    private func purpose(of request: SocketIOHandshake, transport: String) -> Purpose {
        let query = request.query
        guard let named = query["transport"], ["polling", "websocket"].contains(named) else {
            return .rejected(EngineIOError.transportUnknown.response)
        }
        guard named == transport else { return .rejected(EngineIOError.badRequest.response) }
        if let id = query["sid"] {
            // Swift compares strings by canonical equivalence: only with the format of an ID is an equal string the ID
            // itself.
            guard ConnectionID.isValid(id), let session = table.withLock({ $0.sessions[id] }) else {
                return .rejected(EngineIOError.sessionUnknown.response)
            }
            return .existing(session)
        }
        guard query["EIO"] == "4" else { return .rejected(EngineIOError.unsupportedVersion.response) }
        return .new
    }

    private func start(_ transport: EngineIOSession.Transport, _ request: SocketIOHandshake) -> SocketIOSession? {
        let session = SocketIOSession(
            engine: EngineIOSession(id: Self.makeID(), transport: transport, configuration: configuration, at: .now),
            handshake: request, server: self)
        let isAccepted = table.withLock { table in
            guard !table.isFull(configuration) else { return false }
            table.sessions[session.id] = session
            return true
        }
        guard isAccepted else { return nil }
        unauthenticated.enter(session.id, from: request.origin) { [weak session] in session?.evict() }
        return session
    }
}

extension SocketIOServer.Table {
    /// Whether new sessions are rejected. Unauthenticated sessions do not count: a new one evicts an earlier one.
    func isFull(_ configuration: EngineIOConfiguration) -> Bool {
        isShutDown || users.count >= configuration.maximumSessions
    }

    /// Returns a session of the user that must end.
    mutating func authenticated(_ session: SocketIOSession, as user: String, limit: Int) -> SocketIOSession? {
        guard sessions[session.id] === session else { return nil }
        users[session.id] = user
        byUser[user, default: []].append(session)
        return byUser[user].flatMap { $0.count > limit ? $0.first : nil }
    }

    mutating func remove(_ session: SocketIOSession) {
        sessions[session.id] = nil
        guard let user = users.removeValue(forKey: session.id) else { return }
        byUser[user]?.removeAll { $0 === session }
        if byUser[user]?.isEmpty ?? false { byUser[user] = nil }
    }
}

extension SocketIOServer: RealtimeServer {}
