/// One allocation. Its only owner writes it before it is shared (``MutableBuffer``); after that it never changes.
// Sendable: `bytes` is constant, and what it points to is only read once a chunk shows it.
final class Memory: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer
    private let pool: BufferPool?

    init(capacity: Int, pool: BufferPool?) {
        bytes = .allocate(byteCount: capacity, alignment: 16)
        self.pool = pool
    }

    init(recycling bytes: UnsafeMutableRawBufferPointer, pool: BufferPool) {
        self.bytes = bytes
        self.pool = pool
    }

    deinit {
        if let pool { pool.recycle(bytes) } else { bytes.deallocate() }
    }
}
