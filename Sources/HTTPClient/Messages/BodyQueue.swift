internal import Bytes
internal import Synchronization

/// Buffers a streamed answer between the loop, which receives it, and its reader: at most a window of it.
final class BodyQueue: ResponseSink {
    typealias HeadContinuation = CheckedContinuation<Result<HTTPClientResponseHead, HTTPClientError>, Never>
    typealias ChunkContinuation = CheckedContinuation<Result<ByteChunk?, HTTPClientError>, Never>

    private struct State {
        var head: HeadContinuation?
        var reader: ChunkContinuation?
        var chunks: [ByteChunk] = []
        var count = 0
        var isPaused = false
        var end: Result<Void, HTTPClientError>?
    }

    /// What the reader does next.
    enum NextRead {
        case chunk(ByteChunk, resume: Bool)
        case end(Result<Void, HTTPClientError>)
        case wait
    }

    private let window: Int
    private let state = Mutex(State())

    init(window: Int) { self.window = window }

    /// Sets the continuation that gets the head. Must be called before the transfer starts.
    func deliverHead(to continuation: HeadContinuation) { state.withLock { $0.head = continuation } }

    var isStreamed: Bool { true }

    func receive(head: HTTPClientResponseHead) {
        state.withLock { $0.head.take() }?.resume(returning: .success(head))
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> ReceiveResult {
        let isFull = state.withLock { state in
            state.isPaused = state.count > 0 && state.count + bytes.count > window
            return state.isPaused
        }
        if isFull { return .pause }
        let chunk = ByteChunk(copying: bytes)
        let reader = state.withLock { state in
            if let reader = state.reader.take() { return reader as ChunkContinuation? }
            state.chunks.append(chunk)
            state.count += chunk.count
            return nil
        }
        reader?.resume(returning: .success(chunk))
        return .accepted
    }

    func finish(_ error: HTTPClientError?) {
        let (head, reader) = state.withLock { state in
            state.end = error.map { .failure($0) } ?? .success(())
            return (state.head.take(), state.reader.take())
        }
        head?.resume(returning: .failure(error ?? .missingHead))
        reader?.resume(returning: error.map { .failure($0) } ?? .success(nil))
    }

    /// The next step of the reader. What arrived before a failure is read first.
    func nextRead() -> NextRead {
        state.withLock { state in
            guard !state.chunks.isEmpty else { return state.end.map { .end($0) } ?? .wait }
            let chunk = state.chunks.removeFirst()
            state.count -= chunk.count
            let resume = state.isPaused && state.count <= window / 2
            if resume { state.isPaused = false }
            return .chunk(chunk, resume: resume)
        }
    }

    /// Resumes `continuation` with the next chunk or the end; at once if it arrived since the last ``nextRead()``.
    func wait(_ continuation: ChunkContinuation) {
        let already: Result<ByteChunk?, HTTPClientError>? = state.withLock { state in
            if !state.chunks.isEmpty {
                let chunk = state.chunks.removeFirst()
                state.count -= chunk.count
                return .success(chunk)
            }
            if let end = state.end { return end.map { nil } }
            state.reader = continuation
            return nil
        }
        if let already { continuation.resume(returning: already) }
    }
}
