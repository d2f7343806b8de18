import Bytes
import Glibc
import Synchronization

extension Connection {
    /// The responder asks for the body for the first time.
    func bodyAsked(_ bodyQueue: ByteQueue<ByteChunk>) {
        guard phase == .exchange, let exchange, exchange.bodyQueue === bodyQueue, exchange.state.bodyAsked() else {
            return
        }
        output.append(ByteChunk("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        flush()
        takeBodyFromIncoming()
        updateInterest()
    }

    /// The responder has read enough for more to be received.
    func bodyQueueHasSpace(_ bodyQueue: ByteQueue<ByteChunk>) {
        guard let exchange, exchange.bodyQueue === bodyQueue, exchange.isPaused else { return }
        exchange.isPaused = false
        updateInterest()
    }

    /// One read per wake-up, so that a fast client does not delay the others.
    func readBody() {
        guard let exchange else { return }
        var buffer = loop.takeBodyBuffer()
        let capacity = buffer.capacity
        let limit = min(capacity, exchange.remaining ?? capacity)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, limit, 0) }
        guard count > 0 else {
            loop.requeue(buffer)
            if count == 0 || (errno != EAGAIN && errno != EINTR) { close(because: .clientGone) }
            return
        }
        let fed = feed(exchange, buffer.withUnsafeMutableBytes { UnsafeRawBufferPointer(rebasing: $0[..<count]) })
        guard let fed else { return loop.requeue(buffer) }
        // What is left over belongs to the next request.
        if fed.consumed < count {
            buffer.withUnsafeMutableBytes { incoming.append(contentsOf: $0[fed.consumed..<count]) }
        }
        // Few bytes, or many small pieces, are copied into memory of their own size: a slow client must not hold large
        // buffers, and a piece of one byte needs no chunk of its own.
        let total = fed.pieces.reduce(0) { $0 + $1.count }
        if total < capacity / 4 || fed.pieces.count > 16 {
            let chunk = buffer.withUnsafeMutableBytes { joined(fed.pieces, of: UnsafeRawBufferPointer($0), total) }
            loop.requeue(buffer)
            deliver([chunk], to: exchange)
        } else {
            let whole = buffer.freeze(count: count)
            deliver(fed.pieces.map { whole[$0] }, to: exchange)
        }
    }

    /// The body's bytes that came with the head.
    func takeBodyFromIncoming() {
        guard let exchange, !incoming.isEmpty else { return }
        let bytes = incoming
        incoming = []
        bytes.withUnsafeBytes { bytes in
            guard let fed = feed(exchange, bytes) else { return }
            if fed.consumed < bytes.count { incoming = Array(bytes[fed.consumed...]) }
            let total = fed.pieces.reduce(0) { $0 + $1.count }
            deliver([joined(fed.pieces, of: bytes, total)], to: exchange)
        }
    }

    /// Keeps pipelined bytes of the next requests, up to a limit.
    func readPipelined() {
        let bytes = receive(upTo: Self.pipelineLimit - incoming.count) {
            peerHasEnded = true
            exchange?.task?.cancel()
        }
        if let bytes { incoming.append(contentsOf: bytes) }
    }

    private func feed(_ exchange: Exchange, _ bytes: UnsafeRawBufferPointer) -> MessageParser.FeedResult? {
        do throws(RequestBodyError) {
            let fed = try exchange.parser.feed(bytes)
            if let remaining = exchange.remaining { exchange.remaining = remaining - fed.consumed }
            return fed
        } catch {
            bodyFailed(error)
            return nil
        }
    }

    private func joined(_ pieces: [Range<Int>], of bytes: UnsafeRawBufferPointer, _ total: Int) -> ByteChunk {
        if pieces.count == 1 { return ByteChunk(copying: UnsafeRawBufferPointer(rebasing: bytes[pieces[0]])) }
        var result: [UInt8] = []
        result.reserveCapacity(total)
        for piece in pieces { result.append(contentsOf: bytes[piece]) }
        return ByteChunk(result)
    }

    private func deliver(_ chunks: [ByteChunk], to exchange: Exchange) {
        for chunk in chunks where !chunk.isEmpty {
            exchange.bodyRate.moved(chunk.count)
            core.counts.bodyBytes.add(chunk.count, ordering: .relaxed)
            if exchange.bodyQueue.push(chunk, weight: chunk.count) { exchange.isPaused = true }
        }
        guard exchange.parser.isComplete else { return }
        exchange.state.bodyCompleted()
        exchange.bodyQueue.finish()
        if loop.role == .upload { returnToControl { $0.updateInterest() } }
    }

    /// The rest of the body cannot be received. The responder gets the reason and still answers.
    func bodyFailed(_ error: RequestBodyError) {
        guard let exchange else { return }
        exchange.state.bodyFailed()
        exchange.bodyQueue.finish(throwing: error)
    }
}
