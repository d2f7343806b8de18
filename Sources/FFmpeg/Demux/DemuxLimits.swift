/// What opening and reading a container may cost.
public struct DemuxLimits: Sendable {
    /// The most streams.
    public var streams: Int
    /// The most bytes read to learn what the streams are.
    public var probeBytes: Int

    /// The bounds of one container.
    public init(streams: Int, probeBytes: Int) {
        self.streams = streams
        self.probeBytes = probeBytes
    }
}
