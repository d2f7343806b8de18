/// The timings and limits of SignalR hubs; the defaults are those of ASP.NET Core's own server.
public struct HubConfiguration: Sendable, Hashable {
    /// How long a client may take from opening its socket to its handshake.
    public var handshakeTimeout: Duration = .seconds(15)
    /// The time from one ping of the server to the next.
    public var keepAliveInterval: Duration = .seconds(15)
    /// How long a client may send nothing before its connection is closed.
    public var clientTimeout: Duration = .seconds(30)
    /// The largest message of a client, in bytes.
    public var maximumMessageBytes = 32 << 10
    /// The largest frame, which may contain several messages, in bytes.
    public var maximumFrameBytes = 128 << 10
    /// How long a negotiated connection may take until its socket opens.
    public var negotiationTimeout: Duration = .seconds(15)
    /// The most negotiated connections without a socket at once.
    public var maximumNegotiated = 20_000
    /// The most of these per user; one more discards the oldest.
    public var maximumNegotiatedPerUser = 32

    /// The defaults.
    public init() {}
}
