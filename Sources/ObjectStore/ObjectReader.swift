public import Bytes

/// The bytes of an object, or of a range of it, in order. Single pass: one iterator, one task. Bytes are read as they are
/// asked for. The object stays what it was when it was opened, even if it is deleted or replaced meanwhile.
public struct ObjectReader: AsyncSequence, Sendable {
    /// Some bytes.
    public typealias Element = ByteChunk
    /// The error that may end the bytes.
    public typealias Failure = ObjectStoreError

    /// The object.
    public let info: ObjectInfo
    /// The bytes of it that the sequence delivers.
    public let range: Range<Int>
    private let nextChunk: @Sendable () async throws(ObjectStoreError) -> ByteChunk?

    /// A reader over what `nextChunk` delivers until it returns `nil`: exactly the bytes of `range`.
    public init(
        info: ObjectInfo, range: Range<Int>,
        nextChunk: @escaping @Sendable () async throws(ObjectStoreError) -> ByteChunk?
    ) {
        self.info = info
        self.range = range
        self.nextChunk = nextChunk
    }

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator { Iterator(nextChunk: nextChunk) }

    /// Reads chunk by chunk.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let nextChunk: @Sendable () async throws(ObjectStoreError) -> ByteChunk?

        /// The next bytes, never empty, or `nil` at the end.
        /// - Throws: ``ObjectStoreError/Code/unavailable`` when the bytes cannot be read.
        public mutating func next() async throws(ObjectStoreError) -> ByteChunk? { try await nextChunk() }

        /// The next bytes, never empty, or `nil` at the end.
        /// - Throws: ``ObjectStoreError/Code/unavailable`` when the bytes cannot be read.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ObjectStoreError) -> ByteChunk? { try await nextChunk() }
    }
}
