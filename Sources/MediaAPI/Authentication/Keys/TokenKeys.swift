package import Crypto

/// A public key that tokens are verified by.
package struct VerificationKey: Sendable {
    /// The ID by which tokens name it (`kid`, RFC 7515 section 4.1.4); `nil` for a key that has none.
    package var id: String?
    /// The key.
    package var key: PublicKey
}

/// The keys in the settings by which tokens are verified, as they are at one moment.
public struct TokenKeys: Sendable {
    /// The secrets that verify HS256 tokens. The first one also signs.
    public var secrets: [[UInt8]]
    /// The keys that verify RS256 and ES256 tokens, according to their kind.
    package var publicKeys: [VerificationKey]
    /// The keys that are service tokens themselves.
    package var serviceKeys: ServiceKeys
    /// Whom RS256 and ES256 tokens must be for (`aud`) and from (`iss`): an identity provider signs for others, too; `nil` for anyone.
    package var audience: String?
    package var issuer: String?

    package init(
        secrets: [[UInt8]], publicKeys: [VerificationKey] = [], serviceKeys: ServiceKeys = ServiceKeys()
    ) {
        self.secrets = secrets
        self.publicKeys = publicKeys
        self.serviceKeys = serviceKeys
    }
}
