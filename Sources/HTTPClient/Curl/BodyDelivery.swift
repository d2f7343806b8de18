internal import Bytes
internal import Concurrency

/// The reader's end of a streamed answer: when it is deallocated, the transfer is aborted.
final class BodyDelivery: Sendable {
    private let queue: BodyQueue
    private let transfer: Transfer
    private let loop: TransferLoop

    init(_ queue: BodyQueue, of transfer: Transfer, on loop: TransferLoop) {
        self.queue = queue
        self.transfer = transfer
        self.loop = loop
    }

    deinit { loop.cancel(transfer) }

    func next() async throws(HTTPClientError) -> ByteChunk? {
        switch queue.nextRead() {
        case .chunk(let chunk, let resume):
            if resume { loop.resume(transfer) }
            return chunk
        case .end(let result):
            try result.get()
            return nil
        case .wait:
            let result = await withCancellableContinuation { continuation in
                queue.wait(continuation)
            } onCancel: {
                loop.cancel(transfer)
            }
            return try result.get()
        }
    }
}
