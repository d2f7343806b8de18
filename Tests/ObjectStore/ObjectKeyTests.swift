import ObjectStore
import Testing

struct ObjectKeyTests {
    @Test("plain names and paths are keys", arguments: ["a", "a/b", "A-Z_0.9/...", ".hidden", "a..b", "x/y/z.tar.gz"])
    func valid(text: String) {
        #expect(ObjectKey(validating: text)?.rawValue == text)
    }

    @Test(
        "what climbs, is empty or needs escaping is no key",
        arguments: [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "a/./b", "a b", "a%2fb", "a\\b", "a\0b",
            "a~b", "\u{e4}", "a\n", "a?b", "a:b", String(repeating: "a", count: 201),
            String(repeating: "a/", count: 256) + "b",
        ])
    func invalid(text: String) {
        #expect(ObjectKey(validating: text) == nil)
        #expect(ObjectKey(rawValue: text) == nil)
    }

    @Test("the longest key and the longest segment are keys")
    func longest() {
        #expect(ObjectKey(validating: String(repeating: "a", count: 200)) != nil)
        #expect(ObjectKey(validating: String(repeating: "a/", count: 255) + "ab") != nil)
    }
}
