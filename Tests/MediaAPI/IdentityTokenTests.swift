import Foundation
import TestPrograms
import TestSupport
import Testing

@testable import MediaAPI

@Suite("Identity tokens")
struct IdentityTokenTests {
    private let provider: IdentityProvider
    private let verifier: IdentityTokenVerifier
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let claims: [String: any Sendable] = [
        "iss": "https://accounts.google.com", "aud": "app-1", "sub": "108", "email": "Ann@example.org",
        "email_verified": true, "exp": 1_800_000_100,
    ]

    init() throws {
        provider = try IdentityProvider()
        verifier = IdentityTokenVerifier(
            issuers: ["https://accounts.google.com"], clients: ["app-1", "app-2"],
            keys: try SigningKeys(file: provider.keysFile.path), now: { Self.now })
    }

    private func claims(_ changes: [String: any Sendable]) -> [String: Any] { Self.claims.merging(changes) { $1 } }

    @Test("a token that the provider has signed for this app says who the user is", arguments: ["rsa", "ec"])
    func valid(key: String) async throws {
        let identity = try await verifier.identity(in: provider.token(Self.claims, key: key))
        #expect(identity == Identity(subject: "108", email: "Ann@example.org", isEmailVerified: true))
        let several = try provider.token(
            claims(["aud": ["other", "app-2"], "email_verified": "true", "email": NSNull()]), key: key)
        let other = try await verifier.identity(in: several)
        #expect(other.email == nil && other.isEmailVerified)
    }

    @Test("any other is rejected")
    func rejected() async throws {
        func error(_ token: String) async -> IdentityTokenError? {
            await thrown(IdentityTokenError.self) { try await verifier.identity(in: token) }
        }
        #expect(await error(try provider.token(claims(["iss": "https://evil.example"]))) == .foreign)
        #expect(await error(try provider.token(claims(["aud": "another app"]))) == .foreign)
        #expect(await error(try provider.token(claims(["exp": 1_799_999_900]))) == .expired)
        #expect(await error(try provider.token(claims(["exp": NSNull()]))) == .expired)
        #expect(await error(try provider.token(claims(["nbf": 1_800_000_100]))) == .expired)
        #expect(await error(try provider.token(claims(["sub": ""]))) == .invalid)
        #expect(await error(try provider.token(Self.claims, header: ["alg": "none"])) == .invalid)
        #expect(await error(try provider.token(Self.claims, header: ["alg": "HS256"])) == .invalid)
        #expect(await error(try provider.token(Self.claims, header: ["alg": "RS256", "kid": "ec"])) == .invalid)
        #expect(await error(try provider.token(Self.claims, header: ["alg": "RS256", "kid": "unknown"])) == .invalid)
        #expect(await error(try IdentityProvider().token(Self.claims)) == .invalid, "another's key of the same ID")
        var parts = try provider.token(Self.claims).split(separator: ".").map(String.init)
        parts[1] = try provider.token(claims(["sub": "1"])).split(separator: ".").map(String.init)[1]
        #expect(await error(parts.joined(separator: ".")) == .invalid)
        for text in ["", "a.b", "a.b.c", String(repeating: "a", count: 100_000)] {
            #expect(await error(text) == .invalid)
        }
    }

    @Test("a file without keys is no set of keys")
    func noKeys() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        for text in ["", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}"#] {
            try Data(text.utf8).write(to: file)
            guard case .noKeys = thrown(IdentityTokenError.self, by: { try SigningKeys(file: file.path) }) else {
                return #expect(text == "rejected")
            }
        }
    }
}
