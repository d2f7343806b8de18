/// What judging a stored object by its ranges may cost.
public struct RangeLimits: Sendable {
    /// The bytes of one block, as which the object is read and kept.
    public var blockSize: Int
    /// The most blocks that one request asks for, where an object is read from front to back.
    public var readAhead: Int
    /// How many blocks are kept in memory.
    public var keptBlocks: Int
    /// The most bytes of one object that are read, again and again counted again.
    public var totalBytes: Int

    /// Limits with defaults that suit a store some milliseconds away: an MP4 of any size costs a few blocks, a container
    /// without an index is read whole.
    public init(
        blockSize: Int = 256 << 10, readAhead: Int = 4, keptBlocks: Int = 16, totalBytes: Int = 1 << 30
    ) {
        precondition(blockSize > 0 && readAhead > 0 && keptBlocks >= readAhead)
        self.blockSize = blockSize
        self.readAhead = readAhead
        self.keptBlocks = keptBlocks
        self.totalBytes = totalBytes
    }
}
