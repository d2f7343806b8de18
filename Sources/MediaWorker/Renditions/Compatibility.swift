import FFmpeg
import MediaModel

/// Whether streams of a source can be copied to a rendition, and whether the source is one itself.
struct Compatibility {
    let profile: RenditionProfile
    let limits: RenditionLimits
    let container: MediaFormat
    /// Bits per second of the whole file; `nil` where its duration is not known.
    let fileRate: Double?

    /// The profiles of H.264 that every player knows: baseline, main and high (ISO/IEC 14496-10, annex A.2).
    private static let videoProfiles: Set = [66, 77, 100, 66 | 1 << 9]
    /// Low complexity (ISO/IEC 14496-3).
    private static let lowComplexity = 1
    /// The share of its limit that a frame rate may exceed: rates are means.
    private static let tolerance = 1.02

    /// Whether a video can be copied. Its rotation is kept as the container's, which players apply.
    func canCopy(video: StreamInfo) -> Bool {
        let coding = video.coding
        let rate = coding.rate > 0 ? Double(coding.rate) : fileRate ?? .infinity
        let aspect = video.sampleAspect.value ?? 1
        return container.isBaseMedia && video.codec == "h264" && Self.videoProfiles.contains(coding.profile)
            && coding.isPlainVideo && !coding.isHighDynamicRange && coding.hasHead
            && min(video.width, video.height) <= limits.maximumLines && video.width > 0 && aspect == 1
            && max(video.width, video.height) <= 4 * limits.maximumLines && rate <= Double(limits.maximumRate)
            && coding.frameRate.map { $0 <= limits.maximumFrameRate * Self.tolerance } ?? false
    }

    /// Whether sound can be copied.
    func canCopy(audio: StreamInfo) -> Bool {
        guard (1...2).contains(audio.channels), audio.coding.hasHead else { return false }
        guard profile == .voiceOpus else {
            return container.isBaseMedia && audio.codec == "aac" && audio.coding.profile == Self.lowComplexity
                && (8000...48_000).contains(audio.sampleRate)
        }
        return audio.codec == "opus" && container == .ogg
    }

    /// Whether a source all of whose streams can be copied is such a file already: of the right container, with its index first.
    func isOriginal(_ streams: StreamSelection, boxes: TopLevelBoxes?) -> Bool {
        guard streams.timed.count == streams.all.count else { return false }
        switch profile {
        case .voiceOpus: return container == .ogg
        case .video720p: guard container == .mp4 || container == .m4v else { return false }
        case .voiceM4A: guard container == .m4a || container == .mp4 else { return false }
        }
        guard let boxes, !boxes.isFragmented,
            let index = boxes.boxes.firstIndex(where: { $0.type == "moov" }),
            let media = boxes.boxes.firstIndex(where: { $0.type == "mdat" })
        else { return false }
        return index < media
    }
}
