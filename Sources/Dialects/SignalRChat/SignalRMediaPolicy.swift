import ChatBridge
import MediaAPI
import MediaModel
import MediaWorker

extension MediaPolicy {
    /// The media that the dialect's upload accepts, validated by content. No response contains a digest, so none is
    /// computed.
    static func signalR(_ limits: SignalRLimits, _ previews: PreviewSettings) -> MediaPolicy {
        let sizes: [MediaKind: Int] = [
            .image: limits.maximumImageBytes, .video: limits.maximumVideoBytes, .audio: limits.maximumAudioBytes,
            .document: limits.maximumDocumentBytes,
        ]
        return MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: [.mp4, .m4v, .quickTime, .avi],
            audioContainers: [.mp3, .wav, .m4a], imageFormats: [.jpeg, .png, .gif, .webp],
            documentFormats: ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx"],
            maximumBytes: sizes.values.max() ?? 0, maximumBytesByKind: sizes,
            thumbnail: previews.thumbnail, waveform: nil)
    }
}
