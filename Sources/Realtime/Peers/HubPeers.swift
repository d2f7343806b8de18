public import Concurrency

/// The hubs of the same name on the other nodes of a cluster. None of its functions waits.
public protocol HubPeers: Sendable {
    /// Sets the hub that receives what the other nodes send. To be called once, before there are connections.
    func attach(_ receiver: any HubReceiver)
    /// Sends an event to the other nodes.
    /// - Parameter receipt: held until each node that is known to have a receiver has written the event to its connections; it
    ///   fails when such a node ends before. An event without a receipt is dropped when it cannot be sent now.
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
    /// Whether a user was connected to a node that has ended a short while ago.
    func isExpected(_ user: String) -> Bool
    /// Whether so much waits to be sent that what must not be lost is better kept where it is.
    var isCongested: Bool { get }
    /// Whether events go to a chat server's own sockets as well, of which no node knows.
    var includesChatServer: Bool { get }
}

/// A hub, as the hubs of other nodes see it. Its functions return quickly.
public protocol HubReceiver: AnyObject, Sendable {
    /// Sends an event of another node to the connections of this one.
    /// - Parameter receipt: held until the event was written to each of them, or the connection has ended.
    func receive(_ event: HubEvent, receipt: WriteReceipt?)
    /// Another node was forgotten with these connections, and this one announces that.
    func lost(_ connections: [PeerConnection])
}

/// The nodes that share their connections' events.
public protocol HubCluster: Sendable {
    /// The hubs called `hub` on the other nodes.
    /// - Parameter names: what its groups are.
    func peers(of hub: String, names: GroupNames) -> any HubPeers
    /// Signals the other nodes that there is work of this name. A signal may be lost.
    func signal(_ name: String)
    /// Sets what is called with the name of each signal of another node. To be called once, before ``run()``.
    func onSignal(_ handler: @escaping @Sendable (_ name: String) -> Void)
    /// Exchanges events and connections until the task is cancelled.
    func run() async
    /// Checks whether the nodes can reach each other.
    /// - Throws: any error when they cannot.
    func check() async throws
}
