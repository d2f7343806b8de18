import ChatBridge
import MediaAPI
import MediaModel
import MediaWorker

/// The media that the dialect accepts for each category of media types, by content. That the content has exactly the
/// declared type is checked separately.
struct IntokMediaPolicies: Sendable {
    /// The limits of the dialect.
    let limits: IntokLimits
    /// How thumbnails and waveforms are made.
    let previews: PreviewSettings

    /// The policy for an upload.
    func policy(for upload: PresignedUpload, _ type: IntokMediaType) -> MediaPolicy {
        let isPicture = upload.conversation == nil
        var policy = MediaPolicy(
            kinds: [type.category.kind], videoContainers: [.mp4, .m4v, .quickTime, .webm],
            audioContainers: [.mp3, .wav, .ogg, .webm], imageFormats: [.jpeg, .png, .gif, .webp],
            maximumBytes: isPicture ? limits.maximumPictureBytes : limits.maximumAttachmentBytes,
            thumbnail: previews.thumbnail, waveform: previews.waveform)
        // Profile pictures are served without a thumbnail.
        if isPicture { policy.thumbnail = nil }
        return policy
    }
}

extension IntokMediaType.Category {
    fileprivate var kind: MediaKind {
        switch self {
        case .image: .image
        case .video: .video
        case .audio: .audio
        case .document: .document
        }
    }
}
