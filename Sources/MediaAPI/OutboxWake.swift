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
    private let deliverers = Mutex<(sockets: OutboxDeliverer?, devices: PushDeliverer?)>((nil, nil))

    init(cluster: (any HubCluster)?) { self.cluster = cluster }

    /// Sets the deliverers that the other nodes wake as well: that of sockets, and that of devices where there is one.
    func attach(_ sockets: OutboxDeliverer, _ devices: PushDeliverer?) {
        deliverers.withLock { $0 = (sockets, devices) }
    }

    /// Handles a signal of another node, if it is the one of this.
    func handle(signal: String) {
        guard signal == Self.name else { return }
        let (sockets, devices) = deliverers.withLock { $0 }
        sockets?.wakeForOtherProcess()
        devices?.wake()
    }

    /// Wakes them; never waits.
    func wake() {
        signal.wake()
        let (sockets, devices) = deliverers.withLock { $0 }
        devices?.wake()
        guard let cluster, !(sockets?.deliversAll ?? false) || !(devices?.deliversAll ?? true) else { return }
        cluster.signal(Self.name)
    }
}
