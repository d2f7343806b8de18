public import ChatBridge
package import Concurrency
package import JSON
package import Realtime

extension ConnectionHub: ConnectionRegistry {
    /// See `ConnectionRegistry`.
    package var fanOut: (any EventFanOut)? { peers.map(HubFanOut.init) }

    /// See `ConnectionRegistry`.
    package func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        send(entry.draft.event, payload, to: users, except: entry.draft.exceptSocket, receipt: receipt)
    }
}
