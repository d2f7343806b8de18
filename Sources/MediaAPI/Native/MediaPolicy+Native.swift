package import MediaModel

extension MediaPolicy {
    /// What the native API accepts: files of every kind and format.
    /// - Parameter computesSHA256: whether all of a file is read for its digest, where only its beginning is needed otherwise.
    package init(native previews: PreviewSettings, computesSHA256: Bool = true) {
        self.init(
            kinds: Set(MediaKind.allCases), videoContainers: Set(MediaFormat.allCases),
            audioContainers: Set(MediaFormat.allCases), imageFormats: Set(MediaFormat.allCases),
            computesSHA256: computesSHA256,
            thumbnail: previews.thumbnail, waveform: previews.waveform)
    }
}
