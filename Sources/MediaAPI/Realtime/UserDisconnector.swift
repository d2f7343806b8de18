import Realtime
import Synchronization

/// Ends the connections of users who were deleted: in all dialects, on all nodes.
final class UserDisconnector: Sendable {
    /// Begins the names of its signals between the nodes; the ID of the user follows.
    private static let prefix = "disconnect:"

    private let cluster: (any HubCluster)?
    private let pause: Duration
    private let servers = Mutex<[any RealtimeServer]>([])

    /// - Parameter pause: after this time it is done again, for connections that were being made, and for a signal that was lost.
    init(cluster: (any HubCluster)?, pause: Duration = .seconds(5)) {
        self.cluster = cluster
        self.pause = pause
    }

    /// Sets the servers of the dialects' connections.
    func attach(_ servers: [any RealtimeServer]) { self.servers.withLock { $0 = servers } }

    /// Ends the connections of a user. Never waits.
    func disconnect(_ user: String) {
        disconnectEverywhere(user)
        Task { [self, pause] in
            // It throws only when the task is cancelled, which it never is.
            try? await Task.sleep(for: pause)
            disconnectEverywhere(user)
        }
    }

    /// Handles a signal of another node, if it is one of these.
    func handle(signal: String) {
        guard signal.hasPrefix(Self.prefix) else { return }
        disconnectHere(String(signal.dropFirst(Self.prefix.count)))
    }

    private func disconnectEverywhere(_ user: String) {
        disconnectHere(user)
        cluster?.signal(Self.prefix + user)
    }

    private func disconnectHere(_ user: String) {
        for server in servers.withLock({ $0 }) { server.disconnect(user: user) }
    }
}
