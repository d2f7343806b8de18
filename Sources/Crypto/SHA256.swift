import CCrypto

// Sendable: OpenSSL's context belongs to one value, which cannot be copied, and to no thread.
/// SHA-256 (FIPS 180-4), computed incrementally.
public struct SHA256: ~Copyable, @unchecked Sendable {
    private let digest: Digest

    /// An empty digest.
    public init() { digest = Digest(EVP_sha256()) }

    /// Appends `bytes` to the input.
    public mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

    /// The 32 bytes of the digest of everything that was appended.
    public consuming func finalize() -> [UInt8] { digest.finalize() }

    /// The digest of `bytes`.
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] { Digest.hash(bytes, EVP_sha256()) }
}

/// SHA-1 (FIPS 180-4): only where a protocol requires it (RFC 6455's handshake, ImageKit's signatures).
public enum InsecureSHA1 {
    /// The 20 bytes of the digest of `bytes`.
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] { Digest.hash(bytes, EVP_sha1()) }
}

/// MD5 (RFC 1321): only where a protocol requires it (S3's `Content-MD5`).
public enum InsecureMD5 {
    /// The 16 bytes of the digest of `bytes`.
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] { Digest.hash(bytes, EVP_md5()) }
}

/// A digest that is being computed: owns OpenSSL's context.
final class Digest {
    private let context: OpaquePointer

    init(_ algorithm: OpaquePointer?) {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, algorithm, nil) == 1 else {
            fatalError("OpenSSL has no memory for a digest")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        darkroom_digest_update(context, bytes.baseAddress, bytes.count)
    }

    func finalize() -> [UInt8] {
        var count: UInt32 = 0
        var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        EVP_DigestFinal_ex(context, &result, &count)
        return Array(result.prefix(Int(count)))
    }

    static func hash(_ bytes: some Collection<UInt8>, _ algorithm: OpaquePointer?) -> [UInt8] {
        let digest = Digest(algorithm)
        [UInt8](bytes).withUnsafeBytes(digest.update)
        return digest.finalize()
    }
}
