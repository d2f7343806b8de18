import HTTPServer
import Testing

struct URLEncodedFormTests {
    @Test("fields come in their order, decoded; a plus is a space, what has no equals sign is empty")
    func fields() throws {
        let form = try URLEncodedForm(Array("a=1+2&b%5Bc%5D=%C3%A4%26%3D&&d&e=x=y&a=".utf8))
        #expect(form.fields.map(\.name) == ["a", "b[c]", "d", "e", "a"])
        #expect(form.fields.map(\.value) == ["1 2", "ä&=", "", "x=y", ""])
        #expect(try URLEncodedForm([]).fields.isEmpty)
    }

    private static let malformedBodies =
        ["a=%", "a=%4", "a=%GG", "a=%FF", "%C3=1", "a=%C0%AF", "a=%ED%A0%80"].map { Array($0.utf8) } + [
            [0x61, 0x3d, 0xff]
        ]

    @Test("a form with a broken escape, or with bytes that are no UTF-8, is rejected", arguments: malformedBodies)
    func malformed(body: [UInt8]) {
        #expect(throws: URLEncodedForm.Failure.malformed) { try URLEncodedForm(body) }
    }

    @Test("so many fields, and no more")
    func tooMany() throws {
        let body = Array(repeating: "a=b", count: 64).joined(separator: "&")
        #expect(try URLEncodedForm(Array(body.utf8)).fields.count == 64)
        #expect(throws: URLEncodedForm.Failure.tooManyFields) { try URLEncodedForm(Array((body + "&c").utf8)) }
    }
}
