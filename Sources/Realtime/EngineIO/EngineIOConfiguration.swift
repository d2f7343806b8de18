/// The timings and limits of Engine.IO and Socket.IO sessions; the defaults are those of socket.io's own server, except
/// that a client has less time to connect.
public struct EngineIOConfiguration: Sendable, Hashable {
    /// The time from one ping of the server to the next.
    public var pingInterval: Duration = .milliseconds(25_000)
    /// How long a pong may take.
    public var pingTimeout: Duration = .milliseconds(20_000)
    /// How long a client may take from opening a WebSocket to completing the upgrade.
    public var upgradeTimeout: Duration = .milliseconds(10_000)
    /// How long a client may take until it sends its CONNECT packet.
    public var connectTimeout: Duration = .milliseconds(10_000)
    /// The largest payload or frame, in bytes.
    public var maximumPayload = 1_000_000
    /// The most packets in one polling payload.
    public var maximumPackets = 4_096
    /// The most attachments of one binary event.
    public var maximumAttachments = 16
    /// How many packets may be queued for a slow client before its session is closed. From a quarter of them on, ephemeral events
    /// are dropped.
    public var maximumQueuedPackets = 512
    /// How many bytes may be queued for a slow client before its session is closed. From a quarter of them on, ephemeral events
    /// are dropped.
    public var maximumQueuedBytes = 4 << 20
    /// How many events of one client may be queued for the application before its next frame is not read.
    public var maximumWaitingEvents = 64
    /// The most sessions of one user at once; one more ends the oldest.
    public var maximumSessionsPerUser = 64
    /// The most authenticated sessions at once.
    public var maximumSessions = 20_000

    /// The defaults.
    public init() {}
}
