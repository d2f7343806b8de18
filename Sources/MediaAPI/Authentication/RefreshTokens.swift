import Crypto
package import Foundation
import JSON

/// Tokens by which a user gets new access tokens, each once. They are signed by a key of their own: none is an access token.
package struct RefreshTokens: Sendable {
    /// A token that was presented.
    package struct Presented: Sendable, Hashable {
        /// The user whose it is.
        package var user: String
        /// By what it is remembered that it was used.
        package var id: String
        /// What it has in common with all tokens that were made of one login, each by exchanging the one before it.
        package var login: String
        /// When it expires.
        package var expires: Date
    }

    private let purpose: String
    private let keys: TokenKeyRing
    /// In seconds.
    package let lifetime: TimeInterval
    private static let header = base64URLEncode(#"{"alg":"HS256","typ":"refresh+jwt"}"#.utf8)

    /// The tokens of a dialect.
    /// - Parameters:
    ///   - purpose: distinguishes the tokens from everything else that is signed with keys of this secret.
    ///   - secret: the secret of the service.
    ///   - lifetime: in seconds.
    package init(purpose: String, secret: [UInt8], lifetime: TimeInterval) {
        self.init(purpose: purpose, keys: TokenKeyRing(secret: secret), lifetime: lifetime)
    }

    /// The tokens of a dialect, signed with a key of the first secret in `keys`, and valid if signed with one of any.
    package init(purpose: String, keys: TokenKeyRing, lifetime: TimeInterval) {
        self.purpose = purpose
        self.keys = keys
        self.lifetime = lifetime
    }

    /// The signature of a token with a key of `secret`.
    private func signature(_ content: String, _ secret: [UInt8]) -> [UInt8] {
        HMAC.sha256(content.utf8, key: HMAC.sha256(purpose.utf8, key: secret))
    }

    /// A new token.
    /// - Parameter login: that of the token that it replaces; `nil` for a new one.
    package func make(for user: String, login: String? = nil, at date: Date) -> String {
        let id = hexEncode(SecureRandom.bytes(16))
        let claims: JSONValue = [
            "sub": .string(user), "jti": .string(id), "login": .string(login ?? id),
            "exp": .integer(Int(date.timeIntervalSince1970 + lifetime)),
        ]
        let content = Self.header + "." + base64URLEncode(claims.encoded())
        return content + "." + base64URLEncode(signature(content, keys.secrets.first ?? SecureRandom.bytes(32)))
    }

    /// What a token says; `nil` when it is none of these, or has expired.
    package func read(_ token: String, at date: Date) -> Presented? {
        guard token.utf8.count <= 4096 else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.header, let signature = base64URLDecode(parts[2]),
            keys.secrets.contains(where: {
                constantTimeEquals(self.signature("\(parts[0]).\(parts[1])", $0), signature)
            }),
            // What is not JSON is no token of these.
            let claims = base64URLDecode(parts[1]).flatMap({ try? JSONValue(parsing: $0) }),
            let user = claims["sub"]?.stringValue, let id = claims["jti"]?.stringValue,
            let expiry = claims["exp"]?.doubleValue, date.timeIntervalSince1970 < expiry
        else { return nil }
        // Tokens of earlier versions name no login: each is the first of its own.
        let login = claims["login"]?.stringValue ?? id
        return Presented(user: user, id: id, login: login, expires: Date(timeIntervalSince1970: expiry))
    }
}
