public import MediaModel

/// What a worker made.
public struct Transcoding: Sendable, Hashable, Codable {
    /// How a rendition comes about.
    public enum Outcome: String, Sendable, Codable {
        /// The source itself is such a file: nothing was written.
        case original
        /// The streams were copied to another container.
        case copied
        /// At least one stream was encoded.
        case encoded
    }

    /// How it came about.
    public var outcome: Outcome
    /// The duration in seconds.
    public var duration: Double
    /// The size of a video as displayed.
    public var dimensions: Dimensions?

    /// A result; see the properties.
    public init(outcome: Outcome, duration: Double, dimensions: Dimensions? = nil) {
        self.outcome = outcome
        self.duration = duration
        self.dimensions = dimensions
    }
}

extension Transcoding {
    /// Checks what a worker reports against what it was to make: it may have been taken over by the file.
    /// - Throws: ``IPCError/malformed(_:)`` unless the order can have led to it.
    func validate(against order: TranscodeOrder) throws(IPCError) {
        // The last frame begins within the limit.
        guard duration.isFinite, (0...order.limits.maximumDuration + 60).contains(duration) else {
            throw .malformed("a rendition of \(duration) s")
        }
        let sides = 1...order.limits.maximumLines * 64
        if let dimensions, !sides.contains(dimensions.width) || !sides.contains(dimensions.height) {
            throw .malformed("a rendition of \(dimensions.width) × \(dimensions.height)")
        }
    }
}
