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
    private let deliverers = Mutex<Deliverers>(Deliverers())

    private struct Deliverers {
        var sockets: OutboxDeliverer?
        var devices: PushDeliverer?
        var webhooks: WebhookDeliverer?

        /// Whether no other process delivers anything.
        var deliverAll: Bool {
            sockets?.deliversAll ?? false && devices?.deliversAll ?? true && webhooks?.deliversAll ?? true
        }
    }

    init(cluster: (any HubCluster)?) { self.cluster = cluster }

    /// Sets the deliverers that the other nodes wake as well: that of sockets, and those of devices and of webhooks where there
    /// are such.
    func attach(_ sockets: OutboxDeliverer, _ devices: PushDeliverer?, _ webhooks: WebhookDeliverer?) {
        deliverers.withLock { $0 = Deliverers(sockets: sockets, devices: devices, webhooks: webhooks) }
    }

    /// Handles a signal of another node, if it is the one of this.
    func handle(signal: String) {
        guard signal == Self.name else { return }
        let deliverers = deliverers.withLock { $0 }
        deliverers.sockets?.wakeForOtherProcess()
        deliverers.devices?.wake()
        deliverers.webhooks?.wake()
    }

    /// Wakes them; never waits.
    func wake() {
        signal.wake()
        let deliverers = deliverers.withLock { $0 }
        deliverers.devices?.wake()
        deliverers.webhooks?.wake()
        guard let cluster, !deliverers.deliverAll else { return }
        cluster.signal(Self.name)
    }
}
