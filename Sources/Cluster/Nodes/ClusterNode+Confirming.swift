import Concurrency
import Realtime
import Redis
import Synchronization

extension ClusterNode {
    /// Publishes an event of a hub.
    /// - Parameter receipt: held until each node with a receiver has confirmed the event.
    func publish(_ event: HubEvent, of hub: String, receipt: WriteReceipt?) {
        state.withLock { state in
            let nodes = receipt == nil ? [] : state.hubs[hub]?.nodes(receiving: event) ?? []
            publish(ClusterMessage.event(hub: hub, event, confirmations: nodes).encoded, &state, receipt: receipt)
            if let receipt, !nodes.isEmpty {
                state.confirmations.await(state.sequence, from: nodes, for: event, of: hub, receipt)
            }
        }
    }

    /// A receipt for an event of another node, which is confirmed when that was written here.
    func confirmingReceipt(_ number: Int, of node: String) -> WriteReceipt {
        WriteReceipt { [weak self] in self?.confirm(number, of: node) }
    }

    private func confirm(_ number: Int, of node: String) {
        state.withLock { state in
            state.confirmations.add(number, to: node)
            if !state.confirmations.isSending { sendConfirmations(&state) }
        }
    }

    /// Sends what is to be confirmed in one message, and, when Redis has that, what is to be confirmed by then.
    private func sendConfirmations(_ state: inout State) {
        guard let confirmed = state.confirmations.next() else { return }
        // Not at once: a message that cannot be queued releases the receipt while the state is locked.
        let sent = WriteReceipt { [weak self] in
            Task { self?.state.withLock { self?.sendConfirmations(&$0) } }
        }
        publish(ClusterMessage.confirmed(confirmed).encoded, &state, receipt: sent)
    }

    /// Another node has confirmed events of this one.
    func confirmed(_ numbers: [String: [Int]], by node: String) {
        guard let own = numbers[id] else { return }
        let receipts = state.withLock { $0.confirmations.confirmed(own, by: node) }
        withExtendedLifetime(receipts) {}
    }

    /// Events that another node has not confirmed are to be delivered again.
    /// - Parameter remove: removes their receipts from the state, which is locked meanwhile.
    func failUnconfirmed(_ remove: (inout sending State) -> sending Confirmations.Receipts) {
        for receipt in state.withLock(remove) { receipt.fail() }
    }
}
