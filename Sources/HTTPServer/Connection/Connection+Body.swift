import Bytes
import Glibc
import Synchronization

extension Connection {
    /// The responder asks for the body for the first time.
    func bodyRequested(_ bodyQueue: ByteQueue<ByteChunk>) {
        guard phase == .exchange, let exchange, exchange.bodyQueue === bodyQueue, exchange.state.bodyRequested() else {
            return
        }
        output.append(ByteChunk("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        flush()
        deliverBufferedBody()
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
        var buffer = loop.acquireBodyBuffer()
        let capacity = buffer.capacity
        let limit = min(capacity, exchange.remaining ?? capacity)
        let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, limit, 0) }
        guard count > 0 else {
            loop.requeue(buffer)
            if count == 0 || (errno != EAGAIN && errno != EINTR) { close(because: .clientGone) }
            return
        }
        let result = feed(exchange, buffer.withUnsafeMutableBytes { UnsafeRawBufferPointer(rebasing: $0[..<count]) })
        guard let result else { return loop.requeue(buffer) }
        // What is left over belongs to the next request.
        if result.consumed < count {
            buffer.withUnsafeMutableBytes { incoming.append(contentsOf: $0[result.consumed..<count]) }
        }
        // Few bytes, or many small pieces, are copied into memory of their own size: a slow client must not hold large
        // buffers, and a piece of one byte needs no chunk of its own.
        let total = result.pieces.reduce(0) { $0 + $1.count }
        if total < capacity / 4 || result.pieces.count > 16 {
            let chunk = buffer.withUnsafeMutableBytes { joined(result.pieces, of: UnsafeRawBufferPointer($0), total) }
            loop.requeue(buffer)
            deliver([chunk], to: exchange)
        } else {
            let whole = buffer.freeze(count: count)
            deliver(result.pieces.map { whole[$0] }, to: exchange)
        }
    }

    /// Delivers the body's bytes that arrived with the head.
    func deliverBufferedBody() {
        guard let exchange, !incoming.isEmpty else { return }
        let bytes = incoming
        incoming = []
        bytes.withUnsafeBytes { bytes in
            guard let result = feed(exchange, bytes) else { return }
            if result.consumed < bytes.count { incoming = Array(bytes[result.consumed...]) }
            let total = result.pieces.reduce(0) { $0 + $1.count }
            deliver([joined(result.pieces, of: bytes, total)], to: exchange)
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
            let result = try exchange.parser.feed(bytes)
            if let remaining = exchange.remaining { exchange.remaining = remaining - result.consumed }
            return result
        } catch {
            bodyFailed(error)
            return nil
        }
    }

    private func joined(_ pieces: [Range<Int>], of bytes: UnsafeRawBufferPointer, _ total: Int) -> ByteChunk {
        if pieces.count == 1 { return ByteChunk(copying: UnsafeRawBufferPointer(rebasing: bytes[pieces[0]])) }
        var bytesOfPieces: [UInt8] = []
        bytesOfPieces.reserveCapacity(total)
        for piece in pieces { bytesOfPieces.append(contentsOf: bytes[piece]) }
        return ByteChunk(bytesOfPieces)
    }

    private func deliver(_ chunks: [ByteChunk], to exchange: Exchange) {
        for chunk in chunks where !chunk.isEmpty {
            exchange.bodyRate.moved(chunk.count)
            core.counts.bodyBytes.add(chunk.count, ordering: .relaxed)
            exchange.access?.receivedBytes += chunk.count
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
