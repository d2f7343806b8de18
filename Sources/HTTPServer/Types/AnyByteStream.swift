public import Bytes

/// An asynchronous sequence of chunks whose type is hidden.
public struct AnyByteStream: AsyncSequence, Sendable {
    /// The stream's chunks.
    public typealias Element = ByteChunk

    private let make: @Sendable () -> AsyncIterator

    /// The same chunks as `sequence`.
    public init<Base: AsyncSequence & Sendable>(_ sequence: Base) where Base.Element == ByteChunk {
        make = {
            var iterator = sequence.makeAsyncIterator()
            return AsyncIterator { try await iterator.next() }
        }
    }

    /// Iterates from the start, if the underlying sequence can.
    public func makeAsyncIterator() -> AsyncIterator { make() }

    /// Iterates over the chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let advance: () async throws -> ByteChunk?

        /// Waits for the next chunk; `nil` at the end.
        /// - Throws: what the sequence throws.
        public mutating func next() async throws -> ByteChunk? { try await advance() }
    }
}
