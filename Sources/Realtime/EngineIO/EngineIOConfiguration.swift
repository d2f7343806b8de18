/// The timings and limits of Engine.IO and Socket.IO sessions; the defaults are those of
/// socket.io's own server, but that a client has less time to connect.
public struct EngineIOConfiguration: Sendable, Hashable {
    /// From one ping of the server to the next.
    public var pingInterval: Duration = .milliseconds(25_000)
    /// How long a pong may take.
    public var pingTimeout: Duration = .milliseconds(20_000)
    /// How long a client may take from its probe to the upgrade.
    public var upgradeTimeout: Duration = .milliseconds(10_000)
    /// How long a client may take to its CONNECT packet.
    public var connectTimeout: Duration = .milliseconds(10_000)
    /// The greatest payload or frame, in bytes.
    public var maximumPayload = 1_000_000
    /// The most packets in one polling payload.
    public var maximumPackets = 4_096
    /// The most attachments of one binary event, and their bytes in all.
    public var maximumAttachments = 16
    /// How much may wait for a slow client before its session is closed, in packets.
    public var maximumQueuedPackets = 512
    /// How much may wait for a slow client before its session is closed, in bytes.
    public var maximumQueuedBytes = 4 << 20
    /// How many events of one client may wait to be worked on before its next frame must wait.
    public var maximumWaitingEvents = 64
    /// The most sessions of one user at once: the oldest gives way.
    public var maximumSessionsPerUser = 64
    /// The most sessions at once whose clients have said who they are.
    public var maximumSessions = 20_000

    /// The defaults.
    public init() {}
}
