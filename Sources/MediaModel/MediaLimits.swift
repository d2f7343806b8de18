/// Limits of files by kind that are narrower than those of a policy, each with what has set it: the operator's settings, or the fields of a
/// request. Without any, they change nothing.
public struct MediaLimits: Sendable, Codable, Hashable {
    /// One limit.
    public struct Limit<Value: Comparable & Hashable & Codable & Sendable>: Sendable, Codable, Hashable {
        /// The most that is accepted.
        public var value: Value
        /// What has set it, as errors name it: a setting, or the field of a request.
        public var origin: String

        /// A limit that `origin` has set.
        public init(_ value: Value, by origin: String) { (self.value, self.origin) = (value, origin) }

        /// The lower of two limits; the first where they are equal.
        static func lower(_ first: Self, _ second: Self) -> Self { second.value < first.value ? second : first }
    }

    /// The maximum sizes, in bytes.
    public var bytes: [MediaKind: Limit<Int>] = [:]
    /// The maximum durations, in seconds, of video and audio.
    public var seconds: [MediaKind: Limit<Double>] = [:]
    /// The maximum numbers of pixels, of pictures and video frames.
    public var pixels: [MediaKind: Limit<Int>] = [:]
    /// The kinds that are not accepted, with what excludes each.
    public var excludedKinds: [MediaKind: String] = [:]

    /// No limits.
    public init() {}

    /// The size of the largest file of any kind, in bytes, where a policy accepts all kinds up to `maximum`.
    public func largestFile(within maximum: Int) -> Int {
        MediaKind.allCases.filter { excludedKinds[$0] == nil }.map { min(bytes[$0]?.value ?? maximum, maximum) }.max()
            ?? maximum
    }

    /// What both allow.
    public func narrowed(by other: MediaLimits) -> MediaLimits {
        var limits = self
        limits.bytes.merge(other.bytes, uniquingKeysWith: Limit.lower)
        limits.seconds.merge(other.seconds, uniquingKeysWith: Limit.lower)
        limits.pixels.merge(other.pixels, uniquingKeysWith: Limit.lower)
        limits.excludedKinds.merge(other.excludedKinds) { own, _ in own }
        return limits
    }
}
