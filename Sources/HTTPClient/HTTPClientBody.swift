public import Bytes

/// The body of a response as it arrives. Single pass: one iterator, one task. While no chunk is asked for, the transfer is
/// paused and the peer has to wait; when the body is deallocated, the transfer is aborted.
public struct HTTPClientBody: AsyncSequence, Sendable {
    /// Some bytes.
    public typealias Element = ByteChunk
    /// The error that may end the body.
    public typealias Failure = HTTPClientError

    private let delivery: BodyDelivery

    init(_ delivery: BodyDelivery) { self.delivery = delivery }

    /// Starts reading.
    public func makeAsyncIterator() -> Iterator { Iterator(delivery: delivery) }

    /// The next bytes, never empty, or `nil` at the end: what the iterator does, for a reader that keeps no iterator.
    /// - Throws: the ``HTTPClientError`` that the transfer ended with, after what arrived before it.
    public func next() async throws(HTTPClientError) -> ByteChunk? { try await delivery.next() }

    /// Reads chunk by chunk.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let delivery: BodyDelivery

        /// The next bytes, never empty, or `nil` at the end.
        /// - Throws: the ``HTTPClientError`` that the transfer ended with.
        public mutating func next() async throws(HTTPClientError) -> ByteChunk? { try await delivery.next() }

        /// The next bytes, never empty, or `nil` at the end.
        /// - Throws: the ``HTTPClientError`` that the transfer ended with.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(HTTPClientError) -> ByteChunk? { try await delivery.next() }
    }
}
