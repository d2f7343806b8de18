/// Limits on what inspecting a stored object by ranges may cost.
public struct RangeLimits: Sendable {
    /// The size of a block, the unit in which the object is read and cached, in bytes.
    public var blockSize: Int
    /// The maximum number of blocks in one request during a sequential read.
    public var readAhead: Int
    /// The number of blocks that are cached in memory.
    public var cachedBlocks: Int
    /// The maximum number of bytes that are read of one object; bytes that are read twice count twice.
    public var totalBytes: Int

    /// Creates limits; the defaults suit a store with a latency of some milliseconds. An MP4 of any size costs a few blocks, a
    /// container without an index is read whole.
    public init(
        blockSize: Int = 256 << 10, readAhead: Int = 4, cachedBlocks: Int = 16, totalBytes: Int = 1 << 30
    ) {
        precondition(blockSize > 0 && readAhead > 0 && cachedBlocks >= readAhead)
        self.blockSize = blockSize
        self.readAhead = readAhead
        self.cachedBlocks = cachedBlocks
        self.totalBytes = totalBytes
    }
}
