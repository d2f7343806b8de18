/// Connections that last: what runs beside the requests, and ends with the service.
package protocol RealtimeServer: Sendable {
    /// Keeps the heartbeats until the task is cancelled.
    func run() async
    /// Ends every connection so that its client connects again by itself, lets nobody in any more, and returns when all have
    /// gone, or after a second.
    func shutdown() async
}
