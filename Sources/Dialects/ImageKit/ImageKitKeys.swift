import ChatBridge
import Crypto
import Foundation
import HTTPServer

/// The keys of ImageKit's upload API, as an account there has them: whoever holds the private key is the chat server, and
/// lets clients upload by signing tokens with it.
public struct ImageKitKeys: Sendable {
    /// Told to clients.
    let publicKey: String
    /// Where files are served from, as clients are told.
    let urlEndpoint: String
    private let privateKey: [UInt8]

    /// Keys that somebody has chosen.
    public init(publicKey: String, privateKey: String, urlEndpoint: String) {
        self.publicKey = publicKey
        self.privateKey = Array(privateKey.utf8)
        self.urlEndpoint = urlEndpoint
    }

    /// Keys that follow from a secret: the same on all nodes that share it, and they do not tell it.
    public static func derived(from secret: [UInt8], urlEndpoint: String) -> ImageKitKeys {
        let key = { (name: String) in base64URLEncode(HMAC.sha256("darkroom ImageKit \(name) key".utf8, key: secret)) }
        return ImageKitKeys(
            publicKey: "public_" + key("public"), privateKey: "private_" + key("private"), urlEndpoint: urlEndpoint)
    }

    /// Whether a key is the private one.
    func isPrivateKey(_ key: some StringProtocol) -> Bool { constantTimeEquals(Array(key.utf8), privateKey) }

    /// Whether a key is the public one.
    func isPublicKey(_ key: String) -> Bool { constantTimeEquals(Array(key.utf8), Array(publicKey.utf8)) }

    /// The signature of a token: hexadecimal HMAC-SHA1 of `token` and `expire`, as ImageKit's documentation defines it.
    /// - Parameter expire: in seconds since 1970.
    func signature(token: String, expire: String) -> String {
        hexEncode(HMAC.insecureSHA1((token + expire).utf8, key: privateKey))
    }

    /// Whether a signature is that of a token.
    func isSignature(_ signature: String, of token: String, expire: String) -> Bool {
        constantTimeEquals(Array(signature.utf8), Array(self.signature(token: token, expire: expire).utf8))
    }
}

/// A token with which one file may be uploaded: a random UUID and, for a user's, who they are, so that the file will be
/// theirs. The signature covers both.
enum ImageKitToken {
    /// A new token for `user`.
    static func make(for user: String) -> String {
        "\(UUID().uuidString.lowercased()).\(base64URLEncode(Array(user.utf8)))"
    }

    /// Whose the file will be. One that names nobody was signed by the chat server for itself.
    static func owner(of token: String) -> ImageKitOwner {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let bytes = base64URLDecode(parts[1]),
            let user = String(validating: bytes, as: UTF8.self), ChatIdentifier.isValid(user)
        else { return .service }
        return .user(user)
    }
}
