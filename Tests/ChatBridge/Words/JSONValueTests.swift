import ChatBridge
import Testing

struct JSONValueTests {
    static let spellings: [(String, JSONValue)] = [
        ("null", JSONValue.null), ("true", true), ("0", 0), ("1", 1), ("-7", -7), ("1.5", 1.5), (#""a/b\n""#, "a/b\n"),
        ("[1,[],{}]", [1, [], [:]]), (#"{"a":1,"b":[true,null]}"#, ["a": 1, "b": [true, nil]]),
        ("9223372036854775807", JSONValue.integer(Int.max)), (#""\u0000""#, "\u{0}"), (#""🍌""#, "🍌"),
    ]

    @Test(
        "values are read and written",
        arguments: spellings)
    func roundTrip(text: String, value: JSONValue) throws {
        let parsed = try JSONValue(parsing: text)
        #expect(parsed == value)
        #expect(try JSONValue(parsing: parsed.encoded()) == value)
    }

    @Test("members are written in order, slashes as they are")
    func order() {
        let value: JSONValue = ["b": "x/y", "a": 15.3, "c": .number(.infinity)]
        #expect(value.encodedText() == #"{"a":15.3,"b":"x/y","c":null}"#)
    }

    @Test(
        "what is not JSON is refused", arguments: ["", "{", "[1,,2]", "nul", "{\"a\"}", "1 2", "\"\u{1}\"", "[1e999]"])
    func malformed(text: String) {
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: text) }
    }

    @Test("length and depth are bounded; brackets in strings do not count")
    func bounded() throws {
        let limits = JSONLimits(maximumBytes: 20, maximumDepth: 2)
        #expect(throws: JSONError.tooLong(limit: 20)) {
            try JSONValue(parsing: "[\"aaaaaaaaaaaaaaaaaaaaaaa\"]", limits: limits)
        }
        #expect(throws: JSONError.tooDeep(limit: 2)) { try JSONValue(parsing: "[[[1]]]", limits: limits) }
        #expect(try JSONValue(parsing: #"[["[[\"[["]]"#, limits: limits) == [["[[\"[["]])
        let bomb = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONError.tooDeep(limit: 32)) { try JSONValue(parsing: bomb) }
    }
}
