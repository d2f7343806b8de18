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
        /// The task that waits for the digest.
        var waiting: CheckedContinuation<String, Never>?
    }

    private let threads: ThreadPool
    private let hasher = Hasher()
    private let state = Mutex(State())

    /// From how many bytes on a job on the pool is worth its cost.
    private static let batch = 1 << 20
    /// Up to how many bytes hashing here is faster than on the pool: it takes some 30 µs.
    private static let inlineHashThreshold = 64 << 10

    init(threads: ThreadPool) { self.threads = threads }

    /// Appends bytes to the input.
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

    /// The digest of everything that was appended, in hexadecimal. Must be called once, at the end.
    func finish() async -> String {
        await withCheckedContinuation { continuation in
            let (starts, isSmall) = state.withLock { state in
                state.waiting = continuation
                defer { state.isRunning = true }
                return (!state.isRunning, state.pendingCount <= Self.inlineHashThreshold)
            }
            guard starts else { return }
            if isSmall { drain() } else { threads.submit { self.drain() } }
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
// Sendable: used only between setting and clearing `isRunning`, by the thread that set it.
private final class Hasher: @unchecked Sendable {
    private var digest: SHA256? = SHA256()

    func update(_ chunks: [ByteChunk]) {
        for chunk in chunks { chunk.withUnsafeBytes { digest?.update(bufferPointer: $0) } }
    }

    func finish() -> String { hexEncode(digest.take()?.finalize() ?? []) }
}
