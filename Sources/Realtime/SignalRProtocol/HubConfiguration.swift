/// The timings and limits of SignalR hubs; the defaults are those of ASP.NET Core's own server.
public struct HubConfiguration: Sendable, Hashable {
    /// How long a client may take from opening its socket to its handshake.
    public var handshakeTimeout: Duration = .seconds(15)
    /// From one ping of the server to the next.
    public var keepAliveInterval: Duration = .seconds(15)
    /// How long a client may be silent.
    public var clientTimeout: Duration = .seconds(30)
    /// The greatest message of a client, in bytes.
    public var maximumMessageBytes = 32 << 10
    /// The greatest frame, which may hold several messages, in bytes.
    public var maximumFrameBytes = 128 << 10
    /// How long a connection that was negotiated waits for its socket.
    public var negotiationTimeout: Duration = .seconds(15)
    /// How many such may wait at once.
    public var maximumNegotiated = 20_000
    /// How many of one user may wait at once: the oldest gives way.
    public var maximumNegotiatedPerUser = 32

    /// The defaults.
    public init() {}
}
