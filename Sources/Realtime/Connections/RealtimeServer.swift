/// A server of long-lived connections; it runs beside the request handlers and ends with the service.
package protocol RealtimeServer: Sendable {
    /// Runs the heartbeats until the task is cancelled.
    func run() async
    /// How many connections are open, those of clients who have not authenticated yet included.
    var connectionCount: Int { get }
    /// Ends the connections of a user to this node, as if their token had expired. What they have sent, and was not handled yet, is
    /// dropped.
    func disconnect(user: String)
    /// Closes every connection in such a way that its client reconnects on its own, accepts no new ones, and returns
    /// when all are closed, or after a second.
    func shutdown() async
}
