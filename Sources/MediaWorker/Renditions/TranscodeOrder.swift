import MediaModel

/// A rendition to make, as it is sent to a worker.
struct TranscodeOrder: Codable {
    /// What to make.
    var profile: RenditionProfile
    /// The size of the source, in bytes.
    var size: Int
    /// What making it may cost.
    var limits: RenditionLimits

    /// What is read: stored media have been accepted before, so only the amount of work is limited.
    var inspection: InspectionOrder {
        let containers = Set(MediaFormat.allCases)
        let policy = MediaPolicy(
            kinds: Set(MediaKind.allCases), videoContainers: containers, audioContainers: containers,
            imageFormats: containers, maximumBytes: .max, maximumDuration: limits.maximumDuration,
            deadline: limits.seconds, computesSHA256: false, thumbnail: nil, waveform: nil)
        return InspectionOrder(size: size, policy: policy)
    }
}
