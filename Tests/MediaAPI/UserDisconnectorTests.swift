import Realtime
import Synchronization
import Testing

@testable import MediaAPI

@Suite("Connections of deleted users")
struct UserDisconnectorTests {
    private final class Server: RealtimeServer {
        let users = AsyncStream<String>.makeStream()
        let connectionCount = 0
        func run() async {}
        func shutdown() async {}
        func disconnect(user: String) { users.continuation.yield(user) }
    }

    private final class Cluster: HubCluster {
        let signals = AsyncStream<String>.makeStream()
        func peers(of hub: String, names: GroupNames) -> any HubPeers { fatalError("there are no hubs") }
        func signal(_ name: String) { signals.continuation.yield(name) }
        func onSignal(_ handler: @escaping @Sendable (String) -> Void) {}
        func run() async {}
        func check() async throws {}
    }

    @Test("are ended in every dialect and on the other nodes, and again a while later")
    func everywhere() async {
        let (servers, cluster) = ([Server(), Server()], Cluster())
        let disconnector = UserDisconnector(cluster: cluster, pause: .milliseconds(10))
        disconnector.attach(servers)
        disconnector.disconnect("ann")
        let there = Server()
        let other = UserDisconnector(cluster: nil)
        other.attach([there])
        other.handle(signal: "outbox")
        var signals = cluster.signals.stream.makeAsyncIterator()
        for _ in 1...2 { other.handle(signal: await signals.next(isolation: nil) ?? "") }
        for server in servers + [there] {
            var users = server.users.stream.makeAsyncIterator()
            for _ in 1...2 { #expect(await users.next(isolation: nil) == "ann") }
        }
    }
}
