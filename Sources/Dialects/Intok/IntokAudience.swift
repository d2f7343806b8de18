import ChatBridge
import Concurrency
import JSON
import MediaAPI
import Realtime

/// The connections of the dialect, as the outbox sees them. Of messages that were read together each is told to whoever
/// wrote it, and to nobody else.
struct IntokAudience: ConnectionRegistry {
    /// Where a payload lists what is for one user each: `[{to, facts}]`.
    static let each = "each"

    let hub: ConnectionHub

    func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }

    func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        guard let list = payload[Self.each]?.arrayValue else {
            return hub.send(entry, payload, to: users, receipt: receipt)
        }
        for element in list {
            guard let user = element["to"]?.stringValue, users.contains(user), let facts = element["facts"] else {
                continue
            }
            hub.send(entry, facts, to: [user], receipt: receipt)
        }
    }
}
