/// The blocks of a file that were read last, and what to read when one is missing.
struct BlockCache {
    private let limits: RangeLimits
    private let size: Int
    private var blocks: [Int: [UInt8]] = [:]
    /// The numbers of the blocks, the one used last behind.
    private var order: [Int] = []
    /// The blocks that were asked for last: whoever goes on behind them reads from front to back.
    private var lastRequest = 0..<0

    init(limits: RangeLimits, size: Int) {
        self.limits = limits
        self.size = size
    }

    /// The bytes that are there from `offset` on, as far as their block goes.
    mutating func bytes(at offset: Int) -> ArraySlice<UInt8>? {
        let number = offset / limits.blockSize
        guard let block = blocks[number], offset % limits.blockSize < block.count else { return nil }
        if order.last != number {
            order.removeAll { $0 == number }
            order.append(number)
        }
        return block[(offset % limits.blockSize)...]
    }

    /// The range to read for the sake of the byte at `offset`: its block, and more where the last ones were in order.
    mutating func request(for offset: Int) -> Range<Int> {
        let number = offset / limits.blockSize
        let isInOrder = !lastRequest.isEmpty && lastRequest.upperBound == number
        var count = isInOrder ? min(lastRequest.count * 2, limits.readAhead) : 1
        count = (1..<count).first { blocks[number + $0] != nil } ?? count
        lastRequest = number..<number + count
        return number * limits.blockSize..<min((number + count) * limits.blockSize, size)
    }

    /// Keeps what was read at `range`, which begins with a block.
    mutating func insert(_ bytes: [UInt8], at range: Range<Int>) {
        for start in stride(from: 0, to: bytes.count, by: limits.blockSize) {
            let number = (range.lowerBound + start) / limits.blockSize
            blocks[number] = Array(bytes[start..<min(start + limits.blockSize, bytes.count)])
            order.removeAll { $0 == number }
            order.append(number)
        }
        while order.count > limits.keptBlocks { blocks[order.removeFirst()] = nil }
    }
}
