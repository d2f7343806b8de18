import ChatTestSupport
import Configuration
import Foundation
import HTTPServer
import JSON
import MediaAPI
import TestSupport
import Testing

@testable import ChatBridge
@testable import Intok

@Suite("intok: accounts in one process")
struct IntokAccountTests {
    private let base: StoreFixture
    private let accounts: IntokAccounts
    private let closed: IntokAccounts
    private let ann: JSONValue = ["email": "ann@x.org", "password": "secret-1", "username": "ann"]

    init() throws {
        let base = try StoreFixture()
        self.base = base
        let files = IntokService.Files(
            uploadURL: { key, _, _, _ in key }, downloadURL: { key, _ in key }, accept: { _, _ in },
            publicURL: "https://chat.example")
        let service = IntokService(
            core: ChatCore(store: base.store, ids: base.ids, now: { base.clock.now }, wake: {}), files: files)
        let secret = Array("a secret of the chat server's own".utf8)
        accounts = IntokAccounts(
            service: service, settings: try IntokAccountSettings(SettingsReader(environment: [:])),
            keys: TokenKeyRing(secret: secret),
            maximumRepetitionTime: .seconds(3600))
        closed = IntokAccounts(
            service: service,
            settings: try IntokAccountSettings(SettingsReader(environment: ["DARKROOM_INTOK_REGISTRATION": "closed"])),
            keys: TokenKeyRing(secret: secret), passwords: PasswordHasher(maximumOfStrangers: 0))
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return APIError(error).code.rawValue
        }
    }

    private func refresh(_ session: JSONValue, from network: String? = nil) async throws -> JSONValue {
        try await accounts.refresh(["refreshToken": session["refreshToken"] ?? .null], from: network)
    }

    @Test("calls are counted each by itself, and those from an address that may be a proxy's not at all")
    func counting() throws {
        let (proxy, client) = (HTTPRequest(target: "/"), HTTPRequest(target: "/", clientAddress: "192.0.2.1"))
        for _ in 1...500 { try accounts.count(.checkEmail, proxy) }
        for _ in 1...120 { try accounts.count(.checkEmail, client) }
        #expect(thrown(APIError.self) { try accounts.count(.checkEmail, client) }?.code == .limitExceeded)
        for call in [IntokAccounts.Call.login, .refresh, .register, .oauth] { try accounts.count(call, client) }
        try accounts.count(.checkEmail, HTTPRequest(target: "/", clientAddress: "192.0.2.2"))
    }

    @Test("a login that the service is too busy for is no failed one")
    func busy() async throws {
        for _ in 1...30 {
            let code = await code { _ = try await closed.login(ann, from: "192.0.2.1") }
            #expect(code == "busy")
        }
    }

    @Test("a refresh token that is used again ends its login: no token that was made of it is exchanged any more")
    func reuse() async throws {
        let first = try await accounts.register(ann, from: nil, isService: false)
        let other = try await accounts.login(ann, from: nil)
        let second = try await refresh(first)
        // The same client may have sent it twice.
        #expect(await code { _ = try await refresh(first) } == "unauthorized")
        let third = try await refresh(second)
        accounts.recentUses.reset(try #require(id(of: first)))
        #expect(await code { _ = try await refresh(first) } == "unauthorized")
        #expect(await code { _ = try await refresh(third) } == "unauthorized", "the one who has it may be a thief")
        #expect(try await refresh(other)["accessToken"] != nil, "another login goes on")
    }

    /// The ID of a session's refresh token.
    private func id(of session: JSONValue) -> String? {
        accounts.refreshTokens.read(session["refreshToken"]?.stringValue ?? "", at: base.clock.now)?.id
    }

    @Test("a login by a refresh token makes its network known as well")
    func knownByRefresh() async throws {
        let session = try await accounts.register(ann, from: nil, isService: false)
        _ = try await refresh(session, from: "192.0.2.7")
        #expect(accounts.logins.isKnown("ann@x.org", from: "192.0.2.7"))
    }

    @Test("where registration is closed, only the chat server creates accounts, and those that exist go on")
    func registration() async throws {
        #expect(await code { _ = try await closed.register(ann, from: nil, isService: false) } == "forbidden")
        let bob: JSONValue = ["email": "bob@x.org", "password": "secret-1", "username": "bob"]
        #expect(try await closed.register(bob, from: nil, isService: true)["accessToken"] != nil)
        let session = try await accounts.register(ann, from: nil, isService: false)
        let refreshed = try await closed.refresh(["refreshToken": session["refreshToken"] ?? .null], from: nil)
        #expect(refreshed["accessToken"] != nil)
        let invalid = ["DARKROOM_INTOK_REGISTRATION": "off"]
        #expect(throws: (any Error).self) { try IntokAccountSettings(SettingsReader(environment: invalid)) }
    }

    @Test(
        "addresses with invisible or full-width characters, and pictures at addresses that are none, are rejected",
        arguments: [
            "ann@x.org\u{200B}", "\u{202E}ann@x.org", "ａnn@x.org", "ann@x.org\u{00AD}", "ann\u{3164}@x.org",
            "ann@x．org",
        ])
    func lookAlikes(email: String) async throws {
        let body: JSONValue = ["email": .string(email), "password": "secret-1", "username": "ann"]
        #expect(await code { _ = try await accounts.register(body, from: nil, isService: false) } == "invalid_field")
    }

    @Test("an address is the same account however its accents are written")
    func accents() async throws {
        let composed: JSONValue = ["email": "zo\u{EB}@x.org", "password": "secret-1", "username": "zoe"]
        let decomposed: JSONValue = ["email": "Zoe\u{308}@x.org", "password": "secret-1", "username": "zoe"]
        _ = try await accounts.register(composed, from: nil, isService: false)
        let code = await code { _ = try await accounts.register(decomposed, from: nil, isService: false) }
        #expect(code == "invalid_field")
        #expect(try await accounts.login(decomposed, from: nil)["accessToken"] != nil)
    }

    @Test(
        "a picture's address is one of the web, without line breaks",
        arguments: ["https://e.org/\r\nX: y", "javascript:alert(1)", "https://", "https:///x", "https://e.org/a b"])
    func pictures(url: String) {
        #expect(throws: ChatError.self) { try IntokProfile.avatar(in: ["avatarUrl": .string(url)]) }
    }
}
