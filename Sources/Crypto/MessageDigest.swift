import CCrypto

/// A digest of an algorithm that a client has chosen, computed incrementally.
public struct MessageDigest: ~Copyable {
    /// The algorithms.
    public enum Algorithm: Sendable, Hashable {
        /// SHA-1 and MD5 protect against errors, not against attackers.
        case sha1, md5
        /// SHA-256.
        case sha256
    }

    private let digest: Digest

    /// An empty digest.
    public init(_ algorithm: Algorithm) {
        digest =
            switch algorithm {
            case .sha1: Digest(EVP_sha1())
            case .md5: Digest(EVP_md5())
            case .sha256: Digest(EVP_sha256())
            }
    }

    /// Appends `bytes` to the input.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

    /// The digest of everything that was appended.
    public consuming func finalize() -> [UInt8] { digest.finalize() }
}
