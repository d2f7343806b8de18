import Crypto
package import Foundation
import JSON

/// What a provider says of a user in an identity token (OpenID Connect Core 1.0, section 2).
package struct Identity: Sendable, Hashable {
    /// The provider's ID of the user.
    package var subject: String
    /// Their e-mail address.
    package var email: String?
    /// Whether the provider has verified that the address is theirs.
    package var isEmailVerified: Bool
}

/// Verifies the identity tokens of one provider: by its keys, for the clients that are configured.
package struct IdentityTokenVerifier: Sendable {
    private let issuers: Set<String>
    private let clients: Set<String>
    private let keys: SigningKeys
    private let now: @Sendable () -> Date

    /// How much the clocks of the provider and of this machine may differ, in seconds.
    private static let tolerance: TimeInterval = 60
    /// The longest token, in bytes.
    private static let maximumLength = 16_384

    /// A verifier.
    /// - Parameters:
    ///   - issuers: the names by which the provider calls itself.
    ///   - clients: the IDs that the provider knows the chat system's apps by.
    package init(
        issuers: Set<String>, clients: Set<String>, keys: SigningKeys, now: @escaping @Sendable () -> Date
    ) {
        self.issuers = issuers
        self.clients = clients
        self.keys = keys
        self.now = now
    }

    /// What the provider says in `token`.
    /// - Throws: ``IdentityTokenError``.
    package func identity(in token: String) async throws(IdentityTokenError) -> Identity {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= Self.maximumLength, parts.count == 3, let header = Self.json(parts[0]),
            let claims = Self.json(parts[1]), let signature = base64URLDecode(parts[2])
        else { throw .invalid }
        guard header["crit"] == nil, let id = header["kid"]?.stringValue, let key = try await keys.key(id),
            header["alg"]?.stringValue == (key.kind == .rsa ? "RS256" : "ES256"),
            key.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8))
        else { throw .invalid }
        let audiences = claims["aud"]?.arrayValue?.compactMap(\.stringValue) ?? [claims["aud"]?.stringValue ?? ""]
        guard issuers.contains(claims["iss"]?.stringValue ?? ""), !clients.isDisjoint(with: audiences) else {
            throw .foreign
        }
        let seconds = now().timeIntervalSince1970
        guard let expiry = claims["exp"]?.doubleValue, seconds < expiry + Self.tolerance,
            seconds + Self.tolerance >= claims["nbf"]?.doubleValue ?? 0
        else { throw .expired }
        guard let subject = claims["sub"]?.stringValue, (1...255).contains(subject.utf8.count) else { throw .invalid }
        // Apple writes it as a text.
        let verified = claims["email_verified"]
        return Identity(
            subject: subject, email: claims["email"]?.stringValue,
            isEmailVerified: verified?.boolValue ?? (verified?.stringValue == "true"))
    }

    private static func json(_ part: some StringProtocol) -> JSONValue? {
        // What is not JSON is no token.
        base64URLDecode(part).flatMap { try? JSONValue(parsing: $0) }
    }
}
