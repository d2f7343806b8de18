import ChatBridge
import Concurrency
import JSON
import MediaAPI
import Realtime

/// The sockets of the dialect, as a registry for the outbox. That a new message was written to a socket of another participant makes
/// it delivered.
struct RoomsConnections: ConnectionRegistry {
    let subscriptions: RoomSubscriptions
    let deliveries: DeliveryRecorder

    var fanOut: (any EventFanOut)? { subscriptions.fanOut }

    func connectionCount(of user: String) -> Int { subscriptions.connectionCount(of: user) }
    func ownConnectionCount(of user: String) -> Int { subscriptions.ownConnectionCount(of: user) }
    func otherConnectionCount(of user: String) -> Int { subscriptions.otherConnectionCount(of: user) }

    func isPresent(_ user: String, for entry: OutboxEntry) -> Bool { subscriptions.isPresent(user, for: entry) }

    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        guard entry.draft.event == RoomsEvent.newMessage, let message = entry.draft.message,
            let room = payload["chatRoomId"]?.stringValue
        else { return subscriptions.send(entry, payload, to: users, receipt: receipt) }
        subscriptions.send(
            entry.draft.event, payload, in: room, to: users, except: entry.draft.exceptSocket, receipt: receipt,
            tag: message
        ) { [deliveries] user in
            deliveries.recordDelivery(message, reached: user, receipt)
        }
    }
}
