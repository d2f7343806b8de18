public import ChatBridge
package import Concurrency
package import JSON
package import Realtime

extension ConnectionHub: ConnectionRegistry {
    /// See `ConnectionRegistry`.
    package var fanOut: (any EventFanOut)? { peers.map(HubFanOut.init) }

    /// See `ConnectionRegistry`.
    package func ownConnectionCount(of user: String) -> Int { connections(of: user).count }

    /// See `ConnectionRegistry`.
    package func otherConnectionCount(of user: String) -> Int { peers?.connections(in: user).count ?? 0 }

    /// See `ConnectionRegistry`.
    package func send(_ entry: OutboxEntry, _ payload: JSONValue, to users: Set<String>, receipt: WriteReceipt?) {
        send(entry.draft.event, payload, to: users, except: entry.draft.exceptSocket, receipt: receipt)
    }
}
