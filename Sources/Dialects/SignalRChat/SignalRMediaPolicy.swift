import ChatBridge
import MediaAPI
import MediaModel
import MediaWorker

extension MediaPolicy {
    /// What the dialect's one upload takes, by content. None of its answers tells a digest, so none is taken.
    static func signalR(_ limits: SignalRLimits, _ previews: PreviewSettings) -> MediaPolicy {
        let sizes: [MediaKind: Int] = [
            .image: limits.maximumImageBytes, .video: limits.maximumVideoBytes, .audio: limits.maximumAudioBytes,
            .document: limits.maximumDocumentBytes,
        ]
        return MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: [.mp4, .m4v, .quickTime, .avi],
            audioContainers: [.mp3, .wav, .m4a], imageFormats: [.jpeg, .png, .gif, .webp],
            documentFormats: ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx"],
            maximumBytes: sizes.values.max() ?? 0, maximumBytesByKind: sizes, computesSHA256: false,
            thumbnail: previews.thumbnail, waveform: nil)
    }
}
