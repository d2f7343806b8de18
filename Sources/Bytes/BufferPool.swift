import Synchronization

/// Reusable buffers of one size: a stream of gigabytes needs a few of them.
public final class BufferPool: Sendable {
    /// The size of every buffer, in bytes.
    public let bufferSize: Int
    /// How many unused buffers are kept; more are freed at once.
    public let maximumKept: Int

    // Sendable: while a pointer is in the list, the list is its only owner; the list is behind a mutex.
    private struct Free: @unchecked Sendable {
        var buffers: [UnsafeMutableRawBufferPointer] = []
        /// How many of them were not needed since the last ``BufferPool/trim()``.
        var unneeded = 0
    }
    private let free = Mutex(Free())

    /// A pool of buffers of `bufferSize` bytes. It keeps `maximumKept` unused ones; where that is unlimited, ``trim()`` should be
    /// called from time to time.
    public init(bufferSize: Int, maximumKept: Int = .max) {
        precondition(bufferSize > 0 && maximumKept >= 0)
        self.bufferSize = bufferSize
        self.maximumKept = maximumKept
    }

    deinit {
        free.withLock { free in free.buffers.forEach { $0.deallocate() } }
    }

    /// A buffer to write into.
    public func acquire() -> MutableBuffer {
        let used = free.withLock { free in
            let bytes = SendableBytes(free.buffers.popLast())
            free.unneeded = min(free.unneeded, free.buffers.count)
            return bytes
        }
        if let bytes = used.bytes {
            return MutableBuffer(memory: Memory(recycling: bytes, pool: self))
        }
        return MutableBuffer(memory: Memory(capacity: bufferSize, pool: self))
    }

    func recycle(_ bytes: UnsafeMutableRawBufferPointer) {
        let returned = SendableBytes(bytes)
        let excess = free.withLock { free in
            guard free.buffers.count < maximumKept, let bytes = returned.bytes else { return returned }
            free.buffers.append(bytes)
            return SendableBytes(nil)
        }
        excess.bytes?.deallocate()
    }

    /// The number of unused buffers.
    var unused: Int { free.withLock { $0.buffers.count } }

    /// Frees the buffers that were not needed since the last call. New memory costs as much as receiving into it, so buffers are
    /// kept; unused ones would be missing elsewhere.
    public func trim() {
        let excess = free.withLock { free in
            let excess = Free(buffers: Array(free.buffers.prefix(free.unneeded)))
            free.buffers.removeFirst(free.unneeded)
            free.unneeded = free.buffers.count
            return excess
        }
        excess.buffers.forEach { $0.deallocate() }
    }
}

// Sendable: a pointer that enters or leaves the pool has one owner at any time.
private struct SendableBytes: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer?
    init(_ bytes: UnsafeMutableRawBufferPointer?) { self.bytes = bytes }
}

/// A buffer that one owner fills, then freezes into a ``ByteChunk``.
public struct MutableBuffer: ~Copyable {
    private let memory: Memory

    /// The number of bytes it can hold. (Stored: Swift 6.0 crashes on a computed property of a noncopyable structure.)
    public let capacity: Int

    init(memory: Memory) {
        self.memory = memory
        capacity = memory.bytes.count
    }

    /// Calls `body` with the memory, all of it writable.
    public mutating func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(memory.bytes)
    }

    /// The first `count` bytes, never to be written again.
    public consuming func freeze(count: Int) -> ByteChunk {
        precondition(count <= memory.bytes.count, "more bytes than the buffer holds")
        return ByteChunk(memory: memory, range: 0..<count)
    }
}
