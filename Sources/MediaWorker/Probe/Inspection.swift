public import MediaModel

/// What the pipeline found in a file that passed, and what it made of it.
public struct Inspection: Sendable, Codable {
    /// What it is to a chat.
    public var kind: MediaKind
    /// The format (``MediaFormat``'s raw value), or `"file"` for a document.
    public var container: String
    /// By content, never by name.
    public var mimeType: String
    /// Without a dot, by content: safe in an object's key.
    public var fileExtension: String
    /// How a document is written that is text: also one that begins like a page, and so is stored under no text type.
    public var textEncoding: TextEncoding?
    /// In seconds; `nil` for images and documents.
    public var duration: Double? {
        get { playingTime?.value }
        set { playingTime = newValue.flatMap(Seconds.init) }
    }
    /// As displayed: rotation and pixel aspect applied.
    public var dimensions: Dimensions?
    /// What the container carries, in its order.
    public var streams: [StreamSummary]
    /// A JPEG without metadata.
    public var thumbnail: [UInt8]?
    /// Why there is no thumbnail where one was asked for.
    public var thumbnailAbsence: String?
    /// The thumbnail as a BlurHash, to be shown until it is there.
    public var blurHash: String?
    /// Whether a preview is missing because its bytes lie in a part that was not kept while the file arrived: they can be
    /// read back from the store.
    public var previewDeferred: Bool?
    /// Peaks in [0, 1], the loudest exactly 1 (all 0 for silence); audio only.
    public var waveform: [Float]? {
        get { peaks?.map(\.value) }
        set { peaks = newValue?.map(Peak.init) }
    }
    /// Where the last sample that the container's index names ends, in bytes: a file that ends before is truncated.
    public var indexedEnd: Int?
    /// Where the coded samples of a picture end, in bytes, if the file goes on there with something else although nothing
    /// says that the picture ends; perhaps eight bytes too late.
    public var pictureEnd: Int?
    // Kept as types that hold no number which JSON could not say.
    private var playingTime: Seconds?
    private var peaks: [Peak]?

    private enum CodingKeys: String, CodingKey {
        case kind, container, mimeType, fileExtension, textEncoding, dimensions, streams, thumbnail, thumbnailAbsence
        case blurHash, previewDeferred, indexedEnd, pictureEnd
        case playingTime = "duration"
        case peaks = "waveform"
    }

    /// A finding; what is not given is absent.
    public init(
        kind: MediaKind, container: String, mimeType: String, fileExtension: String, duration: Double? = nil,
        dimensions: Dimensions? = nil, streams: [StreamSummary] = [], thumbnail: [UInt8]? = nil,
        thumbnailAbsence: String? = nil, waveform: [Float]? = nil
    ) {
        self.kind = kind
        self.container = container
        self.mimeType = mimeType
        self.fileExtension = fileExtension
        playingTime = duration.flatMap(Seconds.init)
        self.dimensions = dimensions
        self.streams = streams
        self.thumbnail = thumbnail
        self.thumbnailAbsence = thumbnailAbsence
        peaks = waveform?.map(Peak.init)
    }
}

/// One stream of a container, in few words.
public struct StreamSummary: Sendable, Codable {
    /// `"video"`, `"audio"`, `"picture"` (cover art) or `"other"`.
    public var type: String
    /// FFmpeg's name of the codec.
    public var codec: String
    /// As coded.
    public var dimensions: Dimensions?
    /// Clockwise degrees to turn the picture for display: 0, 90, 180 or 270.
    public var rotation: Int?
    /// Audio channels.
    public var channels: Int?
    /// Samples a second, as the container says.
    public var sampleRate: Int?

    /// A stream's description.
    public init(
        type: String, codec: String, dimensions: Dimensions? = nil, rotation: Int? = nil, channels: Int? = nil,
        sampleRate: Int? = nil
    ) {
        self.type = type
        self.codec = codec
        self.dimensions = dimensions
        self.rotation = rotation
        self.channels = channels
        self.sampleRate = sampleRate
    }
}
