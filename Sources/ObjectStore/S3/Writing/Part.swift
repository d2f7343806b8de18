internal import Bytes
internal import Concurrency

/// A part that is being filled: its chunks, and their hash.
struct Part: Sendable {
    private var batch = WriteBatch()
    /// `nil` where bodies are not signed.
    private let digest: PartDigest?

    /// The number of bytes.
    var count: Int { batch.count }

    init(threads: ThreadPool, isHashed: Bool) { digest = isHashed ? PartDigest(threads: threads) : nil }

    /// Appends `chunk`.
    mutating func append(_ chunk: ByteChunk) {
        guard !chunk.isEmpty else { return }
        digest?.append(chunk)
        batch.append(chunk)
    }

    /// The bytes, where they are not sent as this part.
    mutating func takeChunks() -> [ByteChunk] { batch.take() }

    /// The body of a request, once its hash is known.
    consuming func payload() async -> S3Request.Payload {
        let chunks = batch.take()
        return S3Request.Payload(chunks: chunks, hash: await digest?.finish() ?? S3Request.Payload.emptyHash)
    }
}
