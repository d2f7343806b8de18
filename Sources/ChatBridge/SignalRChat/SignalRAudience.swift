/// The connections of the dialect, as the outbox sees them. What was read of a conversation at once is one entry of the
/// outbox; clients are told of each message by itself.
struct SignalRAudience: ConnectedUsers {
    let hub: ConnectionHub

    func connectionCount(of user: String) -> Int { hub.connectionCount(of: user) }

    func tell(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: OutboxReceipt?) {
        for payload in SignalREvent.payloads(payload) {
            hub.tell(entry, payload, to: users, receipt: receipt)
        }
    }
}
