import ChatBridge
import Crypto
import Foundation
import Logging
import Synchronization
import TestPrograms
import TestSupport
import Testing

@testable import MediaAPI

@Suite("Keys of tokens")
struct TokenKeysTests {
    private static let (first, second) = (Array("the first secret of all".utf8), Array("the second secret".utf8))
    private static let claims: [String: any Sendable] = ["sub": "ann"]

    private func verifier(_ keys: TokenKeys) -> (TokenKeyRing, TokenVerifier) {
        let ring = TokenKeyRing(keys)
        return (ring, TokenVerifier(ring))
    }

    private func error(_ token: String, by verifier: TokenVerifier) -> TokenError? {
        thrown(TokenError.self) { _ = try verifier.caller(token) }
    }

    @Test("each of several secrets verifies, the first signs, and a removed one is rejected from then on")
    func secrets() throws {
        let (ring, verifier) = verifier(TokenKeys(secrets: [Self.first, Self.second]))
        let signer = TokenSigner(ring)
        let old = signer.token(subject: "ann", issued: Date(), lifetime: 60)
        #expect(try TokenVerifier(secret: Self.first).caller(old).user.id == "ann")
        let other = TokenSigner(secret: Self.second).token(subject: "ben", issued: Date(), lifetime: 60)
        #expect(try verifier.caller(other).user.id == "ben")
        ring.replace(TokenKeys(secrets: [Self.second]))
        #expect(error(old, by: verifier) == .wrongSignature)
        let new = signer.token(subject: "ann", issued: Date(), lifetime: 60)
        #expect(try TokenVerifier(secret: Self.second).caller(new).user.id == "ann")
    }

    @Test(
        "refresh tokens and links to the console that the former first secret has signed are valid while it is in the list"
    )
    func derived() throws {
        let ring = TokenKeyRing(TokenKeys(secrets: [Self.first]))
        let (refresh, link) = (RefreshTokens(purpose: "p", keys: ring, lifetime: 60), ConsoleLink(ring))
        let (token, code) = (refresh.make(for: "ann", at: Date()), link.code(now: Date()))
        ring.replace(TokenKeys(secrets: [Self.second, Self.first]))
        #expect(refresh.read(token, at: Date())?.user == "ann" && link.expiry(of: code, now: Date()) != nil)
        ring.replace(TokenKeys(secrets: [Self.second]))
        #expect(refresh.read(token, at: Date()) == nil && link.expiry(of: code, now: Date()) == nil)
    }

    @Test(
        "a token of an identity provider that is for another audience or from another issuer is rejected, one of the chat server's secret is not"
    )
    func audience() throws {
        let provider = try IdentityProvider()
        var keys = TokenKeys(
            secrets: [Self.first], publicKeys: JSONWebKeySet.keys(in: [UInt8](try Data(contentsOf: provider.keysFile))))
        (keys.audience, keys.issuer) = ("chat", "https://idp.example")
        let (_, verifier) = verifier(keys)
        let right: [String: any Sendable] = ["sub": "ann", "iss": "https://idp.example", "aud": "chat"]
        #expect(try verifier.caller(provider.token(right)).user.id == "ann")
        #expect(try verifier.caller(provider.token(right.merging(["aud": ["shop", "chat"]]) { $1 })).user.id == "ann")
        for wrong: [String: any Sendable] in [
            ["aud": "shop"], ["aud": ["shop"]], ["aud": 7], ["iss": "https://idp.example/shop"], ["iss": 7],
        ] {
            #expect(error(try provider.token(right.merging(wrong) { $1 }), by: verifier) == .foreign, "\(wrong)")
        }
        #expect(error(try provider.token(Self.claims), by: verifier) == .foreign)
        let own = TokenSigner(secret: Self.first).token(subject: "ben", issued: Date(), lifetime: 60)
        #expect(try verifier.caller(own).user.id == "ben")
    }

    @Test("a token that names its key is verified by the key of that ID alone, by one without an ID, or by none")
    func keyIDs() throws {
        let (one, two) = (try IdentityProvider(), try IdentityProvider())
        let keys = JSONWebKeySet.keys(in: [UInt8](try Data(contentsOf: one.keysFile)))
        #expect(keys.map(\.id) == ["rsa", "ec"])
        let (_, verifier) = verifier(TokenKeys(secrets: [Self.first], publicKeys: keys))
        for key in ["rsa", "ec"] { #expect(try verifier.caller(one.token(Self.claims, key: key)).user.id == "ann") }
        #expect(error(try two.token(Self.claims), by: verifier) == .wrongSignature)
        let unknown = try one.token(Self.claims, header: ["alg": "RS256", "kid": "another"])
        #expect(error(unknown, by: verifier) == .unknownKey)
        // The right key, but the ID of another key of the same kind.
        let renamed = keys.map { VerificationKey(id: $0.id == "rsa" ? "another" : $0.id, key: $0.key) }
        let others = JSONWebKeySet.keys(in: [UInt8](try Data(contentsOf: two.keysFile)))
        let (_, stricter) = self.verifier(TokenKeys(secrets: [], publicKeys: renamed + others))
        #expect(error(try one.token(Self.claims), by: stricter) == .wrongSignature)
        #expect(try stricter.caller(unknown).user.id == "ann")
        // Keys in PEM have no IDs.
        let (_, byPEM) = self.verifier(
            TokenKeys(secrets: [], publicKeys: keys.map { VerificationKey(id: nil, key: $0.key) }))
        #expect(try byPEM.caller(unknown).user.id == "ann")
    }

    @Test(
        "an algorithm is taken with keys of its kind alone, whatever ID the token names",
        arguments: ["none", "HS256", "ES256"])
    func confusion(algorithm: String) throws {
        let provider = try IdentityProvider()
        let keys = JSONWebKeySet.keys(in: [UInt8](try Data(contentsOf: provider.keysFile)))
        let (_, verifier) = verifier(TokenKeys(secrets: [Self.first], publicKeys: keys))
        let token = try provider.token(Self.claims, header: ["alg": algorithm, "kid": "rsa"])
        #expect(
            error(token, by: verifier)
                == (algorithm == "none" ? .wrongAlgorithm : algorithm == "ES256" ? .unknownKey : .wrongSignature))
    }

    @Test("of a key set the keys for encryption, for other algorithms and on other curves are not used")
    func keySet() throws {
        let provider = try IdentityProvider()
        let set = try JSONSerialization.jsonObject(with: Data(contentsOf: provider.keysFile)) as? [String: Any]
        let list = try #require(set?["keys"] as? [[String: String]])
        for (field, value) in [("use", "enc"), ("alg", "PS256"), ("crv", "P-384"), ("kty", "oct"), ("x", "AAAA")] {
            let changed = list.map { $0.merging([field: value]) { _, new in new } }
            let keys = JSONWebKeySet.keys(in: [UInt8](try JSONSerialization.data(withJSONObject: ["keys": changed])))
            let expected = ["crv", "x"].contains(field) ? ["rsa"] : []
            #expect(keys.map(\.id) == expected, "\(field)=\(value)")
        }
        let many = (1...40).map { number in list[0].merging(["kid": "\(number)"]) { _, new in new } }
        #expect(JSONWebKeySet.keys(in: [UInt8](try JSONSerialization.data(withJSONObject: ["keys": many]))).count == 32)
    }

    @Test("a file may have several keys in PEM with text between them, and nothing else in PEM")
    func pem() throws {
        let rsa = try OpenSSL.publicKey(algorithm: ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]).pem
        let ec = try OpenSSL.publicKey(algorithm: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        #expect(try PublicKey.list(pem: "# old\n\(rsa)\n# new\n\(ec.pem)").map(\.kind) == [.rsa, .p256])
        let secret = try String(contentsOf: ec.privateKeyFile, encoding: .utf8)
        for text in [
            "", rsa + secret, rsa + "-----BEGIN PUBLIC KEY-----\n", rsa + "-----BEGIN CERTIFICATE-----\nAAAA\n",
        ] {
            #expect(throws: PublicKey.KeyError.notPEM) { _ = try PublicKey.list(pem: text) }
        }
    }

    @Test("a service key is a service token until it is removed, and its digest is none")
    func serviceKeys() throws {
        let (key, other) = (try #require(ServiceKey(name: "backend-1")), try #require(ServiceKey(name: "backend-1")))
        #expect(key.text != other.text && key.text.utf8.count == ServiceKey.length)
        let file = "# keys\n\n\(key.line)\n  \(other.line.uppercased().replacing("BACKEND", with: "backend"))  \n"
        let (ring, verifier) = verifier(TokenKeys(secrets: [], serviceKeys: try ServiceKeys(file: file)))
        for text in [key.text, other.text] {
            let caller = try verifier.caller(text)
            #expect(caller.isService && caller.user.id == "backend-1" && caller.expires == nil)
        }
        let digest = String(key.line.split(separator: " ")[1])
        #expect(error(digest, by: verifier) == .malformed)
        #expect(error("dks_" + String(repeating: "A", count: 43), by: verifier) == .unknownServiceKey)
        #expect(error(String(key.text.dropLast()), by: verifier) == .malformed)
        ring.replace(TokenKeys(secrets: [], serviceKeys: try ServiceKeys(file: other.line)))
        #expect(error(key.text, by: verifier) == .unknownServiceKey)
        #expect(try verifier.caller(other.text).isService)
    }

    @Test("a file of service keys with a line that is none is rejected with its number")
    func serviceKeyLines() throws {
        let key = try #require(ServiceKey(name: "a"))
        for line in [
            "a", "a b c", "a \(key.line.dropFirst(3))", "a/b \(key.line.dropFirst(2))", "a \(key.text)", "a é",
        ] {
            #expect(throws: ServiceKeys.InvalidLine(number: 3)) {
                _ = try ServiceKeys(file: "\(key.line)\n\n\(line)\n")
            }
        }
        let many = String(repeating: key.line + "\n", count: ServiceKeys.maximumCount + 1)
        #expect(throws: ServiceKeys.InvalidLine(number: 1001)) { _ = try ServiceKeys(file: many) }
        for name in ["", "a b", "a\n", "é", String(repeating: "a", count: 65)] {
            #expect(ServiceKey(name: name) == nil)
        }
    }

    /// The key set at a URL, as the test sets it, and how often it was fetched.
    private final class Source: Sendable {
        let state = Mutex<(set: [UInt8]?, fetches: Int)>((nil, 0))

        func fetch() throws(IdentityTokenError) -> [UInt8] {
            let set = state.withLock { state in
                state.fetches += 1
                return state.set
            }
            guard let set else { throw .noKeys(reason: "test") }
            return set
        }
    }

    @Test(
        "keys at a URL are fetched again for a token of an unknown key, four times a minute at most, and remain while it fails"
    )
    func remote() async throws {
        let (source, clock, provider, next) = (Source(), SteppedClock(), try IdentityProvider(), try IdentityProvider())
        let (ring, verifier) = verifier(TokenKeys(secrets: [Self.first]))
        let log = Mutex<[String]>([])
        let logger = Logger { record in log.withLock { $0.append(record.logfmt) } }
        let remote = RemoteKeySet(interval: .seconds(300), ring: ring, logger: logger, now: { clock.now }) {
            () async throws(IdentityTokenError) in try source.fetch()
        }
        let token = try provider.token(Self.claims)
        #expect(error(token, by: verifier) == .unknownKey)
        #expect(await !remote.refresh())
        #expect(await !ring.refresh(), "not again at once")
        #expect(source.state.withLock { $0.fetches } == 1)
        source.state.withLock { $0.set = try? [UInt8](Data(contentsOf: provider.keysFile)) }
        clock.advance(.seconds(5))
        #expect(await ring.refresh())
        #expect(try verifier.caller(token).user.id == "ann")
        clock.advance(.seconds(14))
        #expect(await !ring.refresh())
        // What is not a set, or has no keys, replaces none.
        for text in ["", "{}", "[]"] {
            clock.advance(.seconds(15))
            source.state.withLock { $0.set = Array(text.utf8) }
            #expect(await !ring.refresh())
            #expect(try verifier.caller(token).user.id == "ann")
        }
        #expect(
            log.withLock { $0.count { $0.contains("cannot be fetched") } } == 2, "once for each time it begins to fail")
        clock.advance(.seconds(15))
        source.state.withLock { $0.set = try? [UInt8](Data(contentsOf: next.keysFile)) }
        #expect(await ring.refresh())
        #expect(error(token, by: verifier) == .wrongSignature)
        #expect(try verifier.caller(next.token(Self.claims)).user.id == "ann")
    }
}
