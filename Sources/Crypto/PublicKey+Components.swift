import Foundation

extension PublicKey {
    /// An RSA key of its modulus and public exponent, in the order of their significance (RFC 7518 section 6.3.1).
    /// - Throws: ``KeyError``, which says why the key cannot be used.
    public convenience init(rsaModulus modulus: [UInt8], exponent: [UInt8]) throws(KeyError) {
        let numbers = Self.der(0x30, Self.derInteger(modulus) + Self.derInteger(exponent))
        // rsaEncryption, 1.2.840.113549.1.1.1, with parameters NULL (RFC 3279 section 2.3.1).
        let algorithm: [UInt8] = [
            0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]
        try self.init(subjectPublicKeyInfo: Self.der(0x30, algorithm + Self.der(0x03, [0] + numbers)))
    }

    /// A P-256 key of its two coordinates, of 32 bytes each (RFC 7518 section 6.2.1).
    /// - Throws: ``KeyError``, which says why the key cannot be used.
    public convenience init(p256X x: [UInt8], y: [UInt8]) throws(KeyError) {
        guard x.count == 32, y.count == 32 else { throw .unsupported }
        // id-ecPublicKey, 1.2.840.10045.2.1, on prime256v1, 1.2.840.10045.3.1.7 (RFC 5480 section 2.1.1).
        let algorithm: [UInt8] = [
            0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D,
            0x03, 0x01, 0x07,
        ]
        let point = Self.der(0x03, [0, 4] + x + y)
        try self.init(subjectPublicKeyInfo: Self.der(0x30, algorithm + point))
    }

    private convenience init(subjectPublicKeyInfo der: [UInt8]) throws(KeyError) {
        let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        try self.init(pem: "-----BEGIN PUBLIC KEY-----\n\(text)\n-----END PUBLIC KEY-----\n")
    }

    /// A value in DER: tag, length, content (X.690 section 8.1).
    private static func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        guard content.count >= 128 else { return [tag, UInt8(content.count)] + content }
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(rest & 0xFF), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }

    /// A number that is not negative: without zeros before it, but for one where its first bit would be a sign.
    private static func derInteger(_ bytes: [UInt8]) -> [UInt8] {
        let significant = Array(bytes.drop { $0 == 0 })
        let isSigned = (significant.first ?? 0x80) & 0x80 != 0
        return der(0x02, (isSigned ? [0] : []) + significant)
    }
}
