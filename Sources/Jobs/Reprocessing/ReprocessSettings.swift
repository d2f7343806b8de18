public import MediaModel

/// The settings of reprocessing, including all limits of its work.
public struct ReprocessSettings: Sendable {
    /// The settings of thumbnails.
    public var thumbnail: ThumbnailSettings
    /// The settings of waveforms.
    public var waveform: WaveformSettings
    /// The number of media of a job that are processed concurrently.
    public var concurrency: Int
    /// Limits of files that are imported.
    public var importLimits: MediaLimits
    /// How long a runner without a sign of life keeps a job before another one may claim it, in seconds.
    public var lease: Double = 6
    /// The number of objects that are selected in one transaction.
    public var selectionPage = 1000
    /// The maximum number of attempts for an item after temporary errors.
    public var attempts = 3
    /// The maximum number of the service's waiting and running jobs; further ones are rejected.
    public var openJobs = 16
    /// The number of ended jobs that are kept, the latest ones.
    public var rememberedJobs = 1000

    /// Settings with defaults for all limits but the concurrency.
    public init(
        thumbnail: ThumbnailSettings = ThumbnailSettings(), waveform: WaveformSettings = WaveformSettings(),
        concurrency: Int = 1, importLimits: MediaLimits = MediaLimits()
    ) {
        precondition(concurrency > 0)
        self.thumbnail = thumbnail
        self.waveform = waveform
        self.concurrency = concurrency
        self.importLimits = importLimits
    }
}
