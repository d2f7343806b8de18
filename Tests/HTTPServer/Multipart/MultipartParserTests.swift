import Bytes
import Testing

@testable import HTTPServer

struct MultipartParserTests {
    struct Part: Equatable {
        var disposition: String
        var body: String
    }

    /// The parts of `body` when it arrives in these pieces.
    private func parse(
        _ pieces: [ArraySlice<UInt8>], limits: MultipartLimits = MultipartLimits()
    ) throws -> [Part] {
        var parser = MultipartParser(boundary: "bound", limits: limits)
        var parts: [Part] = []
        var bytes: [UInt8] = []
        var left = pieces[...]
        while true {
            switch try parser.next() {
            case .partBegins(let fields):
                parts.append(Part(disposition: fields["Content-Disposition"] ?? "", body: ""))
                bytes = []
            case .body(let chunk): bytes += [UInt8](chunk)
            case .partEnds: parts[parts.count - 1].body = String(decoding: bytes, as: UTF8.self)
            case .end: return parts
            case .needsMore: if let piece = left.popFirst() { parser.append(ByteChunk(piece)) } else { parser.finish() }
            }
        }
    }

    private func parse(_ text: String, limits: MultipartLimits = MultipartLimits()) throws -> [Part] {
        try parse([Array(text.utf8)[...]], limits: limits)
    }

    /// A form whose parts contain near-matches of the boundary.
    static let form =
        "preamble\r\n--boun\r\n--bound \t\r\nContent-Disposition: form-data; name=a\r\n\r\n"
        + "\r\r\n\r\n-\r\n--\r\n--boun\r\n--boum\n--bound\r--bound--\r\n--boun"
        + "\r\n--bound\r\nContent-Disposition: form-data; name=empty\r\nX: y\r\n\r\n\r\n--bound\r\n"
        + "Content-Disposition: form-data; name=none\r\n\r\n--bound\r\n\r\nno fields"
        + "\r\n--bound--\r\nepilogue\r\n--bound\r\n"
    static let parts = [
        Part(
            disposition: "form-data; name=a",
            body: "\r\r\n\r\n-\r\n--\r\n--boun\r\n--boum\n--bound\r--bound--\r\n--boun"),
        Part(disposition: "form-data; name=empty", body: ""), Part(disposition: "form-data; name=none", body: ""),
        Part(disposition: "", body: "no fields"),
    ]

    @Test("a form is read the same whole, byte by byte, and split at every position and every two")
    func splits() async throws {
        let bytes = Array(Self.form.utf8)
        #expect(try parse([bytes[...]]) == Self.parts)
        #expect(try parse(bytes.indices.map { bytes[$0...$0] }) == Self.parts)
        for first in 0...bytes.count {
            // Yields the thread, which other tests share.
            await Task.yield()
            #expect(try parse([bytes[..<first], bytes[first...]]) == Self.parts, "split at \(first)")
            for second in first...min(bytes.count, first + 12) {
                #expect(
                    try parse([bytes[..<first], bytes[first..<second], bytes[second...]]) == Self.parts,
                    "split at \(first) and \(second)")
            }
        }
    }

    @Test("a boundary is found wherever it is, and what looks like one is body")
    func places() throws {
        let decoy = "\r?-\r\n-\r\n--boun"
        for length in 0...300 {
            let body =
                String(repeating: decoy, count: length / decoy.utf8.count) + String(repeating: "x", count: length)
            let form = "--bound\r\n\r\n\(body)\r\n--bound--\r\n" + String(repeating: "y", count: 200)
            #expect(try parse(form) == [Part(disposition: "", body: body)], "\(length)")
        }
    }

    @Test("a form cut off anywhere before its last boundary's end is truncated")
    func truncated() throws {
        let bytes = Array("--bound\r\nContent-Disposition: form-data; name=a\r\n\r\nbody\r\n--bound--".utf8)
        #expect(try parse([bytes[...]]).count == 1)
        for end in bytes.indices {
            #expect(throws: MultipartError.truncated, "cut at \(end)") { try parse([bytes[..<end]]) }
        }
    }

    @Test("what is in a part is handed on without being copied")
    func noCopies() throws {
        var parser = MultipartParser(boundary: "bound", limits: MultipartLimits())
        let head = "--bound\r\n\r\n"
        let chunk = ByteChunk((head + String(repeating: "x", count: 10_000)).utf8)
        parser.append(chunk)
        guard case .partBegins = try parser.next(), case .body(let body) = try parser.next() else {
            Issue.record("no body")
            return
        }
        let addresses = (chunk.withUnsafeBytes { $0.baseAddress }, body.withUnsafeBytes { $0.baseAddress })
        #expect(addresses.1 == addresses.0.map { $0 + head.utf8.count })
        #expect(body.count == 10_000)
    }

    @Test("each limit is enforced")
    func limits() throws {
        let part = "--bound\r\nX: y\r\n\r\n\r\n"
        let form = String(repeating: part, count: 5) + "--bound--"
        #expect(try parse(form, limits: MultipartLimits(maximumParts: 5)).count == 5)
        #expect(throws: MultipartError.tooManyParts) { try parse(form, limits: MultipartLimits(maximumParts: 4)) }
        let wide = "--bound\r\nX: " + String(repeating: "y", count: 9_000)
        #expect(throws: MultipartError.headersTooLarge) { try parse(wide) }
        #expect(throws: MultipartError.malformed) { try parse(String(repeating: "p", count: 9_000) + form) }
        #expect(throws: MultipartError.malformed) { try parse(form + String(repeating: "e", count: 9_000)) }
    }

    @Test(
        "broken forms are malformed",
        arguments: [
            "--boundX\r\n\r\n", "--bound-\r\n\r\n\r\n--bound--", "--bound\n\r\n", "--bound\r\nX y\r\n\r\n\r\n--bound--",
            "--bound\r\n: y\r\n\r\n\r\n--bound--", "--bound\r\nX: a\r\n b\r\n\r\n\r\n--bound--",
            "--bound\r\nX: a\nY: b\r\n\r\n\r\n--bound--", "--bound\r\nX: a\0\r\n\r\n\r\n--bound--",
            "--bound\r\nX : a\r\n\r\n\r\n--bound--",
        ])
    func malformed(form: String) {
        #expect(throws: MultipartError.malformed) { try parse(form) }
    }
}
