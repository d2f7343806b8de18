import ChatBridge
import MediaAPI
import MediaModel
import MediaWorker

/// What the dialect's routes take, by content. None of its answers tells a digest, so none is taken.
struct BananatalkMediaPolicies: Sendable {
    /// MP4, MOV, AVI, WebM, 3GP and M4V of at most a gibibyte and 600 s.
    let video: MediaPolicy
    /// MP3, M4A and WAV, and the OGG and WebM that recorders make.
    let voice: MediaPolicy
    /// An image or a video.
    let attachment: MediaPolicy

    /// The reference limits voice messages in no way; this many bytes are ten hours of them.
    private static let maximumVoiceBytes = 256 << 20

    init(limits: BananatalkLimits, previews: PreviewSettings) {
        video = MediaPolicy(
            kinds: [.video], maximumBytes: limits.maximumVideoBytes, maximumDuration: limits.maximumVideoDuration,
            computesSHA256: false, thumbnail: previews.thumbnail)
        voice = MediaPolicy(
            kinds: [.audio], maximumBytes: Self.maximumVoiceBytes, computesSHA256: false, thumbnail: nil,
            waveform: previews.waveform)
        attachment = MediaPolicy(
            kinds: [.image, .video], maximumBytes: limits.maximumVideoBytes,
            maximumDuration: limits.maximumVideoDuration, computesSHA256: false,
            thumbnail: previews.thumbnail)
    }
}
