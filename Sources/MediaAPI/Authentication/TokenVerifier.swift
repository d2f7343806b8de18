public import Crypto
public import Foundation

/// Verifies tokens. An algorithm is accepted only with a key of its kind: a public key is never used as an HMAC secret, and `none` is
/// never accepted.
public struct TokenVerifier: Sendable {
    let keys: TokenKeyRing
    private let now: @Sendable () -> Date

    /// A verifier by the keys that are in the ring when a token is presented.
    public init(_ keys: TokenKeyRing, now: @escaping @Sendable () -> Date = { Date() }) {
        self.keys = keys
        self.now = now
    }

    /// A verifier of HS256 tokens by `secret`, and of RS256 or ES256 tokens by `publicKey`, according to the kind of
    /// key.
    public init(
        secret: [UInt8]?, publicKey: PublicKey? = nil, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(TokenKeyRing(secret: secret, publicKey: publicKey), now: now)
    }

    /// The caller of `token`.
    /// - Throws: ``TokenError`` when the token is malformed, has a wrong algorithm or signature, is not valid at this
    ///   time, is for others, or names no user; when it is a service key that is not known.
    func caller(_ token: some StringProtocol) throws(TokenError) -> Caller {
        if ServiceKeys.isKey(token) {
            guard let name = keys.keys.serviceKeys.name(of: token) else { throw .unknownServiceKey }
            return Caller(service: name)
        }
        let token = try JSONWebToken(token)
        let keys = keys.keys
        try checkSignature(of: token, by: keys)
        if token.algorithm != "HS256" {
            if let issuer = keys.issuer, token.claims.iss?.all != [issuer] { throw .foreign }
            if let audience = keys.audience, token.claims.aud?.all.contains(audience) != true { throw .foreign }
        }
        let seconds = now().timeIntervalSince1970
        if let expiry = token.claims.exp, seconds >= expiry { throw .expired }
        if let start = token.claims.nbf, seconds < start { throw .notYetValid }
        guard let caller = Caller(token.claims) else { throw .anonymous }
        return caller
    }

    private func checkSignature(of token: JSONWebToken, by keys: TokenKeys) throws(TokenError) {
        switch token.algorithm {
        case "HS256":
            guard !keys.secrets.isEmpty else { throw .wrongAlgorithm }
            // Secrets have no IDs: all are tried.
            let isValid = keys.secrets.contains { secret in
                constantTimeEquals(HMAC.sha256(token.signedContent, key: secret), token.signature)
            }
            guard isValid else { throw .wrongSignature }
        case "RS256": try checkSignature(of: token, by: keys.publicKeys.filter { $0.key.kind == .rsa })
        case "ES256": try checkSignature(of: token, by: keys.publicKeys.filter { $0.key.kind == .p256 })
        default: throw .wrongAlgorithm
        }
    }

    /// Checks a signature by the key that the token names, and by those that have no ID; of a token that names none, by all.
    private func checkSignature(of token: JSONWebToken, by keys: [VerificationKey]) throws(TokenError) {
        let isRemote = self.keys.hasRemoteKeys
        guard !keys.isEmpty || isRemote else { throw .wrongAlgorithm }
        let named = token.keyID.map { id in keys.filter { $0.id == id } }
        let candidates = named.map { $0 + keys.filter { $0.id == nil } } ?? keys
        if candidates.contains(where: { $0.key.isValidSignature(token.signature, for: token.signedContent) }) { return }
        // A key at the URL may be newer than what was fetched.
        let isUnknown = named.map { $0.isEmpty && (isRemote || candidates.isEmpty) } ?? candidates.isEmpty
        throw isUnknown ? .unknownKey : .wrongSignature
    }
}
