/// The user that a connection belongs to, as the application has authenticated its client.
public protocol ConnectionIdentity: Sendable {
    /// The user's id: connections with the same id are those of one user.
    var id: String { get }
}
