import ChatBridge
import JSON
import Testing

@testable import ChatDocuments

@Suite("BSON")
struct BSONTests {
    private func decoded(_ bytes: [UInt8]) throws -> BSONDocument {
        try bytes.withUnsafeBytes { try BSONDocument(encoded: $0) }
    }

    @Test("documents are written as the specification's examples")
    func examples() throws {
        // bsonspec.org, FAQ.
        let hello: [[UInt8]] = [
            [0x16, 0, 0, 0, 0x02], Array("hello\0".utf8), [6, 0, 0, 0], Array("world\0".utf8), [0],
        ]
        #expect((["hello": "world"] as BSONDocument).encoded == hello.flatMap { $0 })
        let list: BSONDocument = ["BSON": .array(["awesome", .double(5.05), .int32(1986)])]
        let parts: [[UInt8]] = [
            [0x31, 0, 0, 0, 0x04], Array("BSON\0".utf8), [0x26, 0, 0, 0],
            [0x02], Array("0\0".utf8), [8, 0, 0, 0], Array("awesome\0".utf8),
            [0x01], Array("1\0".utf8), [0x33, 0x33, 0x33, 0x33, 0x33, 0x33, 0x14, 0x40],
            [0x10], Array("2\0".utf8), [0xC2, 0x07, 0, 0, 0], [0],
        ]
        #expect(list.encoded == parts.flatMap { $0 })
        #expect(try decoded(list.encoded) == list)
    }

    @Test("every type is read as it was written, also those that are passed through")
    func roundTrip() throws {
        let id = try #require(ObjectID("65a4f0c2e1b2c3d4e5f60718"))
        let document: BSONDocument = [
            "null": .null, "bool": true, "int32": .int32(-7), "int64": .int64(.min), "double": .double(-0.0),
            "string": "a\u{0}b é", "date": .date(-1), "id": .objectID(id), "array": [1, [], ["a": .null]],
            "document": [:], "decimal": .other(type: 0x13, bytes: Array(1...16)),
            "binary": .other(type: 0x05, bytes: [2, 0, 0, 0, 0, 9, 8]), "minKey": .other(type: 0xFF, bytes: []),
            "pattern": .other(type: 0x0B, bytes: Array("a.*\0i\0".utf8)),
            "timestamp": .other(type: 0x11, bytes: Array(1...8)),
        ]
        #expect(try decoded(document.encoded) == document)
    }

    @Test("bytes that are cut off or contradict their lengths are rejected")
    func malformed() {
        let bytes = (["a": ["b": [1, "text"]]] as BSONDocument).encoded
        for count in 0..<bytes.count { #expect(throws: BSONError.self) { try decoded(Array(bytes[..<count])) } }
        #expect(throws: BSONError.self) { try decoded([255, 255, 255, 127, 0]) }
        #expect(throws: BSONError.self) { try decoded([5, 0, 0, 0, 1]) }
    }

    @Test("24 hexadecimal digits in lower case are an ObjectId, anything else is a string; both are found")
    func identifiers() throws {
        let digits = "65a4f0c2e1b2c3d4e5f60718"
        let id = BSONValue.objectID(try #require(ObjectID(digits)))
        #expect(BSONValue.identifier(digits) == id && id.identifierValue == digits)
        #expect(BSONValue.matching(digits) == ["$in": [id, .string(digits)]])
        for text in [digits.uppercased(), "ann", digits + "0", "\(digits.dropLast())g"] {
            #expect(BSONValue.identifier(text) == .string(text) && BSONValue.matching(text) == .string(text))
        }
    }

    @Test(
        "JSON is read as it was stored",
        arguments: [
            #"{"a":{"b":[1,2.5,null,true,"é"]}}"#, "{}", "[1,[2]]", #""text""#, "null", #"{"a.b":1,"$set":2}"#,
            #"{"":{}}"#,
        ])
    func json(text: String) throws {
        let value = try JSONValue(parsing: text, limits: JSONLimits())
        #expect(BSONValue.json(value).jsonValue == value)
        let document: BSONDocument = ["value": .json(value)]
        #expect(try decoded(document.encoded)["value"]?.jsonValue == value)
    }
}
