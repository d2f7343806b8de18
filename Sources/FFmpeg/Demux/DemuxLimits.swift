/// Limits on opening and reading a container.
public struct DemuxLimits: Sendable {
    /// The maximum number of streams.
    public var streams: Int
    /// The maximum number of bytes that are read to identify the streams.
    public var probeBytes: Int
    /// The maximum number of pixels in a picture that is decoded to identify a stream.
    public var pixels: Int

    /// Creates limits.
    public init(streams: Int, probeBytes: Int, pixels: Int) {
        self.streams = streams
        self.pixels = pixels
        self.probeBytes = probeBytes
    }
}
