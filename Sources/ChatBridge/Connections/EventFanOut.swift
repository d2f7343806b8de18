/// What delivery needs to know of the connections that are not of this process, where there are others.
public protocol EventFanOut: Sendable {
    /// Whether the chat server has sockets of its own, whose users this service does not know.
    var includesChatServer: Bool { get }
    /// Whether so many events wait to be sent to other processes that further ones are better kept in the outbox.
    var isCongested: Bool { get }
    /// Whether a user is expected to connect again: they were connected to a process that has ended, and to no other.
    func isExpected(_ user: String) -> Bool
    /// Sets the status that a user has selected, for all processes; `nil` for none.
    func setStatus(_ status: String?, of user: String)
    /// The status that a user has selected, in whichever process.
    func status(of user: String) -> String?
}

/// Thrown by a notifier when too many events wait for other processes.
struct FanOutCongested: Error {}
