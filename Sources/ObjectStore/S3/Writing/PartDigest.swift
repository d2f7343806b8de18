internal import Bytes
internal import Concurrency
internal import Crypto
internal import Synchronization

/// The SHA-256 of a part, computed on the pool while the part fills.
final class PartDigest: Sendable {
    private struct State {
        var pending: [ByteChunk] = []
        var pendingCount = 0
        var isRunning = false
        /// Who waits for the end.
        var waiting: CheckedContinuation<String, Never>?
    }

    private let threads: ThreadPool
    private let hasher = Hasher()
    private let state = Mutex(State())

    /// What is worth a trip to the pool, in bytes.
    private static let batch = 1 << 20
    /// What is hashed sooner than it is handed over, in bytes: some 30 µs.
    private static let inlineHashThreshold = 64 << 10

    init(threads: ThreadPool) { self.threads = threads }

    /// Appends bytes to what is hashed.
    func append(_ chunk: ByteChunk) {
        let starts = state.withLock { state in
            state.pending.append(chunk)
            state.pendingCount += chunk.count
            guard !state.isRunning, state.pendingCount >= Self.batch else { return false }
            state.isRunning = true
            return true
        }
        if starts { threads.submit { self.drain() } }
    }

    /// The digest of everything that was appended, in hexadecimal. To be called once, at the end.
    func finish() async -> String {
        await withCheckedContinuation { continuation in
            let (starts, isTrifle) = state.withLock { state in
                state.waiting = continuation
                defer { state.isRunning = true }
                return (!state.isRunning, state.pendingCount <= Self.inlineHashThreshold)
            }
            guard starts else { return }
            if isTrifle { drain() } else { threads.submit { self.drain() } }
        }
    }

    /// Hashes until nothing is left. One at a time.
    private func drain() {
        while true {
            let (chunks, waiting) = state.withLock { state in
                let chunks = state.pending
                state.pending = []
                state.pendingCount = 0
                if chunks.isEmpty { state.isRunning = false }
                return (chunks, chunks.isEmpty ? state.waiting.take() : nil)
            }
            guard chunks.isEmpty else {
                hasher.update(chunks)
                continue
            }
            waiting?.resume(returning: hasher.finish())
            return
        }
    }
}

/// The digest itself.
// Sendable: touched only between setting and clearing `isRunning`, by whoever set it.
private final class Hasher: @unchecked Sendable {
    private var digest: SHA256? = SHA256()

    func update(_ chunks: [ByteChunk]) {
        for chunk in chunks { chunk.withUnsafeBytes { digest?.update(bufferPointer: $0) } }
    }

    func finish() -> String { hexEncode(digest.take()?.finalize() ?? []) }
}
