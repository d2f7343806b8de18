public import MediaModel

/// How derivatives are made anew, and what that may cost. Everything that bounds the work of jobs stands here.
public struct ReprocessSettings: Sendable {
    /// How a thumbnail is made.
    public var thumbnail: ThumbnailSettings
    /// How a waveform is made.
    public var waveform: WaveformSettings
    /// How many media of a job are dealt with at once.
    public var concurrency: Int
    /// How long a job stays the runner's of a process that is there and gives no sign of life, in seconds.
    public var lease: Double = 6
    /// How many objects are selected in one transaction.
    public var selectionPage = 1000
    /// How often an item is tried whose trouble may pass.
    public var attempts = 3
    /// How many jobs of the service wait or run; more are refused.
    public var openJobs = 16
    /// How many jobs that have ended are remembered, the latest ones.
    public var rememberedJobs = 1000

    /// Settings, of which the rest have their defaults.
    public init(
        thumbnail: ThumbnailSettings = ThumbnailSettings(), waveform: WaveformSettings = WaveformSettings(),
        concurrency: Int = 1
    ) {
        precondition(concurrency > 0)
        self.thumbnail = thumbnail
        self.waveform = waveform
        self.concurrency = concurrency
    }
}
