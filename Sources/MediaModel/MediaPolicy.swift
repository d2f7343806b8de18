/// What an upload route accepts and what is made of an accepted file. All limits on the pipeline's work are fields of this type.
public struct MediaPolicy: Sendable, Codable {
    /// The accepted kinds.
    public var kinds: Set<MediaKind>
    /// The containers in which a video is accepted.
    public var videoContainers: Set<MediaFormat>
    /// The containers in which audio without video is accepted.
    public var audioContainers: Set<MediaFormat>
    /// The formats in which an image is accepted.
    public var imageFormats: Set<MediaFormat>
    /// The formats in which a document is accepted, by the file extension of their content (`pdf`); `nil` accepts every file,
    /// including media files that are not accepted as media.
    public var documentFormats: Set<String>?
    /// The maximum file size, in bytes.
    public var maximumBytes: Int
    /// Smaller maximum file sizes for some kinds, in bytes; enforced as soon as the kind is known.
    public var maximumBytesByKind: [MediaKind: Int]
    /// The maximum duration of video and audio, in seconds; `nil` for no limit.
    public var maximumDuration: Double?
    /// By how many seconds a file may exceed ``maximumDuration``: encoders pad the last audio frame.
    public var durationTolerance: Double
    /// The maximum number of pixels in a picture or video frame; larger ones are rejected. Of how many pixels a preview is made
    /// is a separate limit, in ``ThumbnailSettings``.
    public var maximumPixels: Int
    /// The maximum number of scans in a progressive JPEG; encoders write about ten.
    public var maximumPasses: Int
    /// The maximum number of streams in a container.
    public var maximumStreams: Int
    /// The maximum number of bytes that are read to identify the streams.
    public var probeBytes: Int
    /// The time limit of one inspection, in seconds.
    public var deadline: Double
    /// Whether the SHA-256 of the whole file is computed, which costs as much as receiving it. (An S3 store hashes each part
    /// in any case, to sign it.)
    public var computesSHA256: Bool
    /// How the preview of a video or an image is made; `nil` makes none.
    public var thumbnail: ThumbnailSettings?
    /// How the waveform of audio is made; `nil` makes none.
    public var waveform: WaveformSettings?
    /// Narrower limits that were set from outside; see ``narrowed(by:)``.
    public internal(set) var limits = MediaLimits()

    /// Creates a policy that accepts `kinds`; limits that are not given have their defaults.
    public init(
        kinds: Set<MediaKind>,
        videoContainers: Set<MediaFormat> = [.mp4, .quickTime, .m4v, .threeGP, .threeGPP2, .avi, .webm],
        audioContainers: Set<MediaFormat> = [.mp3, .m4a, .threeGP, .threeGPP2, .wav, .ogg, .webm, .amr, .flac, .aac],
        imageFormats: Set<MediaFormat> = [.jpeg, .png, .gif, .webp, .heic, .avif],
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
