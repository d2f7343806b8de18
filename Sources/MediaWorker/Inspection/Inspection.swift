public import MediaModel

/// What was found in a valid file, and the previews that were made of it.
public struct Inspection: Sendable, Codable {
    /// The kind of the file.
    public var kind: MediaKind
    /// The format (the raw value of a ``MediaFormat``), or `"file"` for a document.
    public var container: String
    /// The media type, by the file's content.
    public var mimeType: String
    /// The file extension by the file's content, without a dot and safe in an object's key.
    public var fileExtension: String
    /// The encoding of a document that is text, including one that begins like HTML and is therefore not stored as text.
    public var textEncoding: TextEncoding?
    /// The duration in seconds; `nil` for images and documents.
    public var duration: Double? {
        get { seconds?.value }
        set { seconds = newValue.flatMap(Seconds.init) }
    }
    /// The size as displayed, with rotation and pixel aspect applied.
    public var dimensions: Dimensions?
    /// The streams of the container, in its order.
    public var streams: [StreamSummary]
    /// What the head of a picture says of its colours and its resolution.
    public var picture: PictureProperties?
    /// The thumbnail, a JPEG without metadata.
    public var thumbnail: [UInt8]?
    /// Why there is no thumbnail where one was requested.
    public var thumbnailFailure: String?
    /// The thumbnail as a BlurHash, a placeholder for clients to show until the thumbnail has loaded.
    public var blurHash: String?
    /// Whether a preview is missing because its bytes were not kept while the file arrived: it can be made from the stored
    /// object.
    public var previewDeferred: Bool?
    /// The peaks of audio, each in [0, 1] and the loudest exactly 1 (all 0 for silence).
    public var waveform: [Float]? {
        get { peaks?.map(\.value) }
        set { peaks = newValue?.map(Peak.init) }
    }
    /// The end of the last sample that the container's index lists, in bytes: a shorter file is truncated.
    public var indexedEnd: Int?
    /// The end of a picture's coded data, in bytes, if the file continues there without having marked that end; at most
    /// eight bytes too large.
    public var pictureEnd: Int?
    // Types that cannot hold a number which JSON cannot represent.
    private var seconds: Seconds?
    private var peaks: [Peak]?

    private enum CodingKeys: String, CodingKey {
        case kind, container, mimeType, fileExtension, textEncoding, dimensions, streams, thumbnail, blurHash
        case previewDeferred, indexedEnd, pictureEnd, picture
        case thumbnailFailure = "thumbnailAbsence"
        case seconds = "duration"
        case peaks = "waveform"
    }

    /// Creates an inspection; properties that are not given are absent.
    public init(
        kind: MediaKind, container: String, mimeType: String, fileExtension: String, duration: Double? = nil,
        dimensions: Dimensions? = nil, streams: [StreamSummary] = [], thumbnail: [UInt8]? = nil,
        thumbnailFailure: String? = nil, waveform: [Float]? = nil
    ) {
        self.kind = kind
        self.container = container
        self.mimeType = mimeType
        self.fileExtension = fileExtension
        seconds = duration.flatMap(Seconds.init)
        self.dimensions = dimensions
        self.streams = streams
        self.thumbnail = thumbnail
        self.thumbnailFailure = thumbnailFailure
        peaks = waveform?.map(Peak.init)
    }
}

extension Inspection {
    /// The longest duration that FFmpeg can represent, in seconds.
    static let longestDuration = Double(Int64.max) / 1e6

    /// Creates the inspection of a file with that content which is stored unopened.
    init(document content: DetectedType) {
        let type = DocumentType(content)
        self.init(kind: .document, container: "file", mimeType: type.mimeType, fileExtension: type.fileExtension)
        if case .document(_, let text) = content { textEncoding = text }
    }
}

extension DocumentType {
    /// The type under which a file is stored unopened.
    init(_ content: DetectedType) {
        switch content {
        case .document(let type, _): self = type
        case .media(let format): self.init(format, format.certainKind ?? .video)
        }
    }

    /// The type under which a file of `format` that carries `kind` is stored.
    init(_ format: MediaFormat, _ kind: MediaKind) {
        self.init(mimeType: format.mimeType(kind), fileExtension: format.fileExtension(kind))
    }
}
