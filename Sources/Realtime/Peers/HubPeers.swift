public import Concurrency

/// The hubs of the same name on the other nodes of a cluster. None of its functions waits.
public protocol HubPeers: Sendable {
    /// Sets the hub that receives what the other nodes send. To be called once, before there are connections.
    func attach(_ receiver: any HubReceiver)
    /// Sends an event to the other nodes.
    /// - Parameter receipt: held until the event is where no other node can miss it. An event without one is dropped when it
    ///   cannot be sent now.
    func send(_ event: HubEvent, receipt: WriteReceipt?)
    /// A connection of this node is in other groups than before; `nil`: it has ended.
    func changed(_ connection: String, to state: PeerConnection?)
    /// The connections of all other nodes in a group.
    func connections(in group: String) -> [PeerConnection]
    /// Whether a connection of another node is in both groups.
    func isAnyConnection(of group: String, in other: String) -> Bool
    /// Sets a value that all nodes know of a user; `nil` for none.
    func setStatus(_ status: String?, of user: String)
    /// The value that was set last on any node.
    func status(of user: String) -> String?
    /// Whether so much waits to be sent that what must not be lost is better kept where it is.
    var isCongested: Bool { get }
    /// Whether events go to a chat server's own sockets as well, of which no node knows.
    var includesChatServer: Bool { get }
}

/// A hub, as the hubs of other nodes see it. Its functions return quickly.
public protocol HubReceiver: AnyObject, Sendable {
    /// Sends an event of another node to the connections of this one.
    func receive(_ event: HubEvent)
    /// Another node was forgotten with these connections, and this one announces that.
    func lost(_ connections: [PeerConnection])
}

/// The nodes that share their connections' events.
public protocol HubCluster: Sendable {
    /// The hubs called `hub` on the other nodes.
    /// - Parameter names: what its groups are.
    func peers(of hub: String, names: GroupNames) -> any HubPeers
    /// Exchanges events and connections until the task is cancelled.
    func run() async
    /// Checks whether the nodes can reach each other.
    /// - Throws: any error when they cannot.
    func check() async throws
}
