import ChatBridge
import Concurrency
import JSON
import MediaAPI
import Realtime

/// The dialect's connections for the delivery of events. When several messages are read at once, each sender is
/// notified only of their own messages.
struct IntokAudience: ConnectionRegistry {
    /// The member of a payload that lists one payload per user: `[{to, facts}]`.
    static let each = "each"

    let hub: ConnectionHub
    let deliveries: DeliveryRecorder

    var fanOut: (any EventFanOut)? { hub.fanOut }

    func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }
    func ownConnectionCount(of user: String) -> Int { hub.ownConnectionCount(of: user) }
    func otherConnectionCount(of user: String) -> Int { hub.otherConnectionCount(of: user) }

    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        guard let list = payload[Self.each]?.arrayValue else {
            return sendOne(entry, payload, to: users, receipt: receipt)
        }
        for element in list {
            guard let user = element["to"]?.stringValue, users.contains(user), let members = element["facts"] else {
                continue
            }
            hub.send(entry, members, to: [user], receipt: receipt)
        }
    }

    /// Sends one event to all users. That a message was written to a connection makes it delivered.
    private func sendOne(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        guard entry.draft.event == IntokEvent.receive, let message = entry.draft.message else {
            return hub.send(entry, payload, to: users, receipt: receipt)
        }
        hub.send(
            entry.draft.event, payload, to: users, except: entry.draft.exceptSocket, receipt: receipt, tag: message
        ) { [deliveries] user in
            deliveries.recordDelivery(message, reached: user, receipt)
        }
    }
}
