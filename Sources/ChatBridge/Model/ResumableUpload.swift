public import Foundation

/// An upload that may be interrupted and continued, by any node, until it expires.
public struct ResumableUpload: Sendable, Hashable {
    /// Unique within the dialect.
    public var id: String
    /// The dialect that it belongs to.
    public var dialect: Dialect
    /// The user who makes it, or the chat server.
    public var owner: String
    /// The bytes that count for what the owner may have in open uploads; `nil` where it does not count, or is not open.
    public var countedBytes: Int?
    /// When it was begun.
    public var createdAt: Date
    /// When it ends, whatever has arrived.
    public var expires: Date
    /// How often it was changed. A change of an upload that another process has changed meanwhile is not stored.
    public var version = 0
    /// The rest of it.
    public var content: Content

    /// A new upload.
    public init(
        id: String, dialect: Dialect, owner: String, countedBytes: Int?, createdAt: Date, expires: Date,
        version: Int = 0, content: Content
    ) {
        self.id = id
        self.dialect = dialect
        self.owner = owner
        self.countedBytes = countedBytes
        self.createdAt = createdAt
        self.expires = expires
        self.version = version
        self.content = content
    }
}

extension ResumableUpload {
    /// What has arrived, where it is, and what will be made of it.
    public struct Content: Codable, Sendable, Hashable {
        /// The size of the whole file, in bytes; `nil` as long as the client has not said.
        public var length: Int?
        /// The size that the client has announced, in bytes, where bytes of that size are the whole file only when the client says so.
        public var announcedLength: Int?
        /// What the client says of the file, as it was sent.
        public var metadata: String?
        /// The SHA-256 of the whole file in lower-case hexadecimal, where the client says it: a file with another one is rejected.
        public var expectedSHA256: String?
        /// The key of the object that is written.
        public var key: String
        /// What the store calls the write of the object; `nil` before the first part.
        public var write: String?
        /// The parts that were written.
        public var parts: [Part] = []
        /// What has arrived behind the parts, each piece an object of its own.
        public var tail: [Piece] = []
        /// Whether it is a part of a file that is made of several uploads.
        public var isPartial = false
        /// The IDs of the uploads that it is made of, where it is made of others.
        public var sources: [String]?
        /// The ID of the upload that it becomes part of, where it is partial and one was begun.
        public var usedBy: String?
        /// The ID of what it will make, once all bytes are there and that ID is another than the upload's.
        public var result: String?
        /// What it has become.
        public var state = State.open

        /// An upload of which nothing has arrived.
        public init(length: Int?, metadata: String?, key: String, isPartial: Bool = false, sources: [String]? = nil) {
            self.length = length
            self.metadata = metadata
            self.key = key
            self.isPartial = isPartial
            self.sources = sources
        }

        /// How many bytes have arrived and would survive a crash.
        public var offset: Int { parts.reduce(0) { $0 + $1.size } + tail.reduce(0) { $0 + $1.size } }
        /// Whether all bytes have arrived.
        public var isComplete: Bool { offset == length }
    }

    /// A part of an object.
    public struct Part: Codable, Sendable, Hashable {
        /// In bytes.
        public var size: Int
        /// What the store calls its content.
        public var etag: String

        /// A part that was written.
        public init(size: Int, etag: String) {
            self.size = size
            self.etag = etag
        }
    }

    /// Bytes that are stored as an object until they are part of a larger one.
    public struct Piece: Codable, Sendable, Hashable {
        /// The key of the object.
        public var key: String
        /// In bytes.
        public var size: Int

        /// A piece that was stored.
        public init(key: String, size: Int) {
            self.key = key
            self.size = size
        }
    }

    /// What an upload has become. Legal transitions: open → whole (a partial one), published or ended; whole → ended.
    public enum State: Codable, Sendable, Hashable {
        /// Bytes are missing, or the file is not published yet.
        case open
        /// All bytes of a partial upload are there, in one object.
        case whole
        /// It has become the medium, or the message, of that ID.
        case published(media: String)
        /// It was cancelled, rejected, or used up by another.
        case ended
    }
}
