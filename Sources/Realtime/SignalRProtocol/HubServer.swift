public import JSON
import Synchronization

/// All clients of a SignalR hub. It does no I/O: connections are opened by the owner
/// of the sockets and served by a ``UserSocketServer``, whose hub is ``openConnections``.
public final class HubServer: UserSocketApplication {
    /// The timings and limits.
    public let configuration: HubConfiguration
    /// Every connection, including those whose handshake is not complete.
    public let openConnections = ConnectionHub { _, _ in "" }
    /// The connections whose handshake is complete; events are sent to these.
    public let hub: ConnectionHub
    private let application: any HubApplication
    private let sessions = Mutex([String: Client]())
    private let negotiations: Mutex<HubNegotiations>

    private struct Client {
        let connection: UserConnection
        var session: HubSession
    }

    /// A server for one application.
    /// - Parameter hub: made by ``makeHub()``.
    public init(
        configuration: HubConfiguration = HubConfiguration(), hub: ConnectionHub, application: any HubApplication
    ) {
        self.configuration = configuration
        self.hub = hub
        self.application = application
        negotiations = Mutex(HubNegotiations(configuration: configuration, at: .now))
    }

    /// A hub whose events are calls of the clients' methods. If the payload is an array, its elements are the
    /// arguments; any other payload is the single argument.
    /// - Parameter peers: the hubs of other nodes; `nil` where there is one node.
    public static func makeHub(peers: (any HubPeers)? = nil) -> ConnectionHub {
        ConnectionHub(
            peers: peers,
            encodeBinary: { HubRecord.invocation($0, $1.arrayValue ?? [$1], .messagePack).bytes },
            encode: { HubRecord.invocation($0, $1.arrayValue ?? [$1], .json).text })
    }

    // MARK: Negotiation

    /// The response to `POST …/negotiate` (TransportProtocols.md) of `user`; `nil` if there are too many negotiated
    /// connections.
    /// - Parameter version: the query's `negotiateVersion`.
    public func negotiate(version: String?, user: String) -> JSONValue? {
        let version = version ?? "0"
        guard let number = Int(version), number >= 0 else {
            return ["error": .string("The client requested an invalid protocol version '\(version)'")]
        }
        guard let token = negotiations.withLock({ $0.makeToken(for: user, at: .now) }) else { return nil }
        let transports: JSONValue = [
            ["transport": "WebSockets", "transferFormats": ["Text", "Binary"]],
            ["transport": "ServerSentEvents", "transferFormats": ["Text"]],
            ["transport": "LongPolling", "transferFormats": ["Text", "Binary"]],
        ]
        guard number > 0 else {
            return ["negotiateVersion": 0, "connectionId": .string(token), "availableTransports": transports]
        }
        return [
            "negotiateVersion": 1, "connectionId": .string(HubNegotiations.makeID()),
            "connectionToken": .string(token), "availableTransports": transports,
        ]
    }

    /// The result of a socket's claim to a negotiated connection.
    public enum Claim: Sendable, Hashable {
        /// The socket may open; report it with ``HubServer/opened(_:)`` and ``HubServer/closed(_:)``.
        case granted
        /// There is no such connection of this user (404).
        case unknown
        /// The connection has a socket already (409).
        case alreadyClaimed
    }

    /// Claims a negotiated connection for a socket.
    public func claim(_ token: String, for user: String) -> Claim {
        negotiations.withLock { $0.claim(token, for: user, at: .now) }
    }

    /// The socket that claimed a token has opened.
    public func opened(_ token: String) { negotiations.withLock { $0.opened(token) } }

    /// The socket that claimed a token has closed.
    public func closed(_ token: String) { negotiations.withLock { $0.closed(token) } }

    // MARK: Connections

    /// A client asks for what there is to receive: such a request is a sign of life, as its messages are.
    public func polled(_ connection: UserConnection) {
        sessions.withLock { $0[connection.id]?.session.polled(at: .now) }
    }

    /// See ``UserSocketApplication``.
    public func connected(_ connection: UserConnection) async {
        let session = HubSession(
            configuration: configuration, sendsBinary: connection.sendsBinary, at: .now)
        sessions.withLock { $0[connection.id] = Client(connection: connection, session: session) }
    }

    /// See ``UserSocketApplication``.
    public func received(_ frame: SocketFrame, from connection: UserConnection) async {
        let actions = sessions.withLock { $0[connection.id]?.session.received(frame, at: .now) ?? [] }
        for action in actions {
            switch action {
            case .open(let format):
                if format == .messagePack { connection.useBinary() }
                hub.add(connection)
                await application.connected(connection)
            case .invoke(let invocation): await perform(invocation, by: connection)
            case .send, .close: connection.perform(action)
            }
        }
    }

    /// See ``UserSocketApplication``.
    public func expired(_ connection: UserConnection) async {
        end(connection, error: "The token has expired")
    }

    /// See ``UserSocketApplication``.
    public func disconnected(_ connection: UserConnection) async {
        sessions.withLock { $0[connection.id] = nil }
        guard hub.connections(of: connection.user.id).contains(where: { $0 === connection }) else { return }
        hub.remove(connection)
        await application.disconnected(connection)
    }

    /// Runs the heartbeats until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1), tolerance: .milliseconds(500))
            tick(at: .now)
        }
    }

    /// Sends every client a close message that allows it to reconnect, and closes its connection. Returns when all are
    /// closed, or after a second.
    public func close() async {
        for connection in openConnections.all { end(connection, error: nil, as: .shutdown) }
        let end = ContinuousClock.now + .seconds(1)
        while !openConnections.all.isEmpty, .now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Time has passed.
    func tick(at instant: ContinuousClock.Instant) {
        let due = sessions.withLock { sessions in
            sessions.keys.compactMap { id -> (UserConnection, [HubSession.Action])? in
                guard let actions = sessions[id]?.session.tick(at: instant), !actions.isEmpty,
                    let connection = sessions[id]?.connection
                else { return nil }
                return (connection, actions)
            }
        }
        for (connection, actions) in due { for action in actions { connection.perform(action) } }
    }

    private func end(_ connection: UserConnection, error: String?, as closeReason: UserConnection.CloseReason = .normal)
    {
        let actions = sessions.withLock { $0[connection.id]?.session.end(error: error, allowReconnect: true) ?? [] }
        for action in actions { connection.perform(action, as: closeReason) }
    }

    private func perform(_ invocation: HubInvocation, by connection: UserConnection) async {
        let format = connection.usesBinary ? HubFormat.messagePack : .json
        do throws(HubError) {
            if invocation.isStream { throw .noStream }
            let result = try await application.invoke(invocation, by: connection)
            if let id = invocation.id { connection.send(HubRecord.completion(id, result: result, format)) }
        } catch {
            guard let id = invocation.id else { return }
            connection.send(HubRecord.completion(id, error: error.message(target: invocation.target), format))
        }
    }
}

extension UserConnection {
    /// Performs an action that concerns this connection alone.
    fileprivate func perform(_ action: HubSession.Action, as closeReason: CloseReason = .normal) {
        switch action {
        case .send(let frame): send(frame)
        case .close: close(as: closeReason)
        case .open, .invoke: break
        }
    }
}
