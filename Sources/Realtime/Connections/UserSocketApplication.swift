/// A dialect's handling of its users' connections, where these are WebSockets over which text frames are sent both ways. The
/// calls for one connection are made one after another, except ``expired(_:)``.
public protocol UserSocketApplication: Sendable {
    /// Called when a connection is open, and among those of its user.
    func connected(_ connection: UserConnection) async
    /// Called for each frame. The next one waits until this returns.
    func received(_ text: String, from connection: UserConnection) async
    /// Called when the token has expired: what is sent now is the last that the client receives.
    func expired(_ connection: UserConnection) async
    /// Called when the connection has ended, and is no longer among those of its user.
    func disconnected(_ connection: UserConnection) async
}
