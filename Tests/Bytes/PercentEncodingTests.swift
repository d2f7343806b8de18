import Bytes
import Testing

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("every byte but the unreserved ones is escaped in upper-case hexadecimal")
    func unreserved() {
        #expect(PercentEncoding.encode("aZ09-._~") == "aZ09-._~")
        #expect(PercentEncoding.encode("a b/ä+%") == "a%20b%2F%C3%A4%2B%25")
    }

    @Test("a path keeps its slashes, a header's parameter what RFC 8187 allows there")
    func kept() {
        #expect(PercentEncoding.encode("a/b c", keeping: .path) == "a/b%20c")
        #expect(PercentEncoding.encode("a!b'(c)*/", keeping: .headerParameter) == "a!b%27%28c%29%2A%2F")
    }

    @Test("what was encoded is decoded, and a plus is a space in forms alone")
    func decoding() {
        let text = String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init)))
        #expect(PercentEncoding.decodeText(PercentEncoding.encode(text)) == text)
        #expect(PercentEncoding.decodeText("a+b%2b") == "a+b+")
        #expect(PercentEncoding.decodeText("a+b%2b", plusIsSpace: true) == "a b+")
    }

    @Test(
        "a malformed escape is rejected, and bytes that are no UTF-8 are no text",
        arguments: ["%", "%1", "%zz", "%%20"])
    func malformed(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
        #expect(PercentEncoding.decode("%FF") == [0xFF])
        #expect(PercentEncoding.decodeText("%FF") == nil)
    }
}
