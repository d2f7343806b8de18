/// The settings of an ``S3Store``: endpoint, credentials, parts and timeouts.
public struct S3Configuration: Sendable {
    /// The service, such as `https://s3.eu-central-1.amazonaws.com` or `http://127.0.0.1:9000`; a path in it is kept.
    public var endpoint: String
    /// The endpoint under which clients outside reach the bucket, for presigned URLs; `nil` if it is the same.
    public var publicEndpoint: String?
    /// The URL of a cache before the bucket, through which clients download; `nil` where there is none. It asks for objects at the
    /// public endpoint: the URLs that it receives are signed for that.
    public var downloadURL: String?
    /// The region that signatures name; `us-east-1` for most stores other than AWS.
    public var region: String
    /// The bucket, which must exist.
    public var bucket: String
    /// What signs the requests.
    public var credentials: S3CredentialSource
    /// Whether the bucket is in the path (`ENDPOINT/BUCKET/KEY`) rather than in the host (`BUCKET.ENDPOINT/KEY`). As
    /// initialised, in the host at AWS alone.
    public var pathStyle: Bool
    /// A file of certificates (PEM) to trust instead of the system's.
    public var caFile: String?
    /// Leaves bodies out of signatures, over `https` alone: TLS protects them, and nothing has to be hashed.
    public var unsignedPayload = false
    /// The size of every part but the last, in bytes (5 MiB at least); `nil` to choose 8 MiB, or more where that would
    /// make more than 10,000 parts.
    public var partSize: Int?
    /// Whether all parts of an object but its last must have the same size. As initialised, at Cloudflare R2 alone.
    public var equalParts: Bool
    /// How many parts of one object are sent at once while the next one arrives (1...16). An object costs one part more
    /// than that in memory.
    public var partsInFlight = 2
    /// How many parts of all objects are sent at once: beyond it, writers wait with one full part each.
    public var partsInFlightInAll = 12
    /// How often, how soon and how long failed requests are repeated.
    public var retry = RetryPolicy()
    /// The time for any one operation (a part, a listing's page, a completion) with all its repetitions.
    public var deadline: Duration = .seconds(60)
    /// How long a connection may take.
    public var connectTimeout: Duration = .seconds(5)
    /// How long a transfer may stall before a request is aborted and repeated.
    public var stallTimeout: Duration = .seconds(10)
    /// The most connections at once.
    public var connections = 64

    /// A configuration with the default limits.
    public init(
        endpoint: String, region: String = "us-east-1", bucket: String, credentials: S3CredentialSource,
        pathStyle: Bool? = nil, caFile: String? = nil
    ) {
        self.endpoint = endpoint
        self.region = region
        self.bucket = bucket
        self.credentials = credentials
        self.pathStyle = pathStyle ?? !endpoint.lowercased().contains(".amazonaws.com")
        self.caFile = caFile
        equalParts = endpoint.lowercased().contains(".r2.cloudflarestorage.com")
    }

    /// Checks the settings that do not need the store to be checked; the endpoints are checked when a store is created.
    /// - Throws: ``ObjectStoreError/Code/unavailable`` with the name of the first setting that is out of range.
    public func validate() throws(ObjectStoreError) {
        func require(_ holds: Bool, _ rule: String) throws(ObjectStoreError) {
            guard holds else { throw ObjectStoreError(.unavailable, "The object store cannot be used: \(rule).") }
        }
        try require(!bucket.isEmpty, "bucket must not be empty")
        try require(!region.isEmpty, "region must not be empty")
        try require((partSize ?? 5 << 20) >= 5 << 20, "partSize must be at least 5 MiB")
        try require((1...16).contains(partsInFlight), "partsInFlight must be 1 to 16")
        try require(partsInFlightInAll >= 1, "partsInFlightInAll must be at least 1")
        try require(retry.maximumAttempts >= 1, "retry.maximumAttempts must be at least 1")
        try require(deadline > .zero, "deadline must be positive")
        try require(connectTimeout > .zero, "connectTimeout must be positive")
        try require(stallTimeout > .zero, "stallTimeout must be positive")
        try require(connections >= 1, "connections must be at least 1")
    }
}
