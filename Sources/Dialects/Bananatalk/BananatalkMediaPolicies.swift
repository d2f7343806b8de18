import ChatBridge
import MediaAPI
import MediaModel
import MediaWorker

/// The media that the dialect's routes accept, by content. No response contains a digest, so none is computed.
struct BananatalkMediaPolicies: Sendable {
    /// MP4, MOV, AVI, WebM, 3GP and M4V, by default of at most 1 GiB and 600 s.
    let video: MediaPolicy
    /// MP3, M4A and WAV, and the OGG and WebM that audio recorders produce.
    let voice: MediaPolicy
    /// An image, a video, sound, or a document of the formats that are sent in chats.
    let attachment: MediaPolicy

    /// The maximum size of a voice message, in bytes: about ten hours of audio. The reference states no limit.
    private static let maximumVoiceBytes = 256 << 20

    /// The maximum size of a document, in bytes. The reference states no limit.
    private static let maximumDocumentBytes = 100 << 20

    init(limits: BananatalkLimits, previews: PreviewSettings) {
        video = MediaPolicy(
            kinds: [.video], maximumBytes: limits.maximumVideoBytes, maximumDuration: limits.maximumVideoDuration,
            thumbnail: previews.thumbnail)
        voice = MediaPolicy(
            kinds: [.audio], maximumBytes: Self.maximumVoiceBytes, thumbnail: nil,
            waveform: previews.waveform)
        attachment = MediaPolicy(
            kinds: [.image, .video, .audio, .document],
            documentFormats: ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "zip"],
            maximumBytes: limits.maximumVideoBytes,
            maximumBytesByKind: [.audio: Self.maximumVoiceBytes, .document: Self.maximumDocumentBytes],
            maximumDuration: limits.maximumVideoDuration, thumbnail: previews.thumbnail,
            waveform: previews.waveform)
    }
}
