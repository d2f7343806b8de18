import Concurrency
import JSON
import Realtime
import Redis
import Synchronization

/// The hubs of one name on the other nodes, and on the chat server where that has sockets of its own.
final class HubChannel: HubPeers {
    let hub: String
    let chatServer: ChatServerSockets?
    private let node: ClusterNode
    private let names: GroupNames

    init(hub: String, names: GroupNames, node: ClusterNode, chatServer: ChatServerSockets?) {
        self.hub = hub
        self.names = names
        self.node = node
        self.chatServer = chatServer
    }

    func attach(_ receiver: any HubReceiver) {
        node.state.withLock { $0.hubs[hub]?.receiver = receiver }
        chatServer?.attach(receiver) { [weak node, hub] group in
            node?.state.withLock { $0.hubs[hub]?.isAnyOwnConnection(in: group) } ?? false
        }
    }

    func send(_ event: HubEvent, receipt: WriteReceipt?) {
        node.publish(event, of: hub, receipt: receipt)
        if let receipt { chatServer?.send(event, receipt: receipt) }
    }

    /// Only groups that have a meaning to the other nodes are sent: those of users and of conversations.
    func changed(_ connection: String, to state: PeerConnection?) {
        let state = state.map { PeerConnection(groups: $0.groups.filter { names.group($0) != nil }, device: $0.device) }
        node.failUnconfirmed { nodeState in
            guard let joined = nodeState.hubs[hub]?.changed(connection, to: state) else { return [] }
            let current = nodeState.hubs[hub]?.own.connections[connection]
            let commands = node.setField(.connection(hub: hub, id: connection), to: current?.json.encoded())
            let message = ClusterMessage.connection(hub: hub, id: connection, current).encoded
            node.publish(message, &nodeState, after: commands)
            return nodeState.confirmations.joined(joined, of: hub, on: nil)
        }
    }

    func connections(in group: String) -> [PeerConnection] {
        node.state.withLock { $0.hubs[hub]?.connections(in: group) ?? [] }
    }

    func isAnyConnection(of group: String, in other: String) -> Bool {
        node.state.withLock { $0.hubs[hub]?.isAnyConnection(of: group, in: other) ?? false }
    }

    func setStatus(_ status: String?, of user: String) {
        node.state.withLock { state in
            guard status != nil || state.hubs[hub]?.status(of: user) != nil else { return }
            state.hubs[hub]?.setStatus(status, of: user, on: nil)
            let commands = node.setField(.status(hub: hub, user: user), to: status.map { Array($0.utf8) })
            node.publish(ClusterMessage.status(hub: hub, user: user, status).encoded, &state, after: commands)
        }
    }

    func status(of user: String) -> String? { node.state.withLock { $0.hubs[hub]?.status(of: user) } }

    func isExpected(_ user: String) -> Bool {
        guard let group = names.name(.user(user)) else { return false }
        return node.state.withLock { $0.hubs[hub]?.isExpected(group) ?? false }
    }

    var isCongested: Bool { node.client.waitingBytes > ClusterNode.maximumWaiting }

    var includesChatServer: Bool { chatServer != nil }
}
