import Crypto

/// The keys of ImageKit's upload API, as an ImageKit account has them. The private key authenticates the chat server,
/// which signs upload tokens for clients with it.
public struct ImageKitKeys: Sendable {
    /// The public key, which is sent to clients.
    let publicKey: String
    /// The URL endpoint for files that is sent to clients.
    let urlEndpoint: String
    private let privateKey: [UInt8]

    /// Creates keys from configured values.
    public init(publicKey: String, privateKey: String, urlEndpoint: String) {
        self.publicKey = publicKey
        self.privateKey = Array(privateKey.utf8)
        self.urlEndpoint = urlEndpoint
    }

    /// Derives keys from a secret. All nodes that share the secret derive the same keys; the secret cannot be recovered
    /// from them.
    public static func derived(from secret: [UInt8], urlEndpoint: String) -> ImageKitKeys {
        let key = { (name: String) in base64URLEncode(HMAC.sha256("darkroom ImageKit \(name) key".utf8, key: secret)) }
        return ImageKitKeys(
            publicKey: "public_" + key("public"), privateKey: "private_" + key("private"), urlEndpoint: urlEndpoint)
    }

    /// Whether `key` is the private key, compared in constant time.
    func isPrivateKey(_ key: some StringProtocol) -> Bool { constantTimeEquals(Array(key.utf8), privateKey) }

    /// Whether `key` is the public key, compared in constant time.
    func isPublicKey(_ key: String) -> Bool { constantTimeEquals(Array(key.utf8), Array(publicKey.utf8)) }

    /// The signature of a token: hexadecimal HMAC-SHA1 of `token` and `expire`, as ImageKit's documentation defines it.
    /// - Parameter expire: the Unix time of expiry, in seconds.
    func signature(token: String, expire: String) -> String {
        hexEncode(HMAC.insecureSHA1((token + expire).utf8, key: privateKey))
    }

    /// Whether `signature` is the signature of a token, compared in constant time.
    func isSignature(_ signature: String, of token: String, expire: String) -> Bool {
        constantTimeEquals(Array(signature.utf8), Array(self.signature(token: token, expire: expire).utf8))
    }
}
