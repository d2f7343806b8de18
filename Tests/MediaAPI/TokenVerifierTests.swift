import ChatBridge
import Crypto
import Foundation
import Testing

@testable import MediaAPI

struct TokenVerifierTests {
    static let secret = Array("a secret of the chat server's own".utf8)
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    let verifier = TokenVerifier(secret: secret, now: { now })

    /// A token of any header and claims, signed with the secret.
    static func token(header: String = #"{"alg":"HS256"}"#, claims: String, key: [UInt8] = secret) -> String {
        let content = base64URLEncode(header.utf8) + "." + base64URLEncode(claims.utf8)
        return content + "." + base64URLEncode(HMAC.sha256(content.utf8, key: key))
    }

    @Test("a token that the signer made names its user")
    func roundTrip() throws {
        let signer = TokenSigner(secret: Self.secret)
        let token = signer.token(subject: "alice", name: "Alice", isVisitor: true, issued: Self.now, lifetime: 60)
        let caller = try verifier.caller(token)
        #expect(caller.user == ChatCaller(id: "alice", name: "Alice", userType: .visitor))
        #expect(!caller.isService && caller.expires == Self.now.addingTimeInterval(60))
    }

    @Test(
        "the user is named in sub, id, _id or userId, as text or as a number",
        arguments: [
            (#"{"sub":"u1"}"#, "u1"), (#"{"id":"u2"}"#, "u2"), (#"{"_id":"u3"}"#, "u3"), (#"{"userId":42}"#, "42"),
            (#"{"sub":"","id":"u4"}"#, "u4"),
        ])
    func names(claims: String, id: String) throws {
        #expect(try verifier.caller(Self.token(claims: claims)).user.id == id)
    }

    @Test("a service is known by its scope alone")
    func service() throws {
        #expect(try verifier.caller(Self.token(claims: #"{"sub":"s","scope":"media service"}"#)).isService)
        #expect(try !verifier.caller(Self.token(claims: #"{"sub":"s","scope":"services"}"#)).isService)
    }

    @Test(
        "a token is rejected that is",
        arguments: [
            ("expired", token(claims: #"{"sub":"a","exp":1800000000}"#), TokenError.expired),
            ("not yet valid", token(claims: #"{"sub":"a","nbf":1800000001}"#), .notYetValid),
            ("signed with another key", token(claims: #"{"sub":"a"}"#, key: [1, 2, 3]), .wrongSignature),
            ("of the algorithm none", token(header: #"{"alg":"none"}"#, claims: #"{"sub":"a"}"#), .wrongAlgorithm),
            (
                "of an algorithm without a key", token(header: #"{"alg":"RS256"}"#, claims: #"{"sub":"a"}"#),
                .wrongAlgorithm
            ),
            ("of an unknown algorithm", token(header: #"{"alg":"HS512"}"#, claims: #"{"sub":"a"}"#), .wrongAlgorithm),
            (
                "critical beyond us", token(header: #"{"alg":"HS256","crit":["b64"]}"#, claims: #"{"sub":"a"}"#),
                .malformed
            ),
            ("without a valid name", token(header: "{\"\u{1}\":1}", claims: #"{"sub":"a"}"#), .malformed),
            ("nobody's", token(claims: #"{"name":"a"}"#), .anonymous),
            ("somebody's with a line break", token(claims: #"{"sub":"a\nb"}"#), .anonymous),
            ("not JSON", token(claims: "alice"), .malformed),
            ("without a signature", "e30.e30.", .malformed),
            ("in two parts", "e30.e30", .malformed),
            ("empty", "", .malformed),
        ])
    func rejected(what: String, token: String, error: TokenError) {
        #expect(throws: error) { try verifier.caller(token) }
    }

    @Test("a token longer than 8 KB is rejected unread")
    func tooLong() {
        let token = Self.token(claims: #"{"sub":"a","name":"\#(String(repeating: "a", count: 9000))"}"#)
        #expect(throws: TokenError.malformed) { try verifier.caller(token) }
    }

    @Test("a token with one letter of its claims changed is rejected")
    func changed() throws {
        let token = Self.token(claims: #"{"sub":"alice"}"#)
        let other = token.replacing(
            base64URLEncode(#"{"sub":"alice"}"#.utf8), with: base64URLEncode(#"{"sub":"alicf"}"#.utf8))
        #expect(other != token)
        #expect(throws: TokenError.wrongSignature) { try verifier.caller(other) }
    }

    @Test("an RSA public key is never taken as an HMAC secret, nor ES256 with an RSA key")
    func confusion() throws {
        let pem = try OpenSSL.publicKey(algorithm: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]).pem
        let verifier = TokenVerifier(secret: nil, publicKey: try PublicKey(pem: pem), now: { Self.now })
        let forged = Self.token(claims: #"{"sub":"admin"}"#, key: Array(pem.utf8))
        #expect(throws: TokenError.wrongAlgorithm) { try verifier.caller(forged) }
        let other = Self.token(header: #"{"alg":"ES256"}"#, claims: #"{"sub":"admin"}"#)
        #expect(throws: TokenError.wrongAlgorithm) { try verifier.caller(other) }
    }

    @Test("RS256 tokens are accepted by public key, and rejected once a letter changes")
    func rs256() throws {
        let key = try OpenSSL.publicKey(algorithm: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        let verifier = TokenVerifier(secret: nil, publicKey: try PublicKey(pem: key.pem), now: { Self.now })
        let content = base64URLEncode(#"{"alg":"RS256"}"#.utf8) + "." + base64URLEncode(#"{"sub":"alice"}"#.utf8)
        let signature = try key.sign(content)
        #expect(try verifier.caller(content + "." + base64URLEncode(signature)).user.id == "alice")
        let other = base64URLEncode(#"{"alg":"RS256"}"#.utf8) + "." + base64URLEncode(#"{"sub":"alicf"}"#.utf8)
        #expect(throws: TokenError.wrongSignature) {
            try verifier.caller(other + "." + base64URLEncode(signature))
        }
    }

    @Test("keys that are too short, on another curve or no keys are not taken")
    func keys() throws {
        let short = try OpenSSL.publicKey(algorithm: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"]).pem
        #expect(throws: PublicKey.KeyError.unsupported) { try PublicKey(pem: short) }
        let curve = try OpenSSL.publicKey(algorithm: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]).pem
        #expect(throws: PublicKey.KeyError.unsupported) { try PublicKey(pem: curve) }
        #expect(throws: PublicKey.KeyError.notPEM) { try PublicKey(pem: "secret") }
    }
}
