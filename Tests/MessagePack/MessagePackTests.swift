import JSON
import Testing

@testable import MessagePack

@Suite("MessagePack")
struct MessagePackTests {
    private func encoded(_ value: JSONValue) -> [UInt8] {
        var writer = MessagePackWriter()
        writer.write(value)
        return writer.bytes
    }

    @Test(
        "values are written in their shortest form, and read again",
        arguments: [
            (.null, [0xC0]), (.bool(false), [0xC2]), (.bool(true), [0xC3]),
            (.integer(0), [0x00]), (.integer(127), [0x7F]), (.integer(128), [0xCC, 0x80]),
            (.integer(256), [0xCD, 0x01, 0x00]), (.integer(65_536), [0xCE, 0x00, 0x01, 0x00, 0x00]),
            (.integer(4_294_967_296), [0xCF, 0, 0, 0, 1, 0, 0, 0, 0]),
            (.integer(-1), [0xFF]), (.integer(-32), [0xE0]), (.integer(-33), [0xD0, 0xDF]),
            (.integer(-129), [0xD1, 0xFF, 0x7F]), (.integer(-32_769), [0xD2, 0xFF, 0xFF, 0x7F, 0xFF]),
            (.integer(.min), [0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0]),
            (.number(1.5), [0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]),
            (.string("é"), [0xA2, 0xC3, 0xA9]), (.array([1, [2]]), [0x92, 0x01, 0x91, 0x02]),
            (.object(["a": 1]), [0x81, 0xA1, 0x61, 0x01]),
        ] as [(JSONValue, [UInt8])])
    func values(value: JSONValue, bytes: [UInt8]) throws {
        #expect(encoded(value) == bytes)
        #expect(try MessagePackReader.read(bytes) == value)
    }

    @Test("texts, arrays and maps have headers by their length", arguments: [31, 32, 255, 256, 65_535, 65_536])
    func lengths(count: Int) throws {
        let values: [JSONValue] = [
            .string(String(repeating: "x", count: count)), .array(Array(repeating: 1, count: count)),
            .object(JSONObject((0..<count).map { ("\($0)", .integer($0)) })),
        ]
        for value in values { #expect(try MessagePackReader.read(encoded(value)) == value) }
        #expect(encoded(values[0]).count - count == (count < 32 ? 1 : count < 256 ? 2 : count < 65_536 ? 3 : 5))
        #expect(encoded(values[1]).count - count == (count < 16 ? 1 : count < 65_536 ? 3 : 5))
    }

    @Test("extension types are read as null, and single-precision numbers as numbers")
    func others() throws {
        #expect(try MessagePackReader.read([0x92, 0xD4, 0x00, 0x00, 0x01]) == [nil, 1])
        #expect(try MessagePackReader.read([0x92, 0xC7, 0x03, 0x01, 1, 2, 3, 0x01]) == [nil, 1])
        #expect(try MessagePackReader.read([0xD8, 0x01] + [UInt8](repeating: 7, count: 16)) == nil)
        #expect(try MessagePackReader.read([0xCA, 0x3F, 0xC0, 0, 0]) == 1.5)
    }

    @Test(
        "what is no MessagePack, or no JSON, is rejected",
        arguments: [
            ([], .malformed), ([0xC1], .malformed), ([0xA2, 0x61], .malformed), ([0x01, 0x01], .malformed),
            ([0xDD, 0xFF, 0xFF, 0xFF, 0xFF], .malformed), ([0xDB, 0xFF, 0xFF, 0xFF, 0xFF], .malformed),
            ([0xC4, 0x01, 0x00], .unsupported), ([0x81, 0x01, 0x01], .unsupported),
            ([UInt8](repeating: 0x91, count: 100) + [0x01], .tooComplex),
        ] as [([UInt8], MessagePackError)])
    func rejected(bytes: [UInt8], error: MessagePackError) {
        #expect(throws: error) { try MessagePackReader.read(bytes) }
    }
}
