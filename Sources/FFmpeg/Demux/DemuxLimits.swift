/// What opening and reading a container may cost.
public struct DemuxLimits: Sendable {
    /// The most streams.
    public var streams: Int
    /// The most bytes read to learn what the streams are.
    public var probeBytes: Int
    /// The most pixels in a picture that is decoded to learn what a stream is.
    public var pixels: Int

    /// The bounds of one container.
    public init(streams: Int, probeBytes: Int, pixels: Int) {
        self.streams = streams
        self.pixels = pixels
        self.probeBytes = probeBytes
    }
}
