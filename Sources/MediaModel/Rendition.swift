/// A rendition of a medium: made, or to be made.
public struct Rendition: Sendable, Hashable, Codable {
    /// What has become of it.
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// A job is to make it.
        case pending
        /// It is stored.
        case ready
        /// The original itself is such a file: nothing else is stored.
        case original
        /// It cannot be made; ``Rendition/failure`` says why.
        case failed
        /// Its job was cancelled.
        case cancelled
    }

    /// What it is.
    public var profile: RenditionProfile
    /// What has become of it.
    public var status: Status
    /// The ID of the job that makes it, or has made it.
    public var job: String?
    /// The key of its object, once it is stored.
    public var key: String?
    /// The size of its object, in bytes.
    public var fileSize: Int?
    /// The duration in seconds, rounded to milliseconds.
    public var duration: Double?
    /// The size of a video as displayed.
    public var dimensions: Dimensions?
    /// A stable code that says why it cannot be made.
    public var failure: String?

    /// A rendition that is to be made by the job of that ID.
    public init(pending profile: RenditionProfile, job: String) {
        self.profile = profile
        self.job = job
        status = .pending
    }

    /// Whether there is a file that can be played.
    public var isPlayable: Bool { status == .ready || status == .original }
}

extension MediaRecord {
    /// The rendition of a profile, if it was asked for.
    public func rendition(_ profile: RenditionProfile) -> Rendition? { renditions?.first { $0.profile == profile } }

    /// The record with `rendition` in place of another one of its profile.
    public func with(_ rendition: Rendition) -> MediaRecord {
        var record = self
        var renditions = renditions ?? []
        if let index = renditions.firstIndex(where: { $0.profile == rendition.profile }) {
            renditions[index] = rendition
        } else {
            renditions.append(rendition)
        }
        record.renditions = renditions
        return record
    }
}
