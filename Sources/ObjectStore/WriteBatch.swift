internal import Bytes

/// Chunks for one `writev`. Large ones are kept without a copy. Small ones are copied together: each may be a few bytes of a
/// large receive buffer, which would stay in memory as long as the chunk does.
struct WriteBatch {
    private var chunks: [ByteChunk] = []
    private var small: [UInt8] = []
    private(set) var count = 0

    /// Chunks below this size are copied.
    static let copiedBelow = 32 << 10

    /// Appends `chunk` at the end.
    mutating func append(_ chunk: ByteChunk) {
        guard !chunk.isEmpty else { return }
        count += chunk.count
        if chunk.count < Self.copiedBelow {
            chunk.withUnsafeBytes { small.append(contentsOf: $0) }
        } else {
            gatherSmall()
            chunks.append(chunk)
        }
    }

    /// Everything in order; the batch is empty after that.
    mutating func take() -> [ByteChunk] {
        gatherSmall()
        defer {
            chunks.removeAll()
            count = 0
        }
        return chunks
    }

    /// Inserts `chunk` at `offset`, which is at most ``count``.
    mutating func insert(_ chunk: ByteChunk, at offset: Int) {
        let all = take()
        var position = 0
        for piece in all {
            let split = min(max(offset - position, 0), piece.count)
            if position <= offset, offset < position + piece.count {
                append(piece[0..<split])
                append(chunk)
                append(piece[split..<piece.count])
            } else {
                append(piece)
            }
            position += piece.count
        }
        if offset == position { append(chunk) }
    }

    private mutating func gatherSmall() {
        guard !small.isEmpty else { return }
        chunks.append(small.withUnsafeBytes { ByteChunk(copying: $0) })
        small.removeAll(keepingCapacity: true)
    }
}
