package import Configuration
package import MediaModel

extension Setting {
    static let renditions = Setting(
        "DARKROOM_RENDITIONS", "LIST", default: "none",
        "the versions that are made of each uploaded video or sound that others cannot play: "
            + RenditionProfile.allCases.map(\.rawValue).joined(separator: ", "),
        details:
            "Each is made after the message was published. Others are made on request. See [renditions.md](renditions.md)."
    )
    static let renditionJobs = Setting(
        "DARKROOM_RENDITION_JOBS", "N", default: "1",
        "renditions that a node makes at once (1 to 64), in processes of their own with the lowest priority")
    static let renditionThreads = Setting(
        "DARKROOM_RENDITION_THREADS", "N", default: "2", "threads that decode, and that encode, one video (1 to 16)")
    static let renditionSeconds = Setting(
        "DARKROOM_RENDITION_SECONDS", "N", default: "600",
        "the longest video or sound of which a rendition is made, in seconds (1 to 86400)")
    static let renditionSize = Setting(
        "DARKROOM_RENDITION_SIZE", "MB", default: "512", "the largest rendition (1 to 65536)",
        details: "It is kept on the disk until it is stored.")
    static let renditionTime = Setting(
        "DARKROOM_RENDITION_TIME", "N", default: "1800",
        "the time limit for making one rendition, in seconds (10 to 86400)")
}

extension SettingGroup {
    /// The settings of renditions.
    package static let renditions = SettingGroup(
        "Renditions",
        [.renditions, .renditionJobs, .renditionThreads, .renditionSeconds, .renditionSize, .renditionTime])
}

/// Which renditions are made, and what that may cost.
public struct RenditionSettings: Sendable {
    /// Those that are made of every upload of their kind.
    package var profiles: [RenditionProfile]
    /// How many a node makes at once.
    package var concurrency: Int
    /// The limits of each.
    package var limits: RenditionLimits

    /// No rendition is made but on request; limits have their defaults.
    public init() {
        profiles = []
        concurrency = 1
        limits = RenditionLimits()
    }

    /// The renditions in the settings.
    /// - Throws: `SettingError` when a setting is not valid.
    package init(_ reader: SettingsReader) throws(SettingError) {
        self.init()
        for name in reader.list(.renditions) ?? [] where name != "none" {
            guard let profile = RenditionProfile(rawValue: name) else {
                throw SettingError(
                    .renditions,
                    "'\(name)' is not one of \(RenditionProfile.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            if !profiles.contains(profile) { profiles.append(profile) }
        }
        if let count = try reader.integer(.renditionJobs, in: 1...64) { concurrency = count }
        if let threads = try reader.integer(.renditionThreads, in: 1...16) { limits.threads = threads }
        if let seconds = try reader.integer(.renditionSeconds, in: 1...86_400) {
            limits.maximumDuration = Double(seconds)
        }
        if let megabytes = try reader.integer(.renditionSize, in: 1...65_536) { limits.maximumBytes = megabytes << 20 }
        if let seconds = try reader.integer(.renditionTime, in: 10...86_400) {
            limits.seconds = Double(seconds)
            // Threads that decode and threads that encode work at the same time.
            limits.processorSeconds = seconds * 2 * limits.threads
        }
    }
}
