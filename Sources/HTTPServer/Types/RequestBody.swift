public import Bytes

/// A request's body: its chunks as they arrive, once. Asking for the first one responses `Expect: 100-continue`;
/// not asking for more slows the client down.
public struct RequestBody: AsyncSequence, Sendable {
    /// The body's chunks.
    public typealias Element = ByteChunk

    /// The number of bytes the client declared: 0 without a body, `nil` when it is chunked.
    public let declaredLength: Int?
    private let source: Source
    /// Called with the size of each chunk before it is delivered; what it throws ends the body.
    fileprivate var meter: (@Sendable (Int) async throws -> Void)?
    /// Called with each chunk before it is delivered, and with `nil` at the end; what it throws ends the body.
    fileprivate var observer: (@Sendable (ByteChunk?) throws -> Void)?

    private enum Source: Sendable {
        case none
        case bytes(ByteChunk)
        case bodyQueue(ByteQueue<ByteChunk>)
    }

    /// A request without a body.
    public static let empty = RequestBody(declaredLength: 0, source: .none)

    private init(declaredLength: Int?, source: Source) {
        self.declaredLength = declaredLength
        self.source = source
    }

    /// A body in memory. It may be iterated again.
    public init(_ bytes: ByteChunk) {
        self.init(declaredLength: bytes.count, source: bytes.isEmpty ? .none : .bytes(bytes))
    }

    init(declaredLength: Int?, bodyQueue: ByteQueue<ByteChunk>) {
        self.init(declaredLength: declaredLength, source: .bodyQueue(bodyQueue))
    }

    /// Iterates over the chunks. The iterator throws ``RequestBodyError``, or `CancellationError` when the task is cancelled
    /// for a reason that is not the client's.
    public func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .none: AsyncIterator(state: .bytes(nil), meter: meter, observer: observer)
        case .bytes(let chunk): AsyncIterator(state: .bytes(chunk), meter: meter, observer: observer)
        case .bodyQueue(let bodyQueue):
            AsyncIterator(
                state: bodyQueue.claim() ? .bodyQueue(bodyQueue) : .alreadyClaimed, meter: meter, observer: observer)
        }
    }

    /// Ends the body, to free its resources for another request: its reader gets ``RequestBodyError/evicted`` and still answers. May be called from any thread.
    public func evict() {
        if case .bodyQueue(let bodyQueue) = source { bodyQueue.finish(throwing: RequestBodyError.evicted) }
    }

    /// The whole body in memory.
    /// - Throws: ``RequestBodyError/tooLarge(limit:)`` beyond `limit` bytes, at once when more are declared; otherwise what
    ///   iterating over the body throws.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw RequestBodyError.tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        for try await chunk in self {
            guard bytes.count + chunk.count <= limit else { throw RequestBodyError.tooLarge(limit: limit) }
            chunk.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Iterates over the chunks of a body.
    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        fileprivate enum State: Sendable {
            case bytes(ByteChunk?)
            case bodyQueue(ByteQueue<ByteChunk>)
            case alreadyClaimed
        }
        fileprivate var state: State
        fileprivate let meter: (@Sendable (Int) async throws -> Void)?
        fileprivate let observer: (@Sendable (ByteChunk?) throws -> Void)?

        /// Waits for the next chunk; `nil` at the end of the body.
        /// - Throws: ``RequestBodyError``, or `CancellationError` when the task is cancelled; what the meter and the observers of the body throw.
        public mutating func next() async throws -> ByteChunk? {
            let chunk = try await nextChunk()
            if let meter, let chunk { try await meter(chunk.count) }
            try observer?(chunk)
            return chunk
        }

        private mutating func nextChunk() async throws -> ByteChunk? {
            switch state {
            case .bytes(let chunk):
                state = .bytes(nil)
                return chunk
            case .bodyQueue(let bodyQueue): return try await bodyQueue.next()
            case .alreadyClaimed: throw RequestBodyError.alreadyRead
            }
        }
    }
}

extension HTTPRequest {
    /// This request with a body that calls `meter` with the size of each chunk before it is delivered; what that throws ends the body.
    public func metered(by meter: @escaping @Sendable (_ bytes: Int) async throws -> Void) -> HTTPRequest {
        var request = self
        request.body.meter = meter
        return request
    }

    /// This request with a body that calls `observer` with each chunk before it is delivered, and with `nil` at the end; what that throws ends
    /// the body. Observers that it has already are called before.
    public func observed(by observer: @escaping @Sendable (_ chunk: ByteChunk?) throws -> Void) -> HTTPRequest {
        var request = self
        guard let former = body.observer else {
            request.body.observer = observer
            return request
        }
        request.body.observer = { chunk in
            try former(chunk)
            try observer(chunk)
        }
        return request
    }

    /// This request with a body in memory.
    public func replacingBody(_ bytes: [UInt8]) -> HTTPRequest {
        var request = self
        request.body = RequestBody(ByteChunk(bytes))
        return request
    }
}
