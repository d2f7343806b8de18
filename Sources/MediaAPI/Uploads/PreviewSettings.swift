public import MediaModel

/// The settings of previews, shared by all dialects.
public struct PreviewSettings: Sendable {
    /// The thumbnail of a video or an image.
    public var thumbnail: ThumbnailSettings
    /// The waveform of a voice message.
    public var waveform: WaveformSettings

    /// Settings with defaults that suit a chat.
    public init(thumbnail: ThumbnailSettings = ThumbnailSettings(), waveform: WaveformSettings = WaveformSettings()) {
        self.thumbnail = thumbnail
        self.waveform = waveform
    }
}
