import Bytes
import Crypto
import Synchronization

/// The SHA-256 of a file whose parts arrive in any order, and some more than once: what continues the beginning that was hashed so far is hashed
/// as it comes.
final class PrefixDigest: Sendable {
    private struct State: ~Copyable {
        var digest: SHA256? = SHA256()
        var count = 0
    }

    private let state = Mutex(State())

    /// How many bytes of the file were hashed.
    var count: Int { state.withLock { $0.count } }

    /// Appends those of `bytes`, which begin at `offset`, that continue what was hashed so far.
    func add(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        state.withLock { state in
            let known = state.count - offset
            guard known >= 0, known < bytes.count else { return }
            state.digest?.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[known...]))
            state.count += bytes.count - known
        }
    }

    /// The digest of what was hashed, in lower-case hexadecimal. Nothing can be appended any more.
    func finish() -> String { state.withLock { hexEncode($0.digest.take()?.finalize() ?? []) } }
}
