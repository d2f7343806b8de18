/// The limits of a client.
public struct HTTPClientConfiguration: Sendable, Hashable {
    /// A file of certificates (PEM) that the peers' certificates are checked against, instead of the system's.
    public var caFile: String?
    /// The most connections to one host at once; further requests wait for one.
    public var connectionsPerHost: Int
    /// The most connections that are kept open between requests.
    public var keptConnections: Int
    /// The most bytes of a response's header.
    public var maximumHeaderBytes: Int
    /// How many bytes of a request's body are passed to the system at once (16 KB to 2 MB): memory per active upload.
    public var uploadBufferSize: Int
    /// How many bytes of a streamed response may wait for their reader before the transfer is paused.
    public var responseWindow: Int
    /// The value of the `User-Agent` field.
    public var userAgent: String
    /// Whether it connects to public addresses alone: to none of ``PublicAddress``'s exceptions, whatever name has them.
    public var requiresPublicAddresses: Bool

    /// Limits that suit a nearby store.
    public init(
        caFile: String? = nil, connectionsPerHost: Int = 64, keptConnections: Int = 64,
        maximumHeaderBytes: Int = 64 << 10,
        uploadBufferSize: Int = 512 << 10, responseWindow: Int = 1 << 20, userAgent: String = "darkroom",
        requiresPublicAddresses: Bool = false
    ) {
        self.caFile = caFile
        self.connectionsPerHost = connectionsPerHost
        self.keptConnections = keptConnections
        self.maximumHeaderBytes = maximumHeaderBytes
        self.uploadBufferSize = uploadBufferSize
        self.responseWindow = responseWindow
        self.userAgent = userAgent
        self.requiresPublicAddresses = requiresPublicAddresses
    }
}
