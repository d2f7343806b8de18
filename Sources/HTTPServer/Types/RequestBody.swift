public import Bytes

/// A request's body: its chunks as they arrive, once. Asking for the first one is what answers `Expect: 100-continue`;
/// not asking for more is what slows the client down.
public struct RequestBody: AsyncSequence, Sendable {
    /// The body's chunks.
    public typealias Element = ByteChunk

    /// The number of bytes the client declared: 0 without a body, `nil` when it is chunked.
    public let declaredLength: Int?
    private let source: Source

    private enum Source: Sendable {
        case none
        case bytes(ByteChunk)
        case mailbox(ByteQueue<ByteChunk>)
    }

    /// No body.
    public static let empty = RequestBody(declaredLength: 0, source: .none)

    private init(declaredLength: Int?, source: Source) {
        self.declaredLength = declaredLength
        self.source = source
    }

    /// A body that is there already. May be iterated again.
    public init(_ bytes: ByteChunk) {
        self.init(declaredLength: bytes.count, source: bytes.isEmpty ? .none : .bytes(bytes))
    }

    init(declaredLength: Int?, mailbox: ByteQueue<ByteChunk>) {
        self.init(declaredLength: declaredLength, source: .mailbox(mailbox))
    }

    /// Goes through the chunks. Throws ``RequestBodyError``, or `CancellationError` when the task is cancelled for
    /// a reason that is not the client's.
    public func makeAsyncIterator() -> AsyncIterator {
        switch source {
        case .none: AsyncIterator(state: .bytes(nil))
        case .bytes(let chunk): AsyncIterator(state: .bytes(chunk))
        case .mailbox(let mailbox): AsyncIterator(state: mailbox.claim() ? .mailbox(mailbox) : .refused)
        }
    }

    /// Ends the body for whoever reads it, who then answers: it throws ``RequestBodyError/givenUp``. From any thread.
    public func giveUp() {
        if case .mailbox(let mailbox) = source { mailbox.finish(throwing: RequestBodyError.givenUp) }
    }

    /// The whole body in memory.
    ///
    /// Throws ``RequestBodyError/tooLarge(limit:)`` beyond `limit` bytes: at once when that many are declared.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        if let declaredLength, declaredLength > limit { throw RequestBodyError.tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        for try await chunk in self {
            guard bytes.count + chunk.count <= limit else { throw RequestBodyError.tooLarge(limit: limit) }
            chunk.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// Goes through the chunks of a body.
    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        fileprivate enum State: Sendable {
            case bytes(ByteChunk?)
            case mailbox(ByteQueue<ByteChunk>)
            case refused
        }
        fileprivate var state: State

        /// The next chunk, waited for; `nil` at the body's end.
        public mutating func next() async throws -> ByteChunk? {
            switch state {
            case .bytes(let chunk):
                state = .bytes(nil)
                return chunk
            case .mailbox(let mailbox): return try await mailbox.next()
            case .refused: throw RequestBodyError.alreadyRead
            }
        }
    }
}
