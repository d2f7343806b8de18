internal import Bytes
internal import HTTPClient
internal import Synchronization

/// Reads a range of an object, and continues where it was when a connection breaks.
final class S3Reading: Sendable {
    private struct State {
        var stream: HTTPClientStream?
        /// The offset in the object of the stream's next byte; `position` is the reader's.
        var arriving: Int
        var position: Int
        /// How often the connection broke since bytes last arrived.
        var failures = 0
    }

    private let object: S3Object
    private let end: Int
    private let connection: S3Connection
    private let state: Mutex<State>

    init(_ opened: OpenedObject, range: Range<Int>, connection: S3Connection) {
        object = opened.object
        end = range.upperBound
        self.connection = connection
        state = Mutex(State(stream: opened.stream, arriving: opened.start, position: range.lowerBound))
    }

    func next() async throws(ObjectStoreError) -> ByteChunk? {
        while true {
            let (stream, position) = state.withLock { ($0.stream, $0.position) }
            guard position < end else {
                // What a store sends beyond the range is ignored.
                state.withLock { $0.stream = nil }
                return nil
            }
            guard let stream else {
                try await reopen(at: position)
                continue
            }
            do throws(HTTPClientError) {
                guard let chunk = try await stream.body.next() else {
                    throw HTTPClientError(.reset, "The response ended before its length.")
                }
                if let wanted = clamped(chunk) { return wanted }
            } catch {
                try await broken(S3Failure(kind: .transport(error), operation: "GetObject"))
            }
        }
    }

    /// The part of `chunk` from the reader's position to the end of the range.
    private func clamped(_ chunk: ByteChunk) -> ByteChunk? {
        state.withLock { state in
            let skipped = min(max(state.position - state.arriving, 0), chunk.count)
            let taken = min(chunk.count - skipped, end - state.position)
            state.arriving += chunk.count
            state.position += taken
            guard taken > 0 else { return nil }
            state.failures = 0
            return chunk[skipped..<skipped + taken]
        }
    }

    private func broken(_ failure: S3Failure) async throws(ObjectStoreError) {
        let failures = state.withLock { state in
            state.stream = nil
            state.failures += 1
            return state.failures
        }
        let delay = connection.configuration.retry.delay(
            attempts: failures, retryAfter: nil, remaining: connection.configuration.deadline,
            jitter: .random(in: 0..<1))
        guard failure.isTransient, let delay else { throw ObjectStoreError(failure, key: object.info.key) }
        do { try await Task.sleep(for: delay) } catch { throw ObjectStoreError(failure, key: object.info.key) }
    }

    private func reopen(at position: Int) async throws(ObjectStoreError) {
        do throws(S3Failure) {
            let opened = try await connection.open(object.info.key, range: position..<end, etag: object.info.etag)
            state.withLock {
                $0.stream = opened.stream
                $0.arriving = opened.start
            }
        } catch {
            guard error.status == 412 else { throw ObjectStoreError(error, key: object.info.key) }
            throw ObjectStoreError(
                .unavailable, "The object \(object.info.key) was replaced while it was read: read it again.",
                cause: error)
        }
    }
}
