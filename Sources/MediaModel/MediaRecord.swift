public import JSON

/// A stored media file as messages and lists refer to it: the keys of its objects, and what was measured in its content.
///
/// It is made when a file has been validated, returned unchanged in type when the file is committed, and stored as JSON in the
/// rows that refer to it.
public struct MediaRecord: Sendable, Hashable, Codable {
    /// The identifier of the upload, in dialects that upload a file before the message that refers to it.
    public var id: String?
    /// The key of the original in the object store.
    public var key: String
    /// The key of the thumbnail in the object store; `nil` when there is none.
    public var thumbnailKey: String?
    /// Why there is no thumbnail where one was requested.
    public var thumbnailFailure: String?
    /// The thumbnail as a BlurHash, a placeholder for clients to show until the thumbnail has loaded.
    public var blurHash: String?
    /// The kind of the file, by its content.
    public var kind: MediaKind
    /// The media type, by the file's content.
    public var mimeType: String
    /// The size of the stored original, in bytes.
    public var fileSize: Int
    /// The SHA-256 of the stored original in lower-case hexadecimal, where it was computed.
    public var sha256: String?
    /// The SHA-256 of the file as it was sent in lower-case hexadecimal, where it was computed: another than ``sha256`` if metadata were
    /// removed from it, or its index was moved to the start.
    public var sourceSha256: String?
    /// The duration in seconds, rounded to milliseconds; `nil` for images and documents.
    public var duration: Double?
    /// The size as displayed, with rotation and pixel aspect applied.
    public var dimensions: Dimensions?
    /// The peaks of audio, each in [0, 1].
    public var waveform: [Float]?
    /// The name that the sender gave the file, made safe for display.
    public var originalName: String?
    /// Which metadata were removed from the original before it was stored; `nil` where none were to be.
    public var metadataRemoved: RemovedMetadata?
    /// Versions of the file that other players can play, as far as they were asked for.
    public var renditions: [Rendition]?
    /// Further properties that a dialect stores with the file.
    public var details: JSONValue?

    // The names in stored rows.
    private enum CodingKeys: String, CodingKey {
        case id, key, thumbnailKey, blurHash, kind, mimeType, fileSize, sha256, sourceSha256, duration, dimensions
        case waveform, originalName, metadataRemoved, renditions, details
        case thumbnailFailure = "thumbnailAbsence"
    }

    /// Creates a record without ``id``, ``sourceSha256``, ``metadataRemoved``, ``renditions`` and ``details``.
    public init(
        key: String, thumbnailKey: String? = nil, thumbnailFailure: String? = nil, blurHash: String? = nil,
        kind: MediaKind, mimeType: String, fileSize: Int, sha256: String? = nil, duration: Double? = nil,
        dimensions: Dimensions? = nil, waveform: [Float]? = nil, originalName: String? = nil
    ) {
        self.key = key
        self.thumbnailKey = thumbnailKey
        self.thumbnailFailure = thumbnailFailure
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

    /// The keys of the original, of its thumbnail and of its renditions.
    public var objects: [String] {
        [key] + (thumbnailKey.map { [$0] } ?? []) + (renditions ?? []).compactMap(\.key)
    }

    /// Rounds a duration in seconds to milliseconds, the precision of all records.
    public static func rounded(duration: Double) -> Double { (duration * 1000).rounded() / 1000 }
}
