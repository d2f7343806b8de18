import ChatBridge
import Realtime
import Synchronization

/// Wakes what delivers the outbox: the deliverer of this process and, where other processes deliver some of it, theirs.
final class OutboxWake: Sendable {
    /// The name of the signal between the nodes.
    private static let name = "outbox"

    /// The signal of this process's deliverer.
    let signal = WakeSignal()
    private let cluster: (any HubCluster)?
    private let deliverer = Mutex<OutboxDeliverer?>(nil)

    init(cluster: (any HubCluster)?) { self.cluster = cluster }

    /// Sets the deliverer that the other nodes wake as well.
    func attach(_ deliverer: OutboxDeliverer) {
        self.deliverer.withLock { $0 = deliverer }
        cluster?.onSignal { if $0 == Self.name { deliverer.wakeForOtherProcess() } }
    }

    /// Wakes them; never waits.
    func wake() {
        signal.wake()
        guard let cluster, !(deliverer.withLock { $0 }?.deliversAll ?? false) else { return }
        cluster.signal(Self.name)
    }
}
