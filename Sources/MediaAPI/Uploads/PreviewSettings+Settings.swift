package import Configuration
import MediaModel

extension Setting {
    static let thumbnailSide = Setting(
        "DARKROOM_THUMBNAIL_SIDE", "PIXELS", default: "640", "the longest side of a thumbnail (16 to 4096)")
    static let maximumPixels = Setting(
        "DARKROOM_MAX_PIXELS", "PIXELS", default: "100000000",
        "the largest picture or video frame with a preview (1000000 to 500000000); larger ones have none",
        details: """
            A preview takes up to 8 bytes of worker memory per pixel. What is larger than `DARKROOM_ACCEPTED_PIXELS` is rejected.
            """)
    static let waveformPeaks = Setting("DARKROOM_WAVEFORM_PEAKS", "N", default: "64", "peaks in a waveform (1 to 1024)")
}

extension SettingGroup {
    /// The settings of previews.
    package static let previews = SettingGroup("Previews", [.thumbnailSide, .maximumPixels, .waveformPeaks])
}

extension PreviewSettings {
    /// The previews in the settings.
    /// - Throws: `SettingError` when a setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        self.init(
            thumbnail: ThumbnailSettings(
                longestSide: try reader.integer(.thumbnailSide, in: 16...4096) ?? 640,
                maximumPixels: try reader.integer(.maximumPixels, in: 1_000_000...500_000_000)
                    ?? ThumbnailSettings.defaultMaximumPixels),
            waveform: WaveformSettings(buckets: try reader.integer(.waveformPeaks, in: 1...1024) ?? 64))
    }
}
