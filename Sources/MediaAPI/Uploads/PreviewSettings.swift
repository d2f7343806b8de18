public import MediaModel

/// How previews are made, for every dialect alike.
public struct PreviewSettings: Sendable {
    /// The picture of a video or an image.
    public var thumbnail: ThumbnailSettings
    /// The waveform of a voice message.
    public var waveform: WaveformSettings

    /// Previews that suit a chat, unless told otherwise.
    public init(thumbnail: ThumbnailSettings = ThumbnailSettings(), waveform: WaveformSettings = WaveformSettings()) {
        self.thumbnail = thumbnail
        self.waveform = waveform
    }
}
