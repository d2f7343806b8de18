public import Foundation

/// An upload that a client was allowed to make straight to the store, and has not shown in a message yet.
public struct PresignedUpload: Sendable, Hashable {
    /// Unique within the dialect.
    public var id: String
    /// Whose it is.
    public var dialect: Dialect
    /// Who may use it.
    public var owner: String
    /// The conversation that it is for.
    public var conversation: String?
    /// Where the object goes.
    public var key: String
    /// What it must be.
    public var mimeType: String
    /// How long it must be, in bytes.
    public var fileSize: Int
    /// The name of the sender's file.
    public var originalName: String?
    /// Until when it may be used.
    public var expires: Date

    /// For how long it may be used, and its object is kept, by uptime. The same time as ``expires``, which clients are told.
    public var lifetime: Duration
    /// For how long the address to upload to works.
    public var uploadLifetime: Duration

    /// How long after its address has ended an upload that was not made is given up, and its user may begin another.
    static let grace = Duration.seconds(600)
    /// No upload is taken to last longer.
    static let longestTransfer = 86_400

    /// How long after its address has ended an upload of `size` bytes that was begun in time may still arrive, from a client
    /// that sends `rate` bytes per second; 0 for one of which that is not known.
    static func slowness(of size: Int, rate: Int) -> Duration {
        grace + .seconds(rate > 0 ? min(size / rate, longestTransfer) : longestTransfer)
    }

    /// A ticket.
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

/// How much a user may have allowed at once that is not shown in a message yet.
public struct UploadAllowance: Sendable, Hashable {
    /// How many files.
    public var files: Int
    /// How many bytes they may have together.
    public var bytes: Int

    /// An allowance.
    public init(files: Int, bytes: Int) {
        self.files = files
        self.bytes = bytes
    }
}
