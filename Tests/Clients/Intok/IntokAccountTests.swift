import Foundation
import TestPrograms
import Testing

@Suite("intok: accounts")
struct IntokAccountTests {
    private static let ann: [String: String] = [
        "email": "Ann@Example.org", "password": "secret-1", "username": "ann_x", "preferredLanguage": "es",
        "preferredCountry": "mx",
    ]

    @Test(
        "a user registers, logs in, and is found by the tokens",
        .proves(.intok, "POST /auth/register", "POST /auth/login", "POST /auth/check-email", "GET /auth/me"))
    func registration() async throws {
        let fixture = try await IntokClientFixture.start()
        func exists() async throws -> Bool? {
            let answer = try await fixture.call("POST", "/auth/check-email", nil, ["email": "ann@example.org"])
            #expect(answer.status == 200 && answer.body["email"] as? String == "ann@example.org")
            #expect(try mismatches(answer, "### POST /api/auth/check-email") == [])
            return answer.body["exists"] as? Bool
        }
        #expect(try await exists() == false)
        let registered = try await fixture.call("POST", "/auth/register", nil, Self.ann)
        #expect(registered.status == 201)
        #expect(try mismatches(registered, "### POST /api/auth/register") == [])
        let user = try #require(registered.body["user"] as? [String: Any])
        #expect((user["id"] as? String)?.hasPrefix("user_") == true && user["username"] as? String == "ann_x")
        #expect(user["email"] as? String == "Ann@Example.org" && user["preferredLanguage"] as? String == "es")
        #expect(user["preferredCountry"] as? String == "MX" && user["createdAt"] is String)
        #expect(!"\(registered.body)".contains("argon2") && !"\(registered.body)".contains("secret-1"))
        #expect(try await exists() == true)

        let again = try await fixture.call("POST", "/auth/register", nil, Self.ann)
        #expect(again.status == 400 && again.body["code"] as? String == "EMAIL_EXISTS")
        let login = try await fixture.call(
            "POST", "/auth/login", nil, ["email": "ann@example.ORG", "password": "secret-1"])
        #expect(
            login.status == 200 && (login.body["user"] as? [String: Any])?["id"] as? String == user["id"] as? String)
        #expect(try mismatches(login, "### POST /api/auth/login") == [])
        let token = try #require(login.body["accessToken"] as? String)
        let me = try await fixture.call("GET", "/auth/me", token)
        #expect(try mismatches(me, "### GET /api/auth/me") == [])
        #expect((me.body["user"] as? [String: Any])?["id"] as? String == user["id"] as? String)
        // A message is sent with the token, as with any other.
        let socket = try await IntokClient.connect(to: fixture.service, token: token)
        #expect(socket.greeting["open"] as? Bool ?? true)

        let wrong = try await fixture.call(
            "POST", "/auth/login", nil, ["email": "ann@example.org", "password": "secret-2"])
        let unknown = try await fixture.call(
            "POST", "/auth/login", nil, ["email": "bob@example.org", "password": "secret-2"])
        for answer in [wrong, unknown] {
            let heading = "## Error Response Format"
            #expect(try ExpectedKeys.mismatches(of: answer.body, .intok, under: heading) == [])
            #expect(answer.status == 401 && answer.body["code"] as? String == "INVALID_CREDENTIALS")
        }
        #expect(wrong.body["message"] as? String == unknown.body["message"] as? String)
    }

    /// What an answer lacks of the reference's example of it.
    private func mismatches(_ answer: Answer, _ heading: String, block: Int = 1) throws -> [String] {
        try ExpectedKeys.mismatches(of: answer.body, .intok, under: heading, block: block)
    }

    @Test("what is missing or not valid is 400", .proves(.intok, "POST /auth/register", "POST /auth/login"))
    func validation() async throws {
        let fixture = try await IntokClientFixture.start()
        let wrong: [(String, Any)] = [
            ("email", "ann"), ("email", "a@b"), ("email", "a b@c.de"), ("email", 1), ("password", "12345"),
            ("password", NSNull()), ("username", "ab"), ("username", String(repeating: "a", count: 31)),
            ("preferredLanguage", "xx"), ("preferredCountry", "USA"), ("preferredCountry", "1A"),
        ]
        for (name, value) in wrong {
            var body: [String: Any] = Self.ann
            body[name] = value
            let answer = try await fixture.call("POST", "/auth/register", nil, body)
            #expect(answer.status == 400 && answer.body["code"] as? String == "VALIDATION_ERROR", "\(name) \(value)")
        }
        for (path, body) in [("/auth/login", ["email": "a@b.de"]), ("/auth/check-email", ["email": "x"])] {
            #expect(try await fixture.call("POST", path, nil, body).status == 400)
        }
    }

    @Test(
        "a refresh token is exchanged once, and not after its user was deleted; an access token is none",
        .proves(.intok, "POST /auth/refresh"))
    func refresh() async throws {
        let fixture = try await IntokClientFixture.start()
        let registered = try await fixture.call("POST", "/auth/register", nil, Self.ann).body
        let (access, first) = (registered["accessToken"] as? String ?? "", registered["refreshToken"] as? String ?? "")
        func refresh(_ token: String) async throws -> Answer {
            try await fixture.call("POST", "/auth/refresh", nil, ["refreshToken": token])
        }
        let second = try await refresh(first)
        #expect(second.status == 200)
        #expect(try await fixture.call("GET", "/auth/me", second.body["accessToken"] as? String).status == 200)
        #expect(try await refresh(first).status == 401, "it was used")
        #expect(try await refresh(access).status == 401)
        #expect(try await fixture.call("GET", "/auth/me", first).status == 401)
        let user = (registered["user"] as? [String: Any])?["id"] as? String ?? ""
        let open = try await IntokClient.connect(to: fixture.service, token: access)
        let elsewhere = try await SocketPeer.connect(
            to: fixture.service, path: "bananatalk/socket.io", auth: ["token": access])
        let deleted = try await fixture.service.call("DELETE", "/v1/users/\(user)", token: fixture.server)
        #expect(deleted.status == 204)
        // The sockets end with the account, in every chat system.
        #expect(try await open.next("error")["code"] as? String == "UNAUTHORIZED")
        #expect(try await open.closeCode() == 1000)
        _ = try await elsewhere.next("authError")
        await elsewhere.end()
        // What was issued before ends with the account, over HTTP and for a new socket.
        let access2 = try #require(second.body["accessToken"] as? String)
        #expect(try await fixture.call("GET", "/auth/me", access2).status == 401)
        #expect(try await fixture.call("GET", "/conversations", access2).status == 401)
        let socket = try await IntokClient.connect(to: fixture.service, token: access2)
        #expect(socket.greeting["refused"] as? Int == 401, "\(socket.greeting)")
        #expect(try await refresh(second.body["refreshToken"] as? String ?? "").status == 401)
        let login = try await fixture.call(
            "POST", "/auth/login", nil, ["email": "ann@example.org", "password": "secret-1"])
        #expect(login.status == 401, "the account went with the user")
    }

    @Test("failed logins of one address and network are limited with 429 and Retry-After; a user elsewhere can log in")
    func attempts() async throws {
        let fixture = try await IntokClientFixture.start(["DARKROOM_TRUSTED_PROXIES": "127.0.0.1"])
        _ = try await fixture.call("POST", "/auth/register", nil, Self.ann)
        func login(_ email: String, _ password: String, from address: String) async throws -> Answer {
            try await fixture.service.call(
                "POST", "/intok/api/auth/login", token: nil,
                json: #"{"email":"\#(email)","password":"\#(password)"}"#, headers: ["X-Forwarded-For": address])
        }
        for email in ["ann@example.org", "nobody@example.org"] {
            for _ in 1...10 { #expect(try await login(email, "wrong", from: "192.0.2.1").status == 401) }
            let answer = try await login(email, "secret-1", from: "192.0.2.1")
            #expect(answer.status == 429 && answer.body["code"] as? String == "RATE_LIMITED")
            let seconds = try #require(answer.headers["retry-after"].flatMap { Int($0) })
            #expect((1...900).contains(seconds))
        }
        #expect(try await login("ann@example.org", "secret-1", from: "192.0.2.2").status == 200)
        #expect(try await login("ann@example.org", "secret-1", from: "192.0.2.1").status == 429)
    }

    @Test(
        "a login by a provider is believed of the chat server and of the provider's signature alone",
        .proves(.intok, "POST /auth/oauth"))
    func oauth() async throws {
        let provider = try IdentityProvider()
        let fixture = try await IntokClientFixture.start([
            "DARKROOM_INTOK_GOOGLE_CLIENTS": "app-1", "DARKROOM_INTOK_GOOGLE_KEYS": provider.keysFile.path,
        ])
        func oauth(_ token: String?, _ changes: [String: Any] = [:]) async throws -> Answer {
            let body: [String: Any] = [
                "provider": "google", "providerId": "108", "email": "zoe@example.org", "name": "Zoë Doe",
                "avatarUrl": "https://example.org/z.jpg",
            ]
            return try await fixture.call("POST", "/auth/oauth", token, body.merging(changes) { $1 })
        }
        func idToken(_ changes: [String: Any] = [:]) throws -> String {
            let claims: [String: Any] = [
                "iss": "https://accounts.google.com", "aud": "app-1", "sub": "108", "email": "zoe@example.org",
                "email_verified": true, "exp": Date().timeIntervalSince1970 + 600,
            ]
            return try provider.token(claims.merging(changes) { $1 })
        }
        for (token, changes) in [
            (nil, [:]), (fixture.alice, [:]), (nil, ["idToken": "forged"]),
            (nil, ["idToken": try idToken(["sub": "109"])]), (nil, ["idToken": try idToken(["aud": "app-2"])]),
            (nil, ["idToken": try idToken(["email": "other@example.org"])]),
            (nil, ["idToken": try idToken(["email_verified": false])]),
            (nil, ["provider": "apple", "idToken": try idToken()]),
        ] as [(String?, [String: Any])] {
            let answer = try await oauth(token, changes)
            #expect(answer.status == 403 && answer.body["code"] as? String == "FORBIDDEN", "\(changes) \(answer.body)")
        }
        #expect(try await oauth(fixture.server, ["provider": "facebook"]).status == 400)
        #expect(try await oauth(fixture.server, ["email": "x"]).status == 400)

        let created = try await oauth(nil, ["idToken": try idToken()])
        #expect(try created.status == 200 && mismatches(created, "### POST /api/auth/oauth") == [])
        let user = try #require(created.body["user"] as? [String: Any])
        #expect(user["avatarUrl"] as? String == "https://example.org/z.jpg")
        #expect((user["username"] as? String)?.hasPrefix("zoëdoe") == true)
        let again = try await oauth(nil, ["idToken": try idToken(["email_verified": false])])
        #expect(
            (again.body["user"] as? [String: Any])?["id"] as? String == user["id"] as? String, "known by the identity")

        // An account of the same address is linked.
        let linked = try await oauth(
            fixture.server, ["provider": "apple", "providerId": "a.1", "email": "Zoe@example.org"])
        #expect((linked.body["user"] as? [String: Any])?["id"] as? String == user["id"] as? String)
        let login = try await fixture.call(
            "POST", "/auth/login", nil, ["email": "zoe@example.org", "password": "secret-1"])
        #expect(login.status == 401, "an account without a password")
    }

    @Test(
        "an identity is not linked to an account with a password, which someone else may have registered before",
        .proves(.intok, "POST /auth/oauth"))
    func registeredBefore() async throws {
        let provider = try IdentityProvider()
        let fixture = try await IntokClientFixture.start([
            "DARKROOM_INTOK_GOOGLE_CLIENTS": "app-1", "DARKROOM_INTOK_GOOGLE_KEYS": provider.keysFile.path,
        ])
        #expect(try await fixture.call("POST", "/auth/register", nil, Self.ann).status == 201)
        let idToken = try provider.token([
            "iss": "https://accounts.google.com", "aud": "app-1", "sub": "108", "email": "ann@example.org",
            "email_verified": true, "exp": Date().timeIntervalSince1970 + 600,
        ])
        for token in [nil, fixture.server] {
            for _ in 1...2 {
                let answer = try await fixture.call(
                    "POST", "/auth/oauth", token,
                    ["provider": "google", "providerId": "108", "email": "ann@example.org", "idToken": idToken])
                #expect(answer.status == 403 && answer.body["accessToken"] == nil)
                #expect((answer.body["message"] as? String)?.contains("Log in with the password") == true)
            }
        }
        let login = try await fixture.call(
            "POST", "/auth/login", nil, ["email": "ann@example.org", "password": "secret-1"])
        #expect(login.status == 200)
    }

    @Test(
        "a user is found by name and address, and changes their own profile",
        .proves(
            .intok, "GET /users/search", "PATCH /users/me", "PATCH /users/me/language", "PATCH /users/me/country"))
    func profile() async throws {
        let fixture = try await IntokClientFixture.start()
        func found(_ text: String, _ token: String?) async throws -> [[String: Any]] {
            try await fixture.call("GET", "/users/search?q=\(text)", token).body["users"] as? [[String: Any]] ?? []
        }
        let bob = try #require(try await found("BOB", fixture.alice).first)
        #expect(bob["id"] as? String == "bob" && bob["email"] as? String == "bob@example.com")
        #expect(bob["preferredLanguage"] as? String == "es" && bob["avatarUrl"] is NSNull)
        #expect(
            try await found("example.com", fixture.alice).compactMap { $0["id"] as? String } == ["bob"], "not herself")
        #expect(try await fixture.call("GET", "/users/search?q=b", fixture.alice).status == 400)
        #expect(try await fixture.call("GET", "/users/search?q=bob", nil).status == 401)

        func patch(_ path: String, _ body: [String: Any], _ token: String?) async throws -> Answer {
            try await fixture.call("PATCH", "/users/me" + path, token, body)
        }
        let renamed = try await patch(
            "", ["username": "alice_2", "avatarUrl": "https://example.org/a.png?v=1"], fixture.alice)
        let user = try #require(renamed.body["user"] as? [String: Any])
        #expect(user["username"] as? String == "alice_2" && user["email"] as? String == "alice@example.com")
        #expect(user["avatarUrl"] as? String == "https://example.org/a.png?v=1")
        #expect(try mismatches(renamed, "### PATCH /api/users/me", block: 2) == [])
        let search = try await fixture.call("GET", "/users/search?q=alice_2", fixture.bob)
        #expect(try mismatches(search, "### GET /api/users/search") == [])
        let language = try await patch("/language", ["preferredLanguage": "ko"], fixture.alice)
        #expect(try mismatches(language, "### PATCH /api/users/me/language", block: 2) == [])
        #expect((language.body["user"] as? [String: Any])?["preferredLanguage"] as? String == "ko")
        let country = try await patch("/country", ["preferredCountry": "kr"], fixture.alice)
        #expect(try mismatches(country, "### PATCH /api/users/me/country", block: 2) == [])
        #expect((country.body["user"] as? [String: Any])?["preferredCountry"] as? String == "KR")
        #expect(try await found("alice_2", fixture.bob).first?["preferredLanguage"] as? String == "ko")
        for (path, body) in [
            ("", ["username": "ab"]), ("", ["avatarUrl": "javascript:alert(1)"]),
            ("/language", ["preferredLanguage": "xx"]),
            ("/language", [:]), ("/country", ["preferredCountry": "KOR"]), ("/country", [:]),
        ] {
            let answer = try await patch(path, body, fixture.alice)
            #expect(answer.status == 400 && answer.body["code"] as? String == "VALIDATION_ERROR", "\(path) \(body)")
            #expect(try await patch(path, body, nil).status == 401)
            #expect(try await patch(path, body, "forged").status == 401)
        }
        #expect(try await patch("/language", ["preferredLanguage": "ko"], fixture.eve).status == 404)
    }

    @Test(
        "a device is registered, reassigned to the user who registers it next, and unregistered",
        .proves(.intok, "POST /devices/register", "POST /devices/unregister"))
    func devices() async throws {
        let fixture = try await IntokClientFixture.start()
        func register(_ token: String, _ user: String?) async throws -> Answer {
            try await fixture.call("POST", "/devices/register", user, ["token": token, "platform": "ios"])
        }
        for user in [fixture.alice, fixture.alice, fixture.bob] {
            let answer = try await register("t-1", user)
            #expect(answer.status == 200 && answer.body["success"] as? Bool == true)
            #expect(try mismatches(answer, "### POST /api/devices/register", block: 2) == [])
        }
        #expect(try await register("t-2", fixture.alice).status == 200)
        func devices(_ user: String) async throws -> [String] {
            let answer = try await fixture.service.call(
                "GET", "/v1/users/\(user)/devices?dialect=intok", token: fixture.server)
            return (answer.body["devices"] as? [[String: Any]] ?? []).compactMap { $0["token"] as? String }
        }
        #expect(try await devices("alice") == ["t-2"])
        #expect(try await devices("bob") == ["t-1"])
        let own = try await fixture.service.call(
            "GET", "/v1/users/alice/devices?dialect=intok", token: fixture.alice)
        #expect(own.status == 403)
        for body in [
            ["token": "x"], ["platform": "ios"], ["token": "x", "platform": "windows"],
            ["token": "", "platform": "ios"],
        ] {
            let answer = try await fixture.call("POST", "/devices/register", fixture.alice, body)
            #expect(answer.status == 400 && answer.body["message"] as? String == "token and platform required")
        }
        #expect(try await register("t-3", nil).status == 401)
        #expect(try await register("t-3", "forged").status == 401)
        for body in [["token": "t-1"], [:], nil] as [[String: Any]?] {
            let answer = try await fixture.call("POST", "/devices/unregister", fixture.alice, body)
            #expect(answer.status == 200 && answer.body["success"] as? Bool == true)
            #expect(try mismatches(answer, "### POST /api/devices/unregister", block: 3) == [])
        }
        #expect(try await fixture.call("POST", "/devices/unregister", nil, [:]).status == 401)
        #expect(try await devices("alice") == [])
        #expect(try await devices("bob") == ["t-1"])
        // The chat server removes a device that its provider rejects, and no user does.
        func remove(_ token: String?, of user: String = "bob", by caller: String) async throws -> Int {
            let query = token.map { "&token=\($0)" } ?? ""
            return try await fixture.service.call(
                "DELETE", "/v1/users/\(user)/devices?dialect=intok\(query)", token: caller
            ).status
        }
        for caller in [fixture.alice, fixture.bob] { #expect(try await remove("t-1", by: caller) == 403) }
        #expect(try await remove("t-1", by: "forged") == 401)
        #expect(try await remove(nil, by: fixture.server) == 400)
        #expect(try await remove("t-1", of: "alice", by: fixture.server) == 404)
        #expect(try await remove("t-1", by: fixture.server) == 204)
        #expect(try await remove("t-1", by: fixture.server) == 404)
        #expect(try await devices("bob") == [])
    }
}
