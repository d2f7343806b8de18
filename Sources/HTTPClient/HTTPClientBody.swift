public import Bytes

/// The body of an answer as it arrives. Single pass: one iterator, one task. When nobody asks for more, the transfer is
/// paused and the peer has to wait; when it is let go, the transfer is aborted.
public struct HTTPClientBody: AsyncSequence, Sendable {
    /// Some bytes.
    public typealias Element = ByteChunk
    /// What may go wrong between two chunks.
    public typealias Failure = HTTPClientError

    private let delivery: BodyDelivery

    init(_ delivery: BodyDelivery) { self.delivery = delivery }

    /// Begins to read.
    public func makeAsyncIterator() -> Iterator { Iterator(delivery: delivery) }

    /// The next bytes, never empty, or `nil` at the end: what the iterator does, for a reader that keeps no iterator.
    public func next() async throws(HTTPClientError) -> ByteChunk? { try await delivery.next() }

    /// Reads chunk by chunk.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let delivery: BodyDelivery

        /// The next bytes, never empty, or `nil` at the end.
        public mutating func next() async throws(HTTPClientError) -> ByteChunk? { try await delivery.next() }

        /// The next bytes, never empty, or `nil` at the end.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(HTTPClientError) -> ByteChunk? { try await delivery.next() }
    }
}
