import Foundation
import JSON
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
        "what is not JSON is rejected", arguments: ["", "{", "[1,,2]", "nul", "{\"a\"}", "1 2", "\"\u{1}\"", "[1e999]"])
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

    @Test(
        "values are equal, and hash alike, when they are written with the same bytes",
        arguments: [
            JSONValue.null, .number(.nan), .number(.infinity), 0, .number(0), .number(-0.0), 5, .number(5),
            .number(5.5), "5",
            .integer(.max), .number(Double(Int.max)), .integer(1 << 53), .number(9_007_199_254_740_992), [5],
            [.number(5)],
            ["a": .null], ["a": .number(.nan)],
        ])
    func equality(value: JSONValue) {
        let others: [JSONValue] = [
            .null, .number(-.infinity), 0, .number(-0.0), 5, .number(5), .number(5.5), .integer(.max),
            .integer(.max - 1),
            .number(Double(Int.max)), .number(9_007_199_254_740_992), .integer(1 << 53), .integer(1 << 53 + 1), [5.0],
            [.null],
            ["a": .null], value,
        ]
        for other in others {
            #expect((value == other) == (value.encodedText() == other.encodedText()), "\(value) and \(other)")
            #expect(value != other || Set([value, other]).count == 1)
        }
    }

    @Test("names and texts are bytes: canonically equal ones are two, are found by their own, and are read back")
    func names() throws {
        let (composed, apart) = ("caf\u{e9}", "cafe\u{301}")
        let text = "{\"\(composed)\":1,\"\(apart)\":2,\"K\":3,\"\u{212a}\":4}"
        let value = try JSONValue(parsing: text)
        #expect(value.objectValue?.count == 4)
        #expect(value[composed] == 1 && value[apart] == 2 && value["K"] == 3 && value["\u{212a}"] == 4)
        #expect(try JSONValue(parsing: value.encoded()) == value)
        #expect(
            value.encodedText().utf8.elementsEqual("{\"K\":3,\"\(apart)\":2,\"\(composed)\":1,\"\u{212a}\":4}".utf8))
        #expect(JSONValue.string(composed) != JSONValue.string(apart))
        #expect(try JSONValue(parsing: "{\"\u{212a}\":1}")["K"] == nil)
        var members: JSONObject = [composed: 1]
        #expect(members.removeValue(forKey: apart) == nil && members.count == 1)
        members[apart] = 2
        #expect(members.merging([composed: 3]) { $1 } == [composed: 3, apart: 2])
    }

    @Test(
        "every value is written, and read back as itself",
        arguments: [
            JSONValue.integer(.max), .integer(.min), .number(.greatestFiniteMagnitude), .number(.leastNonzeroMagnitude),
            .number(0.1), .number(-1.5e-300), .number(9.3e18),
            .string("\u{0}\u{1f}\"\\/\u{7f}\u{2028}\u{10ffff}\r\n\t"),
            .array([]), .object([:]), ["": ["": [nil, false, 1e300]]],
        ])
    func everyValue(value: JSONValue) throws {
        #expect(try JSONValue(parsing: value.encoded()) == value)
        let foundation = try JSONSerialization.jsonObject(with: Data(value.encoded()), options: .fragmentsAllowed)
        let again = try JSONSerialization.data(withJSONObject: foundation, options: .fragmentsAllowed)
        #expect(try JSONValue(parsing: again) == value)
    }

    @Test("what JSON cannot say is null, and what is around it stays", arguments: [Double.infinity, -.infinity, .nan])
    func noNumber(number: Double) {
        let value: JSONValue = ["a": [1, .number(number), "x"], "b": .number(-0.0)]
        #expect(value.encodedText() == #"{"a":[1,null,"x"],"b":-0}"#)
    }
}
