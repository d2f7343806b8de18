public import ChatBridge
import Crypto
public import Foundation

/// Signs HS256 tokens: for development, and for a chat server's own service token.
public struct TokenSigner: Sendable {
    private let keys: TokenKeyRing

    /// A signer with the first secret that is in the ring when it signs.
    package init(_ keys: TokenKeyRing) { self.keys = keys }

    /// A signer with the service's secret.
    public init(secret: [UInt8]) { self.init(TokenKeyRing(secret: secret)) }

    /// A token for `subject`, valid from `issued` for `lifetime` seconds, or for ever where that is `nil`.
    /// - Parameter account: the dialect of which `subject` has an account; the token is rejected once that is deleted. `nil` for a
    ///   user of the chat server.
    public func token(
        subject: String, name: String? = nil, isVisitor: Bool = false, isService: Bool = false,
        account: Dialect? = nil, issued: Date, lifetime: TimeInterval?
    ) -> String {
        let claims = Claims(
            sub: .init(subject), name: name, userType: isVisitor ? "visitor" : nil, scope: isService ? "service" : nil,
            darkroomAccount: account?.rawValue, exp: lifetime.map { (issued.timeIntervalSince1970 + $0).rounded() },
            nbf: nil,
            iat: issued.timeIntervalSince1970.rounded(.down))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Strings and finite numbers always encode.
        let payload = (try? encoder.encode(claims)) ?? Data()
        let content = base64URLEncode(#"{"alg":"HS256","typ":"JWT"}"#.utf8) + "." + base64URLEncode(payload)
        // A ring without a secret, which no service has, signs with one that no one knows.
        let secret = keys.secrets.first ?? SecureRandom.bytes(32)
        return content + "." + base64URLEncode(HMAC.sha256(content.utf8, key: secret))
    }
}
