import Bytes
import Crypto
public import Foundation

/// A code that opens the console once: who has it gets a service token that ends by itself. It is made by `darkroom console`, with the
/// secret of the service, and is part of a URL that neither servers nor logs see.
public struct ConsoleLink: Sendable {
    /// How long a code can be used, in seconds.
    public static let lifetime: TimeInterval = 300
    /// How long the token is valid that a code is exchanged for, in seconds.
    static let tokenLifetime: TimeInterval = 43_200

    private let keys: TokenKeyRing

    /// Codes of the service with that secret.
    public init(secret: [UInt8]) { self.init(TokenKeyRing(secret: secret)) }

    /// Codes of the service with these secrets: the first signs, and each verifies.
    init(_ keys: TokenKeyRing) { self.keys = keys }

    private static func signature(_ content: some StringProtocol, _ secret: [UInt8]) -> [UInt8] {
        // With a key of its own, so that a code is never valid as anything else.
        HMAC.sha256(content.utf8, key: HMAC.sha256("darkroom console links".utf8, key: secret))
    }

    /// A new code, which can be used until ``lifetime`` seconds after `now`: expiry, random bytes, signature.
    public func code(now: Date) -> String {
        let expires = Int((now.timeIntervalSince1970 + Self.lifetime).rounded(.up))
        let content = "\(expires).\(base64URLEncode(SecureRandom.bytes(18)))"
        return content + "."
            + base64URLEncode(Self.signature(content, keys.secrets.first ?? SecureRandom.bytes(32)))
    }

    /// When `code` ends; `nil` when it was not made with the secret, or has ended.
    func expiry(of code: String, now: Date) -> Date? {
        let parts = code.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let seconds = Int(parts[0]), let signature = base64URLDecode(parts[2]) else {
            return nil
        }
        let content = parts[0] + "." + parts[1]
        guard keys.secrets.contains(where: { constantTimeEquals(Self.signature(content, $0), signature) }) else {
            return nil
        }
        let expires = Date(timeIntervalSince1970: TimeInterval(seconds))
        return expires > now ? expires : nil
    }
}
