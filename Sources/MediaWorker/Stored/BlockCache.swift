/// An LRU cache of the blocks of a file, which also decides what to read when a block is missing.
struct BlockCache {
    private let limits: RangeLimits
    private let size: Int
    private var blocks: [Int: [UInt8]] = [:]
    /// The numbers of the cached blocks, the most recently used one last.
    private var order: [Int] = []
    /// The blocks that were requested last: a request that continues behind them is part of a sequential read.
    private var lastRequest = 0..<0

    init(limits: RangeLimits, size: Int) {
        self.limits = limits
        self.size = size
    }

    /// The cached bytes from `offset` to the end of their block; `nil` when that block is not cached.
    mutating func bytes(at offset: Int) -> ArraySlice<UInt8>? {
        guard let bytes = cached(at: offset) else { return nil }
        let number = offset / limits.blockSize
        if order.last != number {
            order.removeAll { $0 == number }
            order.append(number)
        }
        return bytes
    }

    /// The same without counting as a use of the block.
    func cached(at offset: Int) -> ArraySlice<UInt8>? {
        guard let block = blocks[offset / limits.blockSize], offset % limits.blockSize < block.count else { return nil }
        return block[(offset % limits.blockSize)...]
    }

    /// The range to read to get the byte at `offset`: its block, and following ones during a sequential read.
    mutating func request(for offset: Int) -> Range<Int> {
        let number = offset / limits.blockSize
        let isSequential = !lastRequest.isEmpty && lastRequest.upperBound == number
        var count = isSequential ? min(lastRequest.count * 2, limits.readAhead) : 1
        count = (1..<count).first { blocks[number + $0] != nil } ?? count
        lastRequest = number..<number + count
        return number * limits.blockSize..<min((number + count) * limits.blockSize, size)
    }

    /// Caches the bytes that were read at `range`, which begins at the start of a block.
    mutating func insert(_ bytes: [UInt8], at range: Range<Int>) {
        for start in stride(from: 0, to: bytes.count, by: limits.blockSize) {
            let number = (range.lowerBound + start) / limits.blockSize
            blocks[number] = Array(bytes[start..<min(start + limits.blockSize, bytes.count)])
            order.removeAll { $0 == number }
            order.append(number)
        }
        while order.count > limits.cachedBlocks { blocks[order.removeFirst()] = nil }
    }
}
