import CCrypto

/// Keyed-hash message authentication (RFC 2104).
public enum HMAC {
    /// HMAC-SHA256 of `message`: 32 bytes.
    public static func sha256(_ message: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        authenticationCode(message, key: key, EVP_sha256())
    }

    /// HMAC-SHA1 of `message`: 20 bytes. Only where a protocol asks for it.
    public static func insecureSHA1(_ message: some Collection<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
        authenticationCode(message, key: key, EVP_sha1())
    }

    private static func authenticationCode(
        _ message: some Collection<UInt8>, key: some Collection<UInt8>, _ algorithm: OpaquePointer?
    ) -> [UInt8] {
        let message = [UInt8](message)
        let key = [UInt8](key)
        var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        CCrypto.HMAC(algorithm, key, Int32(key.count), message, message.count, &result, &count)
        return Array(result.prefix(Int(count)))
    }
}

/// Whether two byte strings are equal, in a time that depends on their length alone.
public func constantTimeEquals(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
    a.count == b.count && CRYPTO_memcmp([UInt8](a), [UInt8](b), a.count) == 0
}
