package import MediaModel

extension MediaPolicy {
    /// What the native API accepts: files of every kind and format.
    package init(native previews: PreviewSettings) {
        self.init(
            kinds: Set(MediaKind.allCases), videoContainers: Set(MediaFormat.allCases),
            audioContainers: Set(MediaFormat.allCases), imageFormats: Set(MediaFormat.allCases),
            thumbnail: previews.thumbnail, waveform: previews.waveform)
    }
}
