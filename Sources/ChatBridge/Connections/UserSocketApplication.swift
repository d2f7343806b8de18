/// What a dialect does with its users' connections, where these are WebSockets over which text goes both ways. The calls
/// about one connection come one after another, but for ``expired(_:)``.
public protocol UserSocketApplication: Sendable {
    /// The connection is open, and among those of its user.
    func connected(_ connection: UserConnection) async
    /// A frame has come. The next one waits until this returns.
    func received(_ text: String, from connection: UserConnection) async
    /// The token's time is over: what is sent now is the last that the client is told.
    func expired(_ connection: UserConnection) async
    /// The connection has gone, and is no longer among those of its user.
    func disconnected(_ connection: UserConnection) async
}
