import Crypto
import Foundation

/// JSON Web Tokens signed in the test process: starting `darkroom token` for each would take longer than most calls.
enum TestToken {
    /// A token with these claims, valid from now, signed by HS256 (RFC 7515, section 3).
    static func signed(_ claims: [String: Any], lifetime: Double, secret: String) throws -> String {
        let now = Date().timeIntervalSince1970.rounded(.down)
        let times: [String: Any] = ["iat": now, "exp": now + lifetime]
        let payload = try JSONSerialization.data(withJSONObject: claims.merging(times) { own, _ in own })
        let content = base64URLEncode(#"{"alg":"HS256","typ":"JWT"}"#.utf8) + "." + base64URLEncode(payload)
        return content + "." + base64URLEncode(HMAC.sha256(content.utf8, key: Array(secret.utf8)))
    }
}
