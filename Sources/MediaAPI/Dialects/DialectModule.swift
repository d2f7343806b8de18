import ChatBridge

/// A chat system that is served: its routes and sockets, and how the outbox reaches its users. What its messages, events
/// and answers look like stands in a folder of ChatBridge.
protocol DialectModule: Sendable {
    /// Its name.
    static var dialect: Dialect { get }
    /// How errors are told under its paths where no route tells them itself.
    var errors: any ErrorEnvelope { get }
    /// The outbox's way to its users.
    var notifier: any Notifier { get }
    /// Its connections.
    var realtime: any RealtimeServer { get }

    /// The system on what all of them stand on.
    init(_ parts: DialectContext)
    /// Adds its routes, each as its reference names it.
    func mount(on routes: inout DialectRoutes)
}
