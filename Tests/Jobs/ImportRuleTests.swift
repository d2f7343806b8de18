import ChatBridge
import MediaModel
import Testing

@testable import Jobs

@Suite("Rules that say whose an imported object is")
struct ImportRuleTests {
    @Test(
        "a pattern covers the whole key; the owner is a part of it, or a fixed one",
        arguments: [
            ("uploads/{owner}/voice/* {owner} bananatalk audio", "uploads/u-1/voice/2026/a.m4a", "u-1"),
            ("uploads/{owner}/* {owner}", "uploads/u-1/", "u-1"),
            ("avatars/{owner}.jpg {owner}", "avatars/ann.jpg", "ann"),
            ("* archive", "any/thing", "archive"), ("a.b/* x", "a.b/c", "x"),
            ("uploads/{owner}/* {owner}", "uploads/u/1/2", "u"), ("uploads/{owner}/* {owner}", "other/u-1/a", nil),
            ("avatars/{owner}.jpg {owner}", "avatars/a/b.jpg", nil), ("a.b/* x", "aXb/c", nil),
            ("a/b x", "a/b/c", nil), ("{owner} {owner}", "\u{7}", nil),
        ] as [(String, String, String?)])
    func covers(line: String, key: String, owner: String?) throws {
        #expect(try ImportRule(line).origin(of: key)?.owner == owner)
    }

    @Test("a pattern of a thousand stars is compared in bounded time", .timeLimit(.minutes(5)))
    func hostile() throws {
        let pattern = String(repeating: "*a", count: 1000) + "{owner}b"
        #expect(try ImportRule("\(pattern) {owner}").origin(of: String(repeating: "a", count: 1024)) == nil)
        #expect(throws: ImportRule.Invalid.self) { try ImportRule(String(repeating: "*", count: 4096) + " ann") }
    }

    @Test("where several parts would do, what comes first is as long as possible")
    func greedy() throws {
        #expect(try ImportRule("*/{owner}/* {owner}").origin(of: "a/b/c/d")?.owner == "c")
        #expect(try ImportRule("{owner}-* {owner}").origin(of: "a-b-c")?.owner == "a-b")
        #expect(try ImportRule("u/{owner}/* {owner}").origin(of: "u/Jürgen/x")?.owner == "Jürgen")
    }

    @Test("a rule names the chat system and the kind")
    func named() throws {
        let origin = try #require(try ImportRule("v/{owner}/* {owner} rooms video").origin(of: "v/ann/1.mp4"))
        #expect(origin == ImportOrigin(owner: "ann", dialect: Dialect(rawValue: "rooms"), kind: .video))
        #expect(try ImportRule("* ann - image").origin(of: "a") == ImportOrigin(owner: "ann", kind: .image))
    }

    @Test(
        "what is no rule is rejected",
        arguments: ["", "*", "a {owner}", "{owner}/{owner} {owner}", "* ann rooms film", "* ann rooms video more"])
    func invalid(line: String) {
        #expect(throws: ImportRule.Invalid.self) { try ImportRule(line) }
    }
}
