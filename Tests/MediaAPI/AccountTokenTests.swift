import Foundation
import HTTPServer
import TestSupport
import Testing

@testable import MediaAPI

@Suite("Passwords, attempts and refresh tokens")
struct AccountTokenTests {
    @Test("a refresh token is read until it expires, by the secret and purpose that it was made with")
    func refreshTokens() throws {
        let secret = Array("a secret of the chat server's own".utf8)
        let tokens = RefreshTokens(purpose: "p", secret: secret, lifetime: 60)
        let date = Date(timeIntervalSince1970: 1_000)
        let (token, other) = (tokens.make(for: "ann", at: date), tokens.make(for: "ann", at: date))
        let read = try #require(tokens.read(token, at: date))
        #expect(read.user == "ann" && read.expires == date + 60 && read.login == read.id)
        let next = try #require(tokens.read(tokens.make(for: "ann", login: read.login, at: date), at: date))
        #expect(next.login == read.login && next.id != read.id)
        #expect(read.id != tokens.read(other, at: date)?.id)
        #expect(tokens.read(token, at: date + 60) == nil)
        #expect(RefreshTokens(purpose: "q", secret: secret, lifetime: 60).read(token, at: date) == nil)
        for text in ["", "..", token + "x", String(token.dropLast()), "x" + token] {
            #expect(tokens.read(text, at: date) == nil)
        }
        #expect(throws: TokenError.wrongSignature) { try TokenVerifier(secret: secret).caller(token) }
        let access = TokenSigner(secret: secret).token(subject: "ann", issued: date, lifetime: 60)
        #expect(tokens.read(access, at: date) == nil, "an access token is no refresh token")
    }

    @Test("attempts are limited for each key until the time is over, and forgotten after a success")
    func attempts() throws {
        let clock = SteppedClock()
        let limiter = AttemptLimiter(2, within: .seconds(60), capacity: 3, now: { clock.now })
        for _ in 1...2 { try limiter.attempt("a") }
        let error = thrown(APIError.self) { try limiter.attempt("a") }
        #expect(error?.code == .limitExceeded && error?.headers["Retry-After"] == "60")
        limiter.giveBack("a")
        limiter.giveBack("unknown")
        try limiter.attempt("a")
        #expect(thrown(APIError.self) { try limiter.attempt("a") } != nil)
        try limiter.attempt("b")
        limiter.reset("a")
        for _ in 1...2 { try limiter.attempt("a") }
        try limiter.attempt("c")
        clock.advance(.milliseconds(10_500))
        #expect(thrown(APIError.self) { try limiter.attempt("a") }?.retryAfter == 50)
        clock.advance(.seconds(50))
        try limiter.attempt("a")
        try limiter.attempt("d")
    }

    @Test(
        "where more keys are counted than the limiter holds, no new one is rejected, and the one that ends first is forgotten"
    )
    func manyKeys() throws {
        let clock = SteppedClock()
        let limiter = AttemptLimiter(1, within: .seconds(60), capacity: 3, now: { clock.now })
        func isRejected(_ key: String) -> Bool { thrown(APIError.self) { try limiter.attempt(key) } != nil }
        for key in ["a", "b", "c", "d"] {
            #expect(!isRejected(key))
            clock.advance(.seconds(1))
        }
        #expect(isRejected("b") && isRejected("c") && isRejected("d"))
        #expect(!isRejected("a"), "forgotten; now b is")
        #expect(isRejected("a") && isRejected("c") && !isRejected("b"))
        // A key that is reset and counted again is the last to be forgotten.
        for _ in 1...20 {
            limiter.reset("d")
            #expect(!isRejected("d"))
        }
        #expect(!isRejected("e"))
        #expect(isRejected("d") && isRejected("b") && isRejected("e") && !isRejected("a"))
        clock.advance(.seconds(60))
        for key in ["a", "b", "c"] { #expect(!isRejected(key)) }
    }

    @Test("a password matches its own hash; without a hash none does")
    func passwords() async throws {
        let hasher = PasswordHasher()
        let hash = try await hasher.hash("correct horse")
        #expect(hash.hasPrefix("$argon2id$v=19$m=65536,t=2,p=1$"))
        #expect(try await hasher.hash("correct horse") != hash, "each has a salt of its own")
        #expect(try await hasher.matches("correct horse", hash))
        #expect(try await !hasher.matches("Correct horse", hash))
        #expect(try await !hasher.matches("correct horse", nil))
        #expect(try await !hasher.matches("", "not a hash"))
    }

    @Test("one network may have 16 passwords waiting, and a flood of strangers leaves space for known clients")
    func fairness() async throws {
        let hasher = PasswordHasher()
        @Sendable func isDone(_ client: PasswordHasher.Client) async -> Bool {
            (try? await hasher.matches("x", nil, for: client)) != nil
        }
        let done = await withTaskGroup(of: [PasswordHasher.Client: Int].self) { group in
            let clients = Array(repeating: PasswordHasher.Client.stranger("one"), count: 60)
            for client in clients + [.stranger("two")] {
                group.addTask { await isDone(client) ? [client: 1] : [:] }
            }
            return await group.reduce(into: [:]) { $0.merge($1) { $0 + $1 } }
        }
        // Some were begun only after others had ended.
        #expect((16..<60).contains(done[.stranger("one")] ?? 0) && done[.stranger("two")] == 1)
        let full = PasswordHasher(maximumOfStrangers: 1)
        let known = await withTaskGroup(of: Int.self) { group in
            for _ in 1...20 { group.addTask { (try? await full.matches("x", nil, for: .known)) == nil ? 0 : 1 } }
            return await group.reduce(0, +)
        }
        #expect(known == 20, "there is space for 33")
    }

    @Test("more passwords than may wait are rejected with 503, and the others are hashed")
    func manyPasswords() async throws {
        let hasher = PasswordHasher()
        let (done, busy) = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<120 {
                group.addTask { (try? await hasher.matches("\(number)", nil)) != nil }
            }
            return await group.reduce(into: (0, 0)) { if $1 { $0.0 += 1 } else { $0.1 += 1 } }
        }
        #expect(done >= 64 && busy > 0 && done + busy == 120)
    }
}
