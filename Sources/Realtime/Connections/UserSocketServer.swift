public import Foundation
import Synchronization

/// Manages the life cycle of connections in a dialect that does not use Socket.IO: opening, expiry of the token,
/// closing.
public final class UserSocketServer: Sendable {
    private let hub: ConnectionHub
    private let application: any UserSocketApplication
    private let maximumConnections: Int
    private let now: @Sendable () -> Date
    private let isOpen = Mutex(true)

    /// A server of the connections in `hub`.
    /// - Parameter maximumConnections: how many a user may have at once.
    public init(
        hub: ConnectionHub, application: any UserSocketApplication, maximumConnections: Int = 32,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.hub = hub
        self.application = application
        self.maximumConnections = maximumConnections
        self.now = now
    }

    /// Whether `user` may open another connection. Asked before the socket opens, so that it can be rejected with an
    /// HTTP status.
    public func acceptsConnection(of user: String) -> Bool {
        isOpen.withLock { $0 } && hub.connectionCount(of: user) < maximumConnections
    }

    /// Serves an open connection until either side closes it.
    /// - Parameter reading: passes on the client's frames one by one; returns when the socket is closed.
    public func serve(
        _ connection: UserConnection, reading: (_ received: (SocketFrame) async -> Void) async -> Void
    ) async {
        let count = hub.add(connection)
        let sending = Task { await connection.run() }
        let expiry = expiry(of: connection)
        let isShutDown = !isOpen.withLock { $0 }
        let isAccepted = count <= maximumConnections && !isShutDown
        if isAccepted {
            await application.connected(connection)
            await reading { [application] frame in
                if !connection.isClosed, !connection.isRevoked { await application.received(frame, from: connection) }
            }
        }
        expiry?.cancel()
        hub.remove(connection)
        connection.close(as: isShutDown ? .shutdown : .normal)
        await sending.value
        if isAccepted { await application.disconnected(connection) }
    }

    /// Waits until the task is cancelled; the heartbeats are sent by the HTTP server.
    public func run() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    }

    /// How many connections are open.
    public var connectionCount: Int { hub.count }

    /// Ends the connections of a user, as if their token had expired.
    public func disconnect(user: String) {
        for connection in hub.connections(of: user) {
            connection.revoke()
            Task { [application] in
                await application.expired(connection)
                connection.close()
            }
        }
    }

    /// Closes every connection, accepts no more, and returns when all have ended, or after a second. Clients receive the close
    /// code of a shutdown.
    public func shutdown() async {
        isOpen.withLock { $0 = false }
        for connection in hub.all { connection.abort(as: .shutdown) }
        let end = ContinuousClock.now + .seconds(1)
        while !hub.all.isEmpty, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func expiry(of connection: UserConnection) -> Task<Void, any Error>? {
        connection.expires.map { expires in
            let lifetime = TokenLifetime.remaining(until: expires, at: now())
            return Task { [application] in
                try await Task.sleep(for: lifetime)
                await application.expired(connection)
                connection.close()
            }
        }
    }
}
