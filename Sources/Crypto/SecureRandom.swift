import CCrypto

/// Cryptographically secure random bytes.
public enum SecureRandom {
    /// `count` bytes of OpenSSL's generator.
    public static func bytes(_ count: Int) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&result, Int32(count)) == 1 else { fatalError("OpenSSL has no entropy") }
        return result
    }
}
