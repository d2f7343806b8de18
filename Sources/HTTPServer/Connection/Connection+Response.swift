import Bytes
import Synchronization

extension Connection {
    /// Sends the response. It is started on the loop; streams and WebSockets run in the request's task until they end.
    func send(_ response: HTTPResponse, to request: HTTPRequest) async {
        switch response.body {
        case .stream(let stream, let length) where request.method != .head && !response.status.isWithoutBody:
            await send(stream, length: length, of: response)
        case .webSocket(let upgrade):
            switch WebSocketHandshake.accept(request) {
            case .success(let key): await run(upgrade, accepting: key, response.headers)
            case .failure(let rejection):
                // The responder has set which origins may read the response.
                var rejected = rejection.response
                for (name, value) in CORSPolicy.fields(of: response.headers) { rejected.headers.append(name, value) }
                perform { [rejected] in $0.respond(rejected) }
            }
        default: perform { $0.respond(response) }
        }
    }

    /// Writes a response whose body is known, on the loop.
    private func respond(_ response: HTTPResponse) {
        var response = response
        // Only the server itself sends 1xx, and other values are not status codes.
        if !(200...599).contains(response.status.rawValue) { response.status = .internalServerError }
        guard phase == .exchange, let exchange, exchange.state.response == .pending else {
            return release(response.body)
        }
        exchange.held = response.held
        let isHead = exchange.head.method == .head
        let writesBody = !isHead && !response.status.isWithoutBody
        let framing: ResponseHead.Framing
        switch response.body {
        case _ where response.status.isWithoutBody: framing = .none
        case .bytes(let chunk): framing = .length(chunk.count)
        case .file(let region): framing = .length(region.length)
        case .stream(_, let length): framing = length.map { .length($0) } ?? .none
        case .none, .webSocket:
            let declared = response.headers["Content-Length"].flatMap { Int($0) }
            framing = .length(isHead ? declared ?? 0 : 0)
        }
        writeHead(response, framing: framing)
        if case .bytes(let chunk) = response.body, writesBody { output.append(chunk) }
        if case .file(let region) = response.body, writesBody, region.length > 0 {
            file = OutgoingFile(region)
        } else {
            release(response.body)
        }
        responseIsQueued()
    }

    private func writeHead(_ response: HTTPResponse, framing: ResponseHead.Framing) {
        guard let exchange else { return }
        if framing == .connection { exchange.state.responseEndsWithConnection() }
        // A pipelined request is still answered, so this response may not announce the close.
        if core.isShuttingDown && !nextRequestHasArrived { exchange.state.closeAfterwards() }
        let keepAlive = exchange.state.responseBegins()
        let head = ResponseHead(
            status: response.status, fields: response.headers, framing: framing, keepAlive: keepAlive,
            date: loop.dateText, serverName: core.configuration.serverName)
        output.append(ByteChunk(head.bytes))
    }

    /// A file's descriptor may be the last one of a large file: it is never closed on a loop.
    private func release(_ body: ResponseBody) {
        if case .file(let region) = body { OutgoingFile(region).release() }
    }

    /// The whole response is queued: the exchange ends when it has been sent.
    private func responseIsQueued() {
        exchange?.isResponseQueued = true
        flush()
        updateInterest()
    }

    // MARK: Streams

    private func send(_ stream: AnyByteStream, length: Int?, of response: HTTPResponse) async {
        do {
            let isChunked = try await beginStream(response, length: length)
            var left = length
            for try await chunk in stream where !chunk.isEmpty {
                if let remaining = left {
                    guard chunk.count <= remaining else { throw RequestBodyError.malformed }
                    left = remaining - chunk.count
                }
                try await write(isChunked ? ChunkedCoding.encode(chunk) : [chunk])
            }
            guard left == nil || left == 0 else { throw RequestBodyError.malformed }
            perform {
                if isChunked { $0.output.append(ChunkedCoding.end) }
                $0.responseIsQueued()
            }
        } catch {
            // The client must not take a part for the whole, so the connection is closed before the declared end.
            perform { $0.close(because: .clientGone) }
        }
    }

    private func beginStream(_ response: HTTPResponse, length: Int?) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            perform { connection in
                guard connection.phase == .exchange, let exchange = connection.exchange,
                    exchange.state.response == .pending
                else { return continuation.resume(throwing: RequestBodyError.clientGone) }
                let framing: ResponseHead.Framing =
                    length.map { .length($0) } ?? (exchange.head.isHTTP10 ? .connection : .chunked)
                connection.writeHead(response, framing: framing)
                connection.flush()
                connection.updateInterest()
                continuation.resume(returning: framing == .chunked)
            }
        }
    }

    /// Queues bytes for the client; returns when more may be queued.
    func write(_ chunks: [ByteChunk]) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            perform { connection in
                guard connection.phase == .exchange else {
                    return continuation.resume(throwing: RequestBodyError.clientGone)
                }
                chunks.forEach { connection.output.append($0) }
                connection.writers.append(continuation)
                connection.flush()
                connection.updateInterest()
            }
        }
    }
}

/// The chunked transfer coding (RFC 9112 section 7.1).
enum ChunkedCoding {
    static func encode(_ chunk: ByteChunk) -> [ByteChunk] {
        [ByteChunk("\(String(chunk.count, radix: 16))\r\n".utf8), chunk, ByteChunk("\r\n".utf8)]
    }

    static var end: ByteChunk { ByteChunk("0\r\n\r\n".utf8) }
}
