/// An immutable run of bytes in reference-counted memory. Copying and slicing share the memory; it is returned to its
/// ``BufferPool`` (or freed) when the last chunk that shows a part of it is gone.
public struct ByteChunk: Sendable {
    private let memory: Memory
    /// The bytes of `memory` that this chunk shows.
    private let range: Range<Int>

    init(memory: Memory, range: Range<Int>) {
        self.memory = memory
        self.range = range
    }

    /// A chunk that holds a copy of `bytes`.
    public init(copying bytes: UnsafeRawBufferPointer) {
        let memory = Memory(capacity: bytes.count, pool: nil)
        memory.bytes.copyMemory(from: bytes)
        self.init(memory: memory, range: 0..<bytes.count)
    }

    /// A chunk that holds a copy of `bytes`.
    public init(_ bytes: some Collection<UInt8>) {
        let memory = Memory(capacity: bytes.count, pool: nil)
        memory.bytes.copyBytes(from: bytes)
        self.init(memory: memory, range: 0..<memory.bytes.count)
    }

    /// The number of bytes.
    public var count: Int { range.count }

    /// Whether there are no bytes.
    public var isEmpty: Bool { range.isEmpty }

    /// The bytes at `bounds`, which count from this chunk's own start. Shares the memory.
    public subscript(bounds: Range<Int>) -> ByteChunk {
        precondition(bounds.lowerBound >= 0 && bounds.upperBound <= count, "slice outside the chunk")
        return ByteChunk(
            memory: memory, range: range.lowerBound + bounds.lowerBound..<range.lowerBound + bounds.upperBound)
    }

    /// Calls `body` with the bytes, which stay valid until it returns.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(rebasing: memory.bytes[range]))
    }
}

extension Array where Element == UInt8 {
    /// A copy of the chunk's bytes.
    public init(_ chunk: ByteChunk) {
        self = chunk.withUnsafeBytes { [UInt8]($0) }
    }
}
