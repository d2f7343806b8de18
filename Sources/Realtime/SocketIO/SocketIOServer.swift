import Crypto
public import Foundation
public import Logging
import Synchronization

/// All Socket.IO sessions of one path. It does no I/O: requests and frames are told to it, frames leave through
/// ``FrameTransport``.
///
/// To wire it:
/// - `GET` of the path without an `Upgrade` is ``get(_:)``; cancel its task when the client goes away.
/// - `POST` is ``post(_:body:)``; collect as many bytes as ``admission(ofPost:)`` says, beyond them answer 413.
/// - Any other method (but for `OPTIONS`, which is CORS's) is ``refusal(ofMethod:)``.
/// - A WebSocket request is first shown to ``refusal(ofWebSocket:)``: what that returns is the HTTP answer instead of
///   101. Then, with the socket open, ``open(_:transport:)``; every message to ``EngineIOSocket/receive(text:)`` or
///   ``EngineIOSocket/receive(binary:)``, and the end to ``EngineIOSocket/closed()``. Bound a message to
///   ``maximumFirstMessage`` bytes until ``FrameTransport/allowMessages(upTo:)`` is called.
/// - ``run()`` keeps the heartbeats of all sessions in one task.
public final class SocketIOServer: Sendable {
    /// The timings and limits.
    public let configuration: EngineIOConfiguration
    /// Its rooms.
    public let hub: SocketIOHub
    /// Those of all paths whose clients have not said yet who they are.
    let unauthenticated: UnauthenticatedSessions
    let application: any SocketIOApplication
    let now: @Sendable () -> Date
    /// How long it has been there, by a clock that cannot be set.
    let uptime: @Sendable () -> Duration
    private let logger: Logger
    private let table = Mutex(Table())

    fileprivate struct Table {
        var sessions: [String: SocketIOSession] = [:]
        /// Those whose clients have said who they are, the oldest first.
        var byUser: [String: [SocketIOSession]] = [:]
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

    /// The greatest message of a client that has not said who it is, in bytes.
    public var maximumFirstMessage: Int { unauthenticated.limits.maximumMessageBytes }

    /// How many sessions there are.
    public var sessionCount: Int { table.withLock { $0.sessions.count } }

    /// Answers a `GET`: the handshake, or a poll, which waits until there is something to say (at most about a ping
    /// interval). Cancelling it ends the session.
    public func get(_ request: SocketIOHandshake) async -> EngineIOAnswer {
        switch purpose(of: request, transport: "polling") {
        case .refused(let answer): return answer
        case .existing(let session): return await session.poll()
        case .new:
            guard let session = start(.polling, request) else { return .full }
            return .payload(session.openPacket.text)
        }
    }

    /// What a `POST` may be, before its body is read.
    public enum PostAdmission: Sendable {
        /// Its body is read, up to so many bytes.
        case bytes(Int)
        /// It is answered without its body.
        case refused(EngineIOAnswer)
    }

    /// Whether the body of a `POST` is to be read, and how much of it: before a client has said who it is, little.
    public func admission(ofPost request: SocketIOHandshake) -> PostAdmission {
        switch purpose(of: request, transport: "polling") {
        case .refused(let answer): .refused(answer)
        case .existing(let session): .bytes(session.maximumMessageBytes)
        case .new: .refused(EngineIOError.badHandshakeMethod.answer)
        }
    }

    /// Answers a `POST` of packets. Waits while too many of the client's events wait to be worked on.
    public func post(_ request: SocketIOHandshake, body: [UInt8]) async -> EngineIOAnswer {
        switch purpose(of: request, transport: "polling") {
        case .refused(let answer): return answer
        case .existing(let session): return await session.post(body)
        case .new: return EngineIOError.badHandshakeMethod.answer
        }
    }

    /// The answer to any other method.
    public func refusal(ofMethod request: SocketIOHandshake) -> EngineIOAnswer {
        if case .refused(let answer) = purpose(of: request, transport: "polling") { return answer }
        return EngineIOError.badHandshakeMethod.answer
    }

    /// Why a request to open a WebSocket is refused; `nil` when it may be upgraded.
    public func refusal(ofWebSocket request: SocketIOHandshake) -> EngineIOAnswer? {
        switch purpose(of: request, transport: "websocket") {
        case .refused(let answer): answer
        case .existing(let session): session.awaitsWebSocket ? nil : EngineIOError.badRequest.answer
        case .new:
            table.withLock { $0.isFull(configuration) } ? .full : nil
        }
    }

    /// Takes a WebSocket that has just opened. `nil` when its session has gone meanwhile, or there are too many: close
    /// the socket.
    public func open(_ request: SocketIOHandshake, transport: any FrameTransport) -> EngineIOSocket? {
        switch purpose(of: request, transport: "websocket") {
        case .refused: nil
        case .existing(let session): session.attach(transport)
        case .new: start(.webSocket, request)?.attach(transport)
        }
    }

    /// Keeps the heartbeats until the task is cancelled.
    public func run() async {
        let shortest = min(configuration.pingInterval, configuration.pingTimeout, configuration.connectTimeout)
        let interval = min(.seconds(1), max(shortest / 20, .milliseconds(5)))
        while !Task.isCancelled {
            try? await Task.sleep(for: interval, tolerance: interval / 2)
            tick(at: .now)
        }
    }

    /// Whether nobody is let in any more because the service shuts down.
    public var isShutDown: Bool { table.withLock { $0.isShutDown } }

    /// Ends every session, lets nobody in any more, and returns when all have gone, or after a second. Clients are not told
    /// that they are disconnected, but lose their transport, so that they connect to the next process by themselves.
    public func shutdown() async {
        let sessions = table.withLock { table in
            table.isShutDown = true
            return Array(table.sessions.values)
        }
        for session in sessions { session.closeForShutdown() }
        for _ in 0..<50 where sessionCount > 0 && !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
        for session in sessions { session.abort(.forced) }
    }

    /// Time has passed.
    func tick(at instant: ContinuousClock.Instant) {
        for session in table.withLock({ Array($0.sessions.values) }) { session.tick(at: instant) }
    }

    func forget(_ session: SocketIOSession) {
        logger.debug("session ended", ["session": session.id])
        unauthenticated.leave(session.id)
        table.withLock { $0.remove(session) }
    }

    /// The client of a session has said that it is `user`. A session of theirs that is one too many ends, the oldest first.
    func authenticated(_ session: SocketIOSession, as user: String) {
        unauthenticated.leave(session.id)
        let surplus = table.withLock {
            $0.authenticated(session, as: user, limit: configuration.maximumSessionsPerUser)
        }
        surplus?.abort(.forced)
    }

    /// 15 random bytes as text, as socket.io's own ids.
    static func makeID() -> String { base64URLEncode(SecureRandom.bytes(15)) }
}

extension SocketIOServer {
    private enum Purpose {
        case new
        case existing(SocketIOSession)
        case refused(EngineIOAnswer)
    }

    private func purpose(of request: SocketIOHandshake, transport: String) -> Purpose {
        let query = request.query
        guard let named = query["transport"], ["polling", "websocket"].contains(named) else {
            return .refused(EngineIOError.transportUnknown.answer)
        }
        guard named == transport else { return .refused(EngineIOError.badRequest.answer) }
        if let id = query["sid"] {
            // Of the texts that dictionaries take for the session's, the session's own alone has an id's form.
            guard ConnectionID.isValid(id), let session = table.withLock({ $0.sessions[id] }) else {
                return .refused(EngineIOError.sessionUnknown.answer)
            }
            return .existing(session)
        }
        guard query["EIO"] == "4" else { return .refused(EngineIOError.unsupportedVersion.answer) }
        return .new
    }

    private func start(_ transport: EngineIOSession.Transport, _ request: SocketIOHandshake) -> SocketIOSession? {
        let session = SocketIOSession(
            engine: EngineIOSession(id: Self.makeID(), transport: transport, configuration: configuration, at: .now),
            handshake: request, server: self)
        let isIn = table.withLock { table in
            guard !table.isFull(configuration) else { return false }
            table.sessions[session.id] = session
            return true
        }
        guard isIn else { return nil }
        unauthenticated.enter(session.id, from: request.origin) { [weak session] in session?.giveWay() }
        return session
    }
}

extension SocketIOServer.Table {
    /// Whether nobody is let in. Those who have not said who they are do not count: they give way to one another.
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
