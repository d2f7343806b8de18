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

    /// Starts again, if the sequence beneath can.
    public func makeAsyncIterator() -> AsyncIterator { make() }

    /// Goes through the chunks.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let advance: () async throws -> ByteChunk?

        /// The next chunk, waited for.
        public mutating func next() async throws -> ByteChunk? { try await advance() }
    }
}
