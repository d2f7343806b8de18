import CCrypto

// Sendable: OpenSSL reads the key and never changes it after `init`; EVP_PKEY is safe to read from many threads.
/// A public key that signatures are checked against: RSA (at least 2048 bits) or elliptic curve P-256.
public final class PublicKey: @unchecked Sendable {
    /// The families of keys that are taken.
    public enum Kind: Sendable { case rsa, p256 }

    /// Why a key was not taken.
    public enum KeyError: Error, Equatable {
        /// The text is no public key in PEM.
        case notPEM
        /// The key is of another family, on another curve, or shorter than 2048 bits.
        case unsupported
    }

    /// Which family the key belongs to.
    public let kind: Kind
    private let key: OpaquePointer

    /// Reads a key of the form `-----BEGIN PUBLIC KEY-----` (RFC 7468 section 13).
    /// - Throws: ``KeyError``, which says why the key cannot be used.
    public init(pem: String) throws(KeyError) {
        let text = Array(pem.utf8)
        guard let source = BIO_new_mem_buf(text, Int32(text.count)) else { throw .notPEM }
        defer { BIO_free(source) }
        guard let key = PEM_read_bio_PUBKEY(source, nil, nil, nil) else { throw .notPEM }
        self.key = key
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA where EVP_PKEY_get_bits(key) >= 2048: kind = .rsa
        case EVP_PKEY_EC where Self.curve(of: key) == "prime256v1": kind = .p256
        default: throw .unsupported
        }
    }

    deinit { EVP_PKEY_free(key) }

    /// Whether `signature` is this key's SHA-256 signature of `message`: RSASSA-PKCS1-v1_5 for RSA, the 64 bytes of
    /// `r` and `s` for P-256 (RFC 7518 sections 3.3 and 3.4).
    public func isValidSignature(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        let encoded: [UInt8]
        switch kind {
        case .rsa: encoded = signature
        case .p256:
            guard let der = Self.derSignature(signature) else { return false }
            encoded = der
        }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
    }

    private static func curve(of key: OpaquePointer) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { name in
            var length = 0
            guard EVP_PKEY_get_group_name(key, name.baseAddress, name.count, &length) == 1 else { return "" }
            return String(cString: name.baseAddress!)
        }
    }

    /// OpenSSL reads ECDSA signatures in DER; tokens carry the two numbers side by side.
    private static func derSignature(_ raw: [UInt8]) -> [UInt8]? {
        guard raw.count == 64, let signature = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(signature) }
        guard let r = BN_bin2bn(Array(raw[..<32]), 32, nil), let s = BN_bin2bn(Array(raw[32...]), 32, nil),
            ECDSA_SIG_set0(signature, r, s) == 1
        else { return nil }
        var der = [UInt8](repeating: 0, count: Int(i2d_ECDSA_SIG(signature, nil)))
        return der.withUnsafeMutableBufferPointer { buffer -> Bool in
            var end = buffer.baseAddress
            return i2d_ECDSA_SIG(signature, &end) > 0
        } ? der : nil
    }
}
