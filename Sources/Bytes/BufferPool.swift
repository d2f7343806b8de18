import Synchronization

/// Buffers of one size, used again: a stream of gigabytes runs through a few of them.
public final class BufferPool: Sendable {
    /// The size of every buffer, in bytes.
    public let bufferSize: Int
    /// How many unused buffers are kept; more are freed.
    public let maximumKept: Int

    // The pointers are owned by this list alone while they are in it.
    private struct Free: @unchecked Sendable { var buffers: [UnsafeMutableRawBufferPointer] = [] }
    private let free = Mutex(Free())

    /// A pool of buffers of `bufferSize` bytes that keeps at most `maximumKept` unused ones.
    public init(bufferSize: Int, maximumKept: Int) {
        precondition(bufferSize > 0 && maximumKept >= 0)
        self.bufferSize = bufferSize
        self.maximumKept = maximumKept
    }

    deinit {
        free.withLock { free in free.buffers.forEach { $0.deallocate() } }
    }

    /// A buffer to write into.
    public func take() -> MutableBuffer {
        if let bytes = free.withLock({ SendableBytes($0.buffers.popLast()) }).bytes {
            return MutableBuffer(memory: Memory(recycling: bytes, pool: self))
        }
        return MutableBuffer(memory: Memory(capacity: bufferSize, pool: self))
    }

    func giveBack(_ bytes: UnsafeMutableRawBufferPointer) {
        let given = SendableBytes(bytes)
        let surplus = free.withLock { free in
            guard free.buffers.count < maximumKept, let bytes = given.bytes else { return given }
            free.buffers.append(bytes)
            return SendableBytes(nil)
        }
        surplus.bytes?.deallocate()
    }
}

// A pointer on its way in or out of the pool: whoever holds it is its only owner.
private struct SendableBytes: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer?
    init(_ bytes: UnsafeMutableRawBufferPointer?) { self.bytes = bytes }
}

/// A buffer that one owner fills, then freezes into a ``ByteChunk``.
public struct MutableBuffer: ~Copyable {
    private let memory: Memory

    init(memory: Memory) { self.memory = memory }

    /// The number of bytes it can hold.
    public var capacity: Int { memory.bytes.count }

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
