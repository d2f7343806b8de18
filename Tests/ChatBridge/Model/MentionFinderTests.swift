import JSON
import Testing

@testable import ChatBridge

/// Numbers that are the same for the same seed (SplitMix64).
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

@Suite("Mentions in texts")
struct MentionFinderTests {
    private static let users = [
        ChatUser(id: "1", name: "Bob"), ChatUser(id: "2", name: "Bob Marley", details: ["username": "bm"]),
        ChatUser(id: "3", name: "민준"),
    ]

    private func mentions(in text: String) -> [Mention] { MentionFinder.mentions(of: Self.users, in: text) }

    @Test("are found by name with their places in UTF-16, whatever the case")
    func places() {
        let text = "😀 hi @bob, and @BM!"
        let found = mentions(in: text)
        #expect(found.map(\.user) == ["1", "2"] && found.map(\.username) == ["Bob", "bm"])
        let units = Array(text.utf16)
        let named = found.map { String(decoding: units[$0.startIndex..<$0.endIndex], as: UTF16.self) }
        #expect(named == ["@bob", "@BM"])
    }

    @Test("are of the longest name that fits, in any script")
    func longest() {
        #expect(mentions(in: "@Bob Marley").map(\.user) == ["2"])
        #expect(mentions(in: "@Bob Marleyx").map(\.user) == ["1"])
        #expect(mentions(in: "안녕 @민준!").map(\.user) == ["3"])
    }

    @Test(
        "are neither e-mail addresses nor the beginnings of other names",
        arguments: ["x@bob", "@bobby", "@bob_", "@", "bob"])
    func others(text: String) {
        #expect(mentions(in: text) == [])
    }

    @Test("are the same that a search for each name finds, in any text and of any names", arguments: 0..<200)
    func sameAsSimple(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed) + 1)
        let alphabet: [Character] = ["a", "A", "b", "@", " ", "é", "😀", "_", "1", "\u{301}"]
        func text(_ length: Int) -> String {
            String((0..<length).compactMap { _ in alphabet.randomElement(using: &random) })
        }
        let users = (0..<Int.random(in: 0...12, using: &random)).map { number in
            ChatUser(
                id: "\(number)", name: text(Int.random(in: 0...4, using: &random)),
                details: ["username": .string(text(Int.random(in: 0...3, using: &random)))])
        }
        for _ in 0..<20 {
            let text = text(Int.random(in: 0...60, using: &random))
            #expect(MentionFinder.mentions(of: users, in: text) == Self.simpleMentions(of: users, in: text), "\(text)")
        }
    }

    /// Tries each name at each `@`, the longest first.
    private static func simpleMentions(of users: [ChatUser], in text: String) -> [Mention] {
        let names = users.flatMap { user in Set([user.name, user.username]).sorted().map { ($0, user.id) } }
        let sorted = names.filter { !$0.0.isEmpty }.enumerated().sorted {
            ($1.element.0.count, $0.offset) < ($0.element.0.count, $1.offset)
        }
        let isPartOfName = { (character: Character) in character.isLetter || character.isNumber || character == "_" }
        let characters = Array(text)
        var (mentions, index): ([Mention], Int) = ([], 0)
        while index < characters.count, mentions.count < 50 {
            let found = sorted.first { candidate in
                let name = candidate.element.0
                let end = index + 1 + name.count
                guard characters[index] == "@", index == 0 || !isPartOfName(characters[index - 1]),
                    end <= characters.count
                else { return false }
                return zip(characters[(index + 1)..<end], name).allSatisfy { $0.lowercased() == $1.lowercased() }
                    && (end == characters.count || !isPartOfName(characters[end]))
            }
            guard let (name, user) = found?.element else {
                index += 1
                continue
            }
            let end = index + 1 + name.count
            let places = [index, end].map { String(characters[..<$0]).utf16.count }
            mentions.append(Mention(user: user, username: name, startIndex: places[0], endIndex: places[1]))
            index = end
        }
        return mentions
    }

    @Test("are looked for at 1,000 `@` of a text, and of names of at most 128 characters")
    func boundedWork() {
        let filler = String(repeating: "@x ", count: 999)
        #expect(mentions(in: filler + "@bob").map(\.user) == ["1"])
        #expect(mentions(in: filler + "@x @bob").isEmpty)
        for (length, expected) in [(128, 1), (129, 0)] {
            let name = String(repeating: "n", count: length)
            let user = ChatUser(id: "1", name: name)
            #expect(MentionFinder.mentions(of: [user], in: "@" + name).count == expected)
        }
    }

    @Test("are at most 50")
    func bounded() {
        #expect(mentions(in: String(repeating: "@bob ", count: 60)).count == 50)
    }
}
