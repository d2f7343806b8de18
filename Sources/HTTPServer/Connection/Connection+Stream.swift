import Bytes
import Synchronization

extension Connection {
    /// Starts a response whose body is written by a handler, until that returns. The handler has a task of its own, which takes
    /// the place of the request's: see ``start(_:accepting:_:)``.
    func start(_ stream: ResponseStream, _ response: HTTPResponse, priority: TaskPriority) {
        guard beginStream(response), let exchange else { return }
        let task = Task(priority: priority) {
            await stream.handler(ResponseWriter(sender: self))
            perform { $0.endStream() }
        }
        if exchange.task?.isCancelled ?? false { task.cancel() }
        exchange.task = task
    }

    /// Writes the head. Returns whether a body follows.
    private func beginStream(_ response: HTTPResponse) -> Bool {
        guard phase == .exchange, let exchange, exchange.state.response == .pending else { return false }
        guard exchange.head.method != .head, !response.status.isWithoutBody else {
            respond(HTTPResponse(status: response.status, headers: response.headers))
            return false
        }
        // Without a coding that delimits it, the end of the connection ends the body (RFC 9112, section 6.3).
        if exchange.head.isHTTP10 { exchange.state.closeAfterwards() }
        exchange.held = response.held
        exchange.streams = exchange.head.isHTTP10 ? .untilClose : .chunked
        writeHead(response, framing: exchange.head.isHTTP10 ? .none : .chunked)
        flush()
        updateInterest()
        return true
    }

    private func endStream() {
        guard phase == .exchange, let exchange, let streams = exchange.streams else { return }
        exchange.streams = nil
        if streams == .chunked { output.append(ByteChunk("0\r\n\r\n".utf8)) }
        responseIsQueued()
    }

    private func write(_ chunk: ByteChunk, then continuation: CheckedContinuation<Void, any Error>) {
        guard phase == .exchange, let streams = exchange?.streams else {
            return continuation.resume(throwing: RequestBodyError.clientGone)
        }
        guard !chunk.isEmpty else { return continuation.resume() }
        if streams == .chunked { output.append(ByteChunk((String(chunk.count, radix: 16) + "\r\n").utf8)) }
        output.append(chunk)
        if streams == .chunked { output.append(ByteChunk("\r\n".utf8)) }
        writers.append(continuation)
        flush()
        updateInterest()
    }
}

extension Connection: ResponseSender {
    func write(_ chunk: ByteChunk) async throws {
        try await withCheckedThrowingContinuation { continuation in
            perform { $0.write(chunk, then: continuation) }
        }
    }

    func abort() {
        perform { connection in
            guard connection.phase == .exchange, connection.exchange?.streams != nil, !connection.writers.isEmpty else {
                return
            }
            connection.close(because: .tooSlow)
        }
    }
}
