/// The limits of making a rendition.
public struct RenditionLimits: Sendable, Hashable, Codable {
    /// The maximum duration of the source, in seconds.
    public var maximumDuration: Double
    /// The maximum size of the rendition, in bytes.
    public var maximumBytes: Int
    /// The time limit, in seconds.
    public var seconds: Double
    /// The limit of the processor time, in seconds: of all threads together.
    public var processorSeconds: Int
    /// The number of threads that decode, and that encode, a video.
    public var threads: Int
    /// The maximum rate of a video, in bits per second: what has more is encoded again.
    public var maximumRate: Int
    /// The maximum number of lines of a video: the shorter side.
    public var maximumLines: Int
    /// The maximum number of frames per second of a video that is encoded.
    public var maximumFrameRate: Double

    /// Limits with their defaults.
    public init(
        maximumDuration: Double = 600, maximumBytes: Int = 512 << 20, seconds: Double = 1800,
        processorSeconds: Int = 3600, threads: Int = 2, maximumRate: Int = 4_000_000, maximumLines: Int = 720,
        maximumFrameRate: Double = 60
    ) {
        self.maximumDuration = maximumDuration
        self.maximumBytes = maximumBytes
        self.seconds = seconds
        self.processorSeconds = processorSeconds
        self.threads = threads
        self.maximumRate = maximumRate
        self.maximumLines = maximumLines
        self.maximumFrameRate = maximumFrameRate
    }
}
