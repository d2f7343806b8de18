/// What a route takes and what it makes of it. Everything that bounds the pipeline's work stands here.
public struct MediaPolicy: Sendable, Codable {
    /// The kinds that are taken.
    public var kinds: Set<MediaKind>
    /// The containers in which a video is taken.
    public var videoContainers: Set<MediaFormat>
    /// The containers in which audio alone is taken.
    public var audioContainers: Set<MediaFormat>
    /// The formats in which an image is taken.
    public var imageFormats: Set<MediaFormat>
    /// The formats in which a document is taken, by the ending that its content calls for (`pdf`); `nil` for anything,
    /// also media that are not taken as such.
    public var documentFormats: Set<String>?
    /// The largest file, in bytes.
    public var maximumBytes: Int
    /// The largest file of a kind, in bytes, where that is less: held as soon as the kind is known.
    public var maximumBytesByKind: [MediaKind: Int]
    /// The longest video or audio, in seconds; `nil` for any.
    public var maximumDuration: Double?
    /// By how many seconds a file may be longer than ``maximumDuration``: encoders pad the last audio frame.
    public var durationTolerance: Double
    /// The most pixels in one picture or video frame: what is larger is refused. Of how many a preview is made stands in
    /// ``ThumbnailSettings``.
    public var maximumPixels: Int
    /// The most passes of one progressive JPEG: writers make ten.
    public var maximumPasses: Int
    /// The most streams in one container.
    public var maximumStreams: Int
    /// The most bytes that may be read to learn what the streams are.
    public var probeBytes: Int
    /// The longest that one inspection may take, in seconds.
    public var deadline: Double
    /// Whether the SHA-256 of the whole file is taken, which costs as much as receiving it. (What goes to a bucket is hashed
    /// part by part in any case, for its signatures.)
    public var computesSHA256: Bool
    /// The preview of a video or an image; `nil` for none.
    public var thumbnail: ThumbnailSettings?
    /// The waveform of audio; `nil` for none.
    public var waveform: WaveformSettings?

    /// A policy that takes `kinds`; every limit that is not given has its default.
    public init(
        kinds: Set<MediaKind>,
        videoContainers: Set<MediaFormat> = [.mp4, .quickTime, .m4v, .threeGP, .threeGPP2, .avi, .webm],
        audioContainers: Set<MediaFormat> = [.mp3, .m4a, .threeGP, .threeGPP2, .wav, .ogg, .webm, .amr, .flac, .aac],
        imageFormats: Set<MediaFormat> = [.jpeg, .png, .gif, .webp, .heic],
        documentFormats: Set<String>? = nil,
        maximumBytes: Int = 1 << 30,
        maximumBytesByKind: [MediaKind: Int] = [:],
        maximumDuration: Double? = nil,
        durationTolerance: Double = 0.1,
        maximumPixels: Int = 500_000_000,
        maximumPasses: Int = 100,
        maximumStreams: Int = 16,
        probeBytes: Int = 5_000_000,
        deadline: Double = 30,
        computesSHA256: Bool = true,
        thumbnail: ThumbnailSettings? = ThumbnailSettings(),
        waveform: WaveformSettings? = WaveformSettings()
    ) {
        self.kinds = kinds
        self.videoContainers = videoContainers
        self.audioContainers = audioContainers
        self.imageFormats = imageFormats
        self.documentFormats = documentFormats
        self.maximumBytes = maximumBytes
        self.maximumBytesByKind = maximumBytesByKind
        self.maximumDuration = maximumDuration
        self.durationTolerance = durationTolerance
        self.maximumPixels = maximumPixels
        self.maximumPasses = maximumPasses
        self.maximumStreams = maximumStreams
        self.probeBytes = probeBytes
        self.deadline = deadline
        self.computesSHA256 = computesSHA256
        self.thumbnail = thumbnail
        self.waveform = waveform
    }
}

/// How a preview is made.
public struct ThumbnailSettings: Sendable, Codable, Equatable {
    /// The longer side in pixels; a smaller picture is never enlarged.
    public var longestSide: Int
    /// The time of the frame, in seconds of presentation; a shorter clip gives its last frame.
    public var time: Double
    /// The JPEG encoder's quantiser scale: 1 (best) to 31.
    public var quality: Int
    /// The most pixels in a picture or a video frame of which a preview is made: what decoding it costs in memory.
    public var maximumPixels: Int

    /// What telephones and cameras make, and what a worker has memory for.
    public static let defaultMaximumPixels = 100_000_000

    /// Settings with defaults that suit a chat.
    public init(
        longestSide: Int = 640, time: Double = 1.0, quality: Int = 2, maximumPixels: Int = defaultMaximumPixels
    ) {
        self.maximumPixels = maximumPixels
        self.longestSide = longestSide
        self.time = time
        self.quality = quality
    }
}

/// How a waveform is made.
public struct WaveformSettings: Sendable, Codable, Equatable {
    /// The number of peaks, 1 to 1024.
    public var buckets: Int

    /// A waveform of `buckets` peaks; a number outside 1…1024 is clamped.
    public init(buckets: Int = 64) { self.buckets = min(max(buckets, 1), 1024) }
}
