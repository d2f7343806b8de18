/// The limits that apply to a client before it has authenticated.
public struct UnauthenticatedLimits: Sendable, Hashable {
    /// The most sessions at once, of all clients and chat systems together.
    public var maximumSessions = 4_096
    /// The most sessions at once of one client address.
    public var maximumPerAddress = 1_024
    /// How long a session may last.
    public var time: Duration = .seconds(20)
    /// The largest message, in bytes; a token fits easily.
    public var maximumMessageBytes = 16 << 10
    /// The bytes of all messages of a session together.
    public var maximumBytes = 64 << 10
    /// The most packets in one polling payload.
    public var maximumPackets = 16
    /// How deep a message's JSON may nest.
    public var maximumDepth = 8
    /// How many values a message's JSON may hold.
    public var maximumValues = 256

    /// The defaults.
    public init() {}
}
