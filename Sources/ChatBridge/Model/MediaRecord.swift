public import Foundation
public import JSON
public import MediaModel

/// A stored medium: the keys of its objects and what was measured.
public struct MediaRecord: Sendable, Hashable, Codable {
    /// The ID under which the file was uploaded, in dialects where files are uploaded before their message.
    public var id: String?
    /// The object's key.
    public var key: String
    /// The key of its thumbnail.
    public var thumbnailKey: String?
    /// Why there is no thumbnail where one was wanted.
    public var thumbnailAbsence: String?
    /// A BlurHash of the thumbnail, to show until that has loaded.
    public var blurHash: String?
    /// The kind of the file, by its content.
    public var kind: MediaKind
    /// The media type, detected from the content.
    public var mimeType: String
    /// In bytes.
    public var fileSize: Int
    /// SHA-256 of the file in lower-case hexadecimal, where it was computed.
    public var sha256: String?
    /// In seconds.
    public var duration: Double?
    /// As displayed.
    public var dimensions: Dimensions?
    /// Peaks in [0, 1].
    public var waveform: [Float]?
    /// The name of the sender's file.
    public var originalName: String?
    /// What else the dialect stores with it.
    public var details: JSONValue?

    /// A record.
    public init(
        key: String, thumbnailKey: String? = nil, thumbnailAbsence: String? = nil, blurHash: String? = nil,
        kind: MediaKind,
        mimeType: String, fileSize: Int, sha256: String? = nil, duration: Double? = nil, dimensions: Dimensions? = nil,
        waveform: [Float]? = nil, originalName: String? = nil
    ) {
        self.key = key
        self.thumbnailKey = thumbnailKey
        self.thumbnailAbsence = thumbnailAbsence
        self.blurHash = blurHash
        self.kind = kind
        self.mimeType = mimeType
        self.fileSize = fileSize
        self.sha256 = sha256
        self.duration = duration
        self.dimensions = dimensions
        self.waveform = waveform
        self.originalName = originalName
    }

    /// The keys of all its objects.
    public var objects: [String] { [key] + (thumbnailKey.map { [$0] } ?? []) }
}

/// A medium that belongs to a user, whether messages show it or not.
public struct MediaItem: Sendable, Hashable {
    /// The unique ID.
    public var id: String
    /// The dialect through which it was uploaded; `nil` for the native API.
    public var dialect: Dialect?
    /// The conversation that it was uploaded for.
    public var conversation: String?
    /// The user who uploaded it.
    public var owner: String
    /// The stored objects and what was measured.
    public var record: MediaRecord
    /// When it was uploaded.
    public var createdAt: Date

    /// A medium of `owner`.
    public init(
        id: String, dialect: Dialect? = nil, conversation: String? = nil, owner: String, record: MediaRecord,
        createdAt: Date
    ) {
        self.id = id
        self.dialect = dialect
        self.conversation = conversation
        self.owner = owner
        self.record = record
        self.createdAt = createdAt
    }
}
