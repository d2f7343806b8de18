import ChatBridge
import Concurrency
import JSON
import MediaAPI
import Realtime

/// The sockets of the dialect, as a registry for the outbox. That a new message was written to the sockets of a participant who has
/// joined its room makes it delivered to them.
struct RoomsConnections: ConnectionRegistry {
    let subscriptions: RoomSubscriptions
    let deliveries: DeliveryRecorder

    var fanOut: (any EventFanOut)? { subscriptions.fanOut }

    func connectionCount(of user: String) -> Int { subscriptions.connectionCount(of: user) }

    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool { subscriptions.isPresent(user, for: entry) }

    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        var written = receipt
        if entry.draft.event == RoomsEvent.newMessage, let message = entry.draft.message {
            let present = users.filter { subscriptions.isPresent($0, for: entry) }
            written = WriteReceipt(failed: { receipt?.fail() }) { [deliveries] in
                for user in present { deliveries.recordDelivery(message, reached: user, receipt) }
            }
        }
        subscriptions.send(entry, payload, to: users, receipt: written)
    }
}
