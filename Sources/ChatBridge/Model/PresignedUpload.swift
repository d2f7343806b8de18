public import Foundation

/// An upload that a client may make directly to the object store, and that no message shows yet.
public struct PresignedUpload: Sendable, Hashable {
    /// Unique within the dialect.
    public var id: String
    /// The dialect that it belongs to.
    public var dialect: Dialect
    /// The user who may make it.
    public var owner: String
    /// The conversation that it is for.
    public var conversation: String?
    /// The key of the object.
    public var key: String
    /// The media type that the file must have.
    public var mimeType: String
    /// The size that the file must have, in bytes.
    public var fileSize: Int
    /// The name of the sender's file.
    public var originalName: String?
    /// When it expires, as clients are informed.
    public var expires: Date

    /// For how long of the process's uptime it may be used, and its object is kept: the time until ``expires``.
    public var lifetime: Duration
    /// For how long the upload URL is valid.
    public var uploadLifetime: Duration

    /// How long after its URL has expired an upload that was not made is abandoned, and no longer counts as open.
    package static let grace = Duration.seconds(600)
    /// The longest time, in seconds, that an upload is assumed to take.
    static let longestTransfer = 86_400

    /// How long after its URL has expired an upload of `size` bytes that was begun in time may still arrive, from a client that
    /// sends `rate` bytes per second; 0 where the rate is not known.
    package static func slowness(of size: Int, rate: Int) -> Duration {
        grace + .seconds(rate > 0 ? min(size / rate, longestTransfer) : longestTransfer)
    }

    /// A presigned upload.
    public init(
        id: String, dialect: Dialect, owner: String, conversation: String? = nil, key: String, mimeType: String,
        fileSize: Int, originalName: String? = nil, expires: Date, lifetime: Duration = .seconds(3600),
        uploadLifetime: Duration? = nil
    ) {
        self.lifetime = lifetime
        self.uploadLifetime = uploadLifetime ?? lifetime
        self.id = id
        self.dialect = dialect
        self.owner = owner
        self.conversation = conversation
        self.key = key
        self.mimeType = mimeType
        self.fileSize = fileSize
        self.originalName = originalName
        self.expires = expires
    }
}

/// How much a user may have in open uploads, which no message shows yet.
public struct UploadAllowance: Sendable, Hashable {
    /// The most files.
    public var files: Int
    /// The most bytes of all files together.
    public var bytes: Int

    /// An allowance.
    public init(files: Int, bytes: Int) {
        self.files = files
        self.bytes = bytes
    }
}
