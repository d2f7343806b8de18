import Configuration
import Redis
import Testing

@Suite("Redis: its settings")
struct RedisSettingsTests {
    private func options(_ url: String, _ more: [String: String] = [:]) throws -> RedisOptions? {
        try RedisOptions(SettingsReader(environment: more.merging(["DARKROOM_REDIS_URL": url]) { own, _ in own }))
    }

    @Test("without a URL there is no Redis")
    func none() throws { #expect(try options("") == nil) }

    @Test("a URL names host, port, database, user and password")
    func url() throws {
        let plain = try #require(try options("redis://cache.example"))
        #expect(plain.host == "cache.example" && plain.port == 6379 && plain.database == 0 && plain.password == nil)
        let full = try #require(try options("redis://app:p%40ss@[::1]:7000/5", ["DARKROOM_REDIS_PREFIX": "chat"]))
        #expect(full.host == "::1" && full.port == 7000 && full.database == 5)
        #expect(full.user == "app" && full.password == "p@ss" && full.prefix == "chat")
        let passwordOnly = try #require(try options("redis://:secret@cache"))
        #expect(passwordOnly.user == nil && passwordOnly.password == "secret")
    }

    @Test(
        "what is no URL of a Redis server is rejected",
        arguments: [
            "cache:6379", "http://cache", "redis://", "redis://cache/first", "redis://cache/-1", "redis://cache:99999",
            "redis://cache/99999999999", "redis://c/1?x=y",
        ])
    func rejected(url: String) { #expect(throws: SettingError.self) { try options(url) } }

    @Test("rediss:// is rejected where hiredis has no TLS, with a message that says so")
    func encrypted() throws {
        do {
            let options = try #require(try options("rediss://cache"))
            #expect(options.hasTLS)
        } catch let error as SettingError {
            #expect(error.problem.contains("hiredis 1.0 or later"))
        }
    }
}
