extension PublicKey {
    /// The keys of a text with one or several `-----BEGIN PUBLIC KEY-----`, in their order. What is between them is ignored.
    /// - Throws: ``KeyError``: `notPEM` when there is none, or a block of another kind (a certificate, a private key); `unsupported` when
    ///   one is of another family, or shorter than 2048 bits.
    public static func list(pem text: String) throws(KeyError) -> [PublicKey] {
        var keys: [PublicKey] = []
        var rest = text[...]
        while let begin = rest.firstRange(of: "-----BEGIN ") {
            let block = rest[begin.lowerBound...]
            guard let end = block.firstRange(of: footer), block.hasPrefix("-----BEGIN PUBLIC KEY-----") else {
                throw .notPEM
            }
            keys.append(try PublicKey(pem: String(block[..<end.upperBound]) + "\n"))
            rest = block[end.upperBound...]
        }
        guard !keys.isEmpty else { throw .notPEM }
        return keys
    }

    private static let footer = "-----END PUBLIC KEY-----"
}
