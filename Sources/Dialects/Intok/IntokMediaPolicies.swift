import ChatBridge
import MediaAPI
import MediaModel
import MediaWorker

/// What the dialect takes under each of its groups of media types, by content. That the content is of the very type that was
/// declared is looked at besides.
struct IntokMediaPolicies: Sendable {
    let limits: IntokLimits
    let previews: PreviewSettings

    /// The policy for an upload.
    func policy(for ticket: PresignedUpload, _ type: IntokMediaType) -> MediaPolicy {
        let isPicture = ticket.conversation == nil
        var policy = MediaPolicy(
            kinds: [type.category.kind], videoContainers: [.mp4, .m4v, .quickTime, .webm],
            audioContainers: [.mp3, .wav, .ogg, .webm], imageFormats: [.jpeg, .png, .gif, .webp],
            maximumBytes: isPicture ? limits.maximumPictureBytes : limits.maximumAttachmentBytes, computesSHA256: false,
            thumbnail: previews.thumbnail, waveform: previews.waveform)
        // A profile picture is shown as it is.
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
