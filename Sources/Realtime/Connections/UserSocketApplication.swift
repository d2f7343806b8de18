/// A dialect's handling of its users' connections, which carry frames both ways. The calls for
/// one connection are serialized, except ``expired(_:)``.
public protocol UserSocketApplication: Sendable {
    /// Called when a connection is open and registered for its user.
    func connected(_ connection: UserConnection) async
    /// Called for each frame. The next frame is not read until this returns.
    func received(_ frame: SocketFrame, from connection: UserConnection) async
    /// Called when the token has expired; whatever is sent during this call is the last that the client receives.
    func expired(_ connection: UserConnection) async
    /// Called when the connection has ended and is no longer registered for its user.
    func disconnected(_ connection: UserConnection) async
}
