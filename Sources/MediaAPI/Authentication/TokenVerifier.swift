public import Crypto
public import Foundation

/// Verifies tokens. An algorithm is accepted only with the key that was configured for it: a public key is never used
/// as an HMAC secret, and `none` is never accepted.
public struct TokenVerifier: Sendable {
    private let secret: [UInt8]?
    private let publicKey: PublicKey?
    private let now: @Sendable () -> Date

    /// A verifier of HS256 tokens by `secret`, and of RS256 or ES256 tokens by `publicKey`, according to the kind of
    /// key.
    public init(
        secret: [UInt8]?, publicKey: PublicKey? = nil, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.secret = secret
        self.publicKey = publicKey
        self.now = now
    }

    /// The caller of `token`.
    /// - Throws: ``TokenError`` when the token is malformed, has a wrong algorithm or signature, is not valid at this
    ///   time, or names no user.
    func caller(_ token: some StringProtocol) throws(TokenError) -> Caller {
        let token = try JSONWebToken(token)
        try checkSignature(of: token)
        let seconds = now().timeIntervalSince1970
        if let expiry = token.claims.exp, seconds >= expiry { throw .expired }
        if let start = token.claims.nbf, seconds < start { throw .notYetValid }
        guard let caller = Caller(token.claims) else { throw .anonymous }
        return caller
    }

    private func checkSignature(of token: JSONWebToken) throws(TokenError) {
        switch (token.algorithm, publicKey?.kind) {
        case ("HS256", _):
            guard let secret else { throw .wrongAlgorithm }
            let expected = HMAC.sha256(token.signedContent, key: secret)
            guard constantTimeEquals(expected, token.signature) else { throw .wrongSignature }
        case ("RS256", .rsa), ("ES256", .p256):
            guard let publicKey, publicKey.isValidSignature(token.signature, for: token.signedContent) else {
                throw .wrongSignature
            }
        default: throw .wrongAlgorithm
        }
    }
}
