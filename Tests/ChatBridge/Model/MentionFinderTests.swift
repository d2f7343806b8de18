import JSON
import Testing

@testable import ChatBridge

@Suite("Mentions in texts")
struct MentionFinderTests {
    private let finder = MentionFinder([
        ChatUser(id: "1", name: "Bob"), ChatUser(id: "2", name: "Bob Marley", details: ["username": "bm"]),
        ChatUser(id: "3", name: "민준"),
    ])

    @Test("are found by name with their places in UTF-16, whatever the case")
    func places() {
        let text = "😀 hi @bob, and @BM!"
        let found = finder.mentions(in: text)
        #expect(found.map(\.user) == ["1", "2"] && found.map(\.username) == ["Bob", "bm"])
        let units = Array(text.utf16)
        let named = found.map { String(decoding: units[$0.startIndex..<$0.endIndex], as: UTF16.self) }
        #expect(named == ["@bob", "@BM"])
    }

    @Test("are of the longest name that fits, in any script")
    func longest() {
        #expect(finder.mentions(in: "@Bob Marley").map(\.user) == ["2"])
        #expect(finder.mentions(in: "@Bob Marleyx").map(\.user) == ["1"])
        #expect(finder.mentions(in: "안녕 @민준!").map(\.user) == ["3"])
    }

    @Test(
        "are neither e-mail addresses nor the beginnings of other names",
        arguments: ["x@bob", "@bobby", "@bob_", "@", "bob"])
    func others(text: String) {
        #expect(finder.mentions(in: text) == [])
    }

    @Test("are at most 50")
    func bounded() {
        #expect(finder.mentions(in: String(repeating: "@bob ", count: 60)).count == 50)
    }
}
