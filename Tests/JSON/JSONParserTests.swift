import Foundation
import JSON
import Testing

/// Compares the parser with Foundation's.
struct JSONParserTests {
    /// What Foundation makes of a text; `nil` for what is not JSON. Its decoder is asked only where its other parser accepts
    /// the text: in Swift 6.0 the decoder ends the process at an invalid name of an object.
    private func reference(_ bytes: [UInt8]) -> JSONValue? {
        let data = Data(bytes)
        guard (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) != nil else { return nil }
        return try? JSONDecoder().decode(JSONValue.self, from: data)
    }

    private func parsed(_ bytes: [UInt8]) -> JSONValue? {
        try? JSONValue(parsing: bytes, limits: JSONLimits(maximumDepth: 500))
    }

    @Test(
        "every spelling of a value is read as Foundation reads it",
        arguments: [
            " [ 1 , 2 ]\n", "\t{\"a\" : [ ] , \"b\":{ } }\r\n", "-0", "0.5", "-1.25e-2", "1E+2", "1e2", "1.0", "3.0e0",
            "2.5e1",
            "12345678901234567890", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "1e15",
            "123456789012345678901234567890.5", "1e-400", "1.7976931348623157e308", "5e-324", "0.1", "0e5", "0E-0",
            #""\"\\\/\b\f\n\r\t""#, #""\u00e9\u0065\u0301""#, #""\ud83c\udf4c""#, "\"\u{7f}\u{80}\u{2028}\u{10ffff}\"",
            #"{"":""}"#, #"{"\u0061":1}"#, "true", "false", "null", "\"\"", "[[[[[[[[1]]]]]]]]", "[true,false,null]",
        ])
    func valid(text: String) throws {
        let expected = try #require(reference(Array(text.utf8)))
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(
        "what is not JSON is rejected",
        arguments: [
            "", " ", "tru", "truex", "nulll", "True", "'a'", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"",
            "\"\\ud800\"",
            "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "\"\t\"", "01", "-", "-a", "+1", ".5", "1.",
            "1.e1",
            "1e", "1e+", "0x10", "1e999", "-1e999", "NaN", "Infinity", "-Infinity", "[", "]", "[1", "[1,", "[1,]",
            "[,1]",
            "[1 2]", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}",
            "{\"a\" 1}", "[1}",
            "{\"a\":1]", "1 1", "[] []", "/**/1", "1//", "\u{0}", "1\u{0}", "\u{a0}1", "[1]\u{b}",
        ])
    func invalid(text: String) {
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: text) }
    }

    @Test(
        "bytes that are not UTF-8 are rejected, wherever they are",
        arguments: [
            [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        for text in [bytes, [0x22] + bytes + [0x22], Array("{\"".utf8) + bytes + Array("\":1}".utf8)] {
            #expect(throws: JSONError.malformed) { try JSONValue(parsing: text) }
            #expect(throws: JSONError.malformed) { try JSONValue(parsing: Array("\"\\n".utf8) + bytes + [0x22]) }
        }
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: [0x31, 0x00, 0x32, 0x00]) }
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: [0xff, 0xfe, 0x31, 0x00]) }
    }

    @Test(
        "what is decoded is JSON: an object with an invalid name is an error",
        arguments: ["{\"a\u{1f}\":1}", #"{"\q":1}"#, #"{"\ud800":1}"#, #"{"\u12":1}"#, "{", "[]"])
    func decoded(text: String) throws {
        #expect(throws: (any Error).self) { try decodeJSON([String: Int].self, from: Array(text.utf8)) }
        #expect(try decodeJSON([String: Int].self, from: Array(#"{"a":1}"#.utf8)) == ["a": 1])
    }

    @Test("a name that is given twice has its last value, and a byte order mark says nothing")
    func details() throws {
        #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#) == ["a": 2])
        #expect(try JSONValue(parsing: [0xef, 0xbb, 0xbf] + Array("[1]".utf8)) == [1])
    }

    @Test("whole numbers are exact or no whole numbers, and are asked for within a range")
    func exact() throws {
        #expect(try JSONValue(parsing: "9223372036854775807").integerValue == Int.max)
        #expect(try JSONValue(parsing: "9223372036854775808").integerValue == nil)
        #expect(try JSONValue(parsing: "1e300").integerValue == nil)
        #expect(try JSONValue(parsing: "1.5").integerValue == nil)
        // Beyond 2^53 a floating-point number does not represent every integer.
        #expect(try JSONValue(parsing: "9007199254740992.0").integerValue == 9_007_199_254_740_992)
        #expect(try JSONValue(parsing: "9007199254740994.0") == .number(9_007_199_254_740_994))
        #expect(throws: JSONError.malformed) { try JSONValue(parsing: String(repeating: "1", count: 2_000)) }
    }

    @Test("the number of values is bounded, names beside them not counted")
    func values() throws {
        let limits = JSONLimits(maximumValues: 4)
        #expect(try JSONValue(parsing: #"{"a":[1],"b":2}"#, limits: limits) == ["a": [1], "b": 2])
        #expect(throws: JSONError.tooManyValues(limit: 4)) { try JSONValue(parsing: "[1,2,3,4]", limits: limits) }
        let flood = "[" + String(repeating: "[],", count: 300_000) + "0]"
        #expect(throws: JSONError.tooManyValues(limit: 32_768)) { try JSONValue(parsing: flood) }
    }

    @Test("random documents, whole and damaged, are read or rejected as Foundation does")
    func random() throws {
        var generator = WordGenerator(state: 20_261_127)
        var whole = 0
        for _ in 0..<20_000 {
            var bytes = Array(document(&generator, depth: 0).utf8)
            for _ in 0..<(generator.below(2) * generator.below(4)) { damage(&bytes, &generator) }
            let expected = reference(bytes)
            if expected != nil { whole += 1 }
            // Foundation accepts a comma after the last element if white space follows it.
            if String(decoding: bytes, as: UTF8.self).contains(/,[ \n\t\r]+[\]\}]/), parsed(bytes) == nil { continue }
            #expect(parsed(bytes) == expected, "\(String(decoding: bytes, as: UTF8.self)) \(bytes)")
        }
        #expect(whole > 5_000 && whole < 19_000)
    }

    private func document(_ generator: inout WordGenerator, depth: Int) -> String {
        let space = ["", "", "", " ", "\n", "\t", "\r"][generator.below(7)]
        func spaced(_ text: String) -> String { space + text + space }
        switch generator.below(depth > 4 ? 6 : 9) {
        case 0: return spaced("null")
        case 1: return spaced(generator.below(2) == 0 ? "true" : "false")
        case 2: return spaced(String(Int(truncatingIfNeeded: generator.next()) >> generator.below(64)))
        case 3:
            let digits = String(generator.next() >> UInt64(generator.below(60)))
            let exponent = ["", "e1", "E-5", "e+300", "e-320"][generator.below(5)]
            return spaced("\(generator.below(2) == 0 ? "-" : "")\(generator.below(100)).\(digits)\(exponent)")
        case 4, 5: return spaced(text(&generator))
        case 6:
            return spaced(
                "["
                    + (0..<generator.below(5)).map { _ in document(&generator, depth: depth + 1) }.joined(
                        separator: ",")
                    + "]")
        default:
            // Names differ, because the meaning of a repeated name is undefined (RFC 8259 section 4).
            let members = (0..<generator.below(5)).map { index in
                space + "\"\(index)" + text(&generator).dropFirst() + space + ":"
                    + document(&generator, depth: depth + 1)
            }
            return spaced("{" + members.joined(separator: ",") + "}")
        }
    }

    private func text(_ generator: inout WordGenerator) -> String {
        let pieces = [
            "a", "é", "🍌", "\\n", "\\u0041", "\\ud83c\\udf4c", "\\\"", "\\\\", "/", "\u{7f}", "[", "}", "\\/", "x y",
        ]
        return "\"" + (0..<generator.below(6)).map { _ in pieces[generator.below(pieces.count)] }.joined() + "\""
    }

    private func damage(_ bytes: inout [UInt8], _ generator: inout WordGenerator) {
        guard !bytes.isEmpty else { return }
        let index = generator.below(bytes.count)
        let characters = Array(#"[]{}",:0-+.eE\utfn 1"#.utf8) + [0x0a, 0x1f, 0x80, 0xc3, 0xff]
        switch generator.below(4) {
        case 0: bytes.remove(at: index)
        case 1: bytes.insert(characters[generator.below(characters.count)], at: index)
        case 2: bytes[index] = characters[generator.below(characters.count)]
        default: bytes.removeSubrange(index...)
        }
    }

    /// The same numbers each time (SplitMix64).
    private struct WordGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = state
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }

        mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    }
}
