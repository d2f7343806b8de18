import ChatBridge
import Realtime

/// A hub's peers, as delivery of the outbox needs them.
struct HubFanOut: EventFanOut {
    private let peers: any HubPeers

    init(_ peers: any HubPeers) { self.peers = peers }

    var includesChatServer: Bool { peers.includesChatServer }
    func isExpected(_ user: String) -> Bool { peers.isExpected(user) }
    var isCongested: Bool { peers.isCongested }
    func setStatus(_ status: String?, of user: String) { peers.setStatus(status, of: user) }
    func status(of user: String) -> String? { peers.status(of: user) }
}
