import ChatBridge
import MediaAPI
import MediaModel
import MediaWorker

/// What the dialect takes, by content: a form says what its file is perhaps only behind it. None of its answers tells a
/// digest or a waveform, so none is taken.
struct RoomsMediaPolicies: Sendable {
    /// Any file.
    let any: MediaPolicy

    init(limits: RoomsLimits, previews: PreviewSettings) {
        any = MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: Set(MediaFormat.allCases),
            audioContainers: Set(MediaFormat.allCases), imageFormats: Set(MediaFormat.allCases),
            maximumBytes: limits.maximumFileBytes, computesSHA256: false, thumbnail: previews.thumbnail, waveform: nil)
    }

    /// Whether a file of `kind` may be sent as `type`: as what it is, or as a file.
    func takes(_ kind: MediaKind, as type: String) -> Bool { type == "file" || type == kind.rawValue }
}
