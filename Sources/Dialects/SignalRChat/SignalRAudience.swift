import ChatBridge
import Concurrency
import JSON
import MediaAPI
import Realtime

/// The connections of the dialect, as a registry for the outbox. Messages of a conversation that were read at once are
/// one outbox entry; clients receive one event for each message.
struct SignalRAudience: ConnectionRegistry {
    let hub: ConnectionHub
    let deliveries: DeliveryRecorder

    var fanOut: (any EventFanOut)? { hub.fanOut }

    func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }
    func ownConnectionCount(of user: String) -> Int { hub.ownConnectionCount(of: user) }
    func otherConnectionCount(of user: String) -> Int { hub.otherConnectionCount(of: user) }

    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        var written: (@Sendable (String) -> Void)?
        if entry.draft.event == SignalREvent.received, let message = entry.draft.message {
            written = { [deliveries] user in deliveries.recordDelivery(message, reached: user, receipt) }
        }
        for payload in SignalREvent.payloads(payload) {
            hub.send(
                entry.draft.event, payload, to: users, except: entry.draft.exceptSocket, receipt: receipt,
                tag: written == nil ? nil : entry.draft.message, written: written)
        }
    }
}
