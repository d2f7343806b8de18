import Bytes
import Foundation
import Testing

@testable import MediaAPI

struct Base64FileDecoderTests {
    @Test(
        "base64 is read whatever its length and wherever it is cut", arguments: [0, 1, 2, 3, 4, 191, 192, 193, 5_000])
    func base64(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let text = Data(bytes).base64EncodedString()
        for text in [text, "data:image/png;base64," + text, text.replacing("=", with: ""), text + "\r\n"] {
            for size in [1, 7, 256, 10_000] { #expect(try decode(Array(text.utf8), by: size) == bytes) }
        }
    }

    @Test(
        "what is no base64, or a URL, is rejected",
        arguments: [
            "https://media.example/cat.jpg", "HTTP://media.example", "data:image/png,abc", "data:image/png;base64", "A",
            "QUJD*A==", "QQ==QQ==",
        ])
    func rejected(text: String) {
        for size in [1, 300] {
            #expect(throws: APIError.self) { try decode(Array(text.utf8), by: size) }
            #expect(throws: APIError.self) {
                try decode(Array((text + String(repeating: "\n", count: 300)).utf8), by: size)
            }
        }
    }

    private func decode(_ text: [UInt8], by size: Int) throws -> [UInt8] {
        var file = Base64FileDecoder()
        var result: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: size) {
            result += [UInt8](try file.decode(ByteChunk(text[start..<min(start + size, text.count)])))
        }
        return result + [UInt8](try file.finish())
    }
}
