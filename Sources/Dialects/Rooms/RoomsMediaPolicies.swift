import ChatBridge
import MediaAPI
import MediaModel
import MediaWorker

/// The media that the dialect accepts. The `type` field of a form may follow the file, so files are validated by
/// content alone. No response contains a digest or a waveform, so none is computed.
struct RoomsMediaPolicies: Sendable {
    /// Any file.
    let any: MediaPolicy
    /// A sticker: a picture, still or animated.
    let sticker: MediaPolicy

    init(limits: RoomsLimits, previews: PreviewSettings) {
        any = MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: Set(MediaFormat.allCases),
            audioContainers: Set(MediaFormat.allCases), imageFormats: Set(MediaFormat.allCases),
            maximumBytes: limits.maximumFileBytes, thumbnail: previews.thumbnail, waveform: nil)
        sticker = MediaPolicy(
            kinds: [.image], imageFormats: [.jpeg, .png, .gif, .webp], maximumBytes: limits.maximumStickerBytes,
            maximumPixels: limits.maximumStickerPixels, thumbnail: nil, waveform: nil)
    }

    /// Whether a file of `kind` may be sent as `type`: its own kind, or `file`.
    func accepts(_ kind: MediaKind, as type: String) -> Bool { type == "file" || type == kind.rawValue }
}
