/// The user that a connection belongs to, as authenticated by the application.
public protocol ConnectionIdentity: Sendable {
    /// The user's ID: connections with the same ID belong to one user.
    var id: String { get }
}
