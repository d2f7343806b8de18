import JSON
import MediaAPI
import Realtime

/// The sockets of the dialect. Beside the heartbeats of the protocol they are sent the reference's own event `ping`, which clients
/// answer with `pong`; the protocol's heartbeats decide whether a connection is alive.
struct BananatalkRealtime: RealtimeServer {
    let server: SocketIOServer
    let hub: SocketIOHub
    let pingInterval: Duration
    let polls: BananatalkPollTimer

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            group.addTask { await ping() }
            group.addTask { await polls.run() }
        }
    }

    private func ping() async {
        while !Task.isCancelled {
            // Throws only when the task is cancelled, which ends the loop.
            try? await Task.sleep(for: pingInterval, tolerance: pingInterval / 10)
            if !Task.isCancelled { hub.emitToOwnSockets("ping", []) }
        }
    }

    var connectionCount: Int { server.connectionCount }

    func disconnect(user: String) { server.disconnect(user: user) }

    func shutdown() async { await server.shutdown() }
}
