public import MediaModel

/// A summary of one stream of a container.
public struct StreamSummary: Sendable, Codable {
    /// The type: `"video"`, `"audio"`, `"picture"` (cover art) or `"other"`.
    public var type: String
    /// FFmpeg's name for the codec.
    public var codec: String
    /// The coded size, before rotation and pixel aspect are applied.
    public var dimensions: Dimensions?
    /// The clockwise rotation of the picture for display, in degrees: 0, 90, 180 or 270.
    public var rotation: Int?
    /// The number of audio channels.
    public var channels: Int?
    /// The sample rate that the container states, in Hz.
    public var sampleRate: Int?

    /// Creates a summary.
    public init(
        type: String, codec: String, dimensions: Dimensions? = nil, rotation: Int? = nil, channels: Int? = nil,
        sampleRate: Int? = nil
    ) {
        self.type = type
        self.codec = codec
        self.dimensions = dimensions
        self.rotation = rotation
        self.channels = channels
        self.sampleRate = sampleRate
    }
}
