import TestSupport
import Testing

@testable import HTTPServer

/// Shapes that two servers could read differently, and what is answered to them.
enum RefusedShapes {
    static let all: [(name: String, request: String, status: Int)] = [
        (
            "a length and a coding",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400
        ),
        (
            "a coding and a length",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400
        ),
        ("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", 400),
        ("two equal lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 400),
        ("a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n", 400),
        ("a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n", 400),
        ("a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\n", 400),
        ("a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n", 400),
        ("an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
        ("a length over 64 bits", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("LF alone after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
        ("LF alone after a field", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400),
        ("LF alone at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
        ("LF alone throughout", "GET / HTTP/1.1\nHost: a\n\n", 400),
        ("CR alone in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n", 400),
        ("CR alone between fields", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400),
        ("CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400),
        ("a folded field", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", 400),
        ("a field folded with a tab", "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", 400),
        ("a fold before the first field", "GET / HTTP/1.1\r\n X: b\r\nHost: a\r\n\r\n", 400),
        ("a space before the colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\n", 400),
        ("a tab before the colon", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding\t: chunked\r\n\r\n", 400),
        ("a field without a colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
        ("a field without a name", "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400),
        ("a name that is no token", "GET / HTTP/1.1\r\nHost: a\r\nX(Y): z\r\n\r\n", 400),
        ("gzip, chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400),
        ("chunked, gzip", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
        ("chunked twice", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400),
        (
            "chunked in two fields",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400
        ),
        ("identity", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", 400),
        ("xchunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 400),
        ("a quoted coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", 400),
        ("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n", 400),
        ("a control character in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{1}c\r\n\r\n", 400),
        ("DEL in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: b\u{7f}c\r\n\r\n", 400),
        ("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
        ("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("a Host that is a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
        ("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("an absolute target of another host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("an absolute target that is no URL", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a target that is no path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a star for another method", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a target with a fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a target that is not ASCII", "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("HTTP/0.9", "GET /\r\n\r\n", 400),
        ("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("a lower-case protocol", "GET / http/1.1\r\nHost: a\r\n\r\n", 400),
        ("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
        ("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ("another expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 1\r\n\r\n", 417),
        ("too many fields", "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: y\r\n", count: 100) + "\r\n", 431),
        ("a head that is too large", "GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "y", count: 17 << 10), 431),
        (
            "a target that is too long",
            "GET /" + String(repeating: "y", count: 9 << 10) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414
        ),
        ("a target without end", "GET /" + String(repeating: "y", count: 17 << 10), 414),
        ("empty lines without end", String(repeating: "\r\n", count: 20), 400),
    ]
}

struct RequestShapeTests {
    /// The result of scanning a head that arrives `step` bytes at a time.
    private func parse(_ text: String, step: Int) throws(HeadError) -> RequestHead? {
        let bytes = Array(text.utf8)
        let limits = HTTPServerConfiguration.HeadLimits()
        var scanner = HeadScanner(limits: limits)
        var end = 0
        while end < bytes.count {
            end = min(bytes.count, end + step)
            switch bytes[..<end].withUnsafeBytes({ scanner.scan($0) }) {
            case .incomplete: continue
            case .rejected(let error): throw error
            case .complete(let range):
                let result = bytes.withUnsafeBytes { bytes in
                    Result { () throws(HeadError) in
                        try MessageParser().parseHead(UnsafeRawBufferPointer(rebasing: bytes[range]), limits: limits)
                    }
                }
                return try result.get()
            }
        }
        return nil
    }

    @Test(
        "each malformed head is rejected however it is split", arguments: RefusedShapes.all.map(\.name),
        [1, 7, 100_000])
    func rejected(name: String, step: Int) throws {
        let shape = try #require(RefusedShapes.all.first { $0.name == name })
        let error = thrown(HeadError.self) { _ = try parse(shape.request, step: step) }
        #expect(error?.status.rawValue == shape.status)
    }

    @Test("a valid head is read completely, however it is split", arguments: [1, 2, 3, 50, 1000])
    func accepted(step: Int) throws {
        let text =
            "\r\nPOST /a%20b?c=d&e=f+g HTTP/1.1\r\nhost: example.com:80\r\nX-Empty:\r\nX-Both: \t b c \t\r\n"
            + "Content-Length: 0012\r\nExpect: 100-Continue\r\nConnection: Keep-Alive, Close\r\n\r\n"
        let head = try #require(try parse(text, step: step))
        #expect(head.method == .post)
        #expect(head.target == "/a%20b?c=d&e=f+g")
        #expect(head.fields["HOST"] == "example.com:80")
        #expect(head.fields["X-Empty"] == "")
        #expect(head.fields["X-Both"] == "b c")
        #expect(head.framing == .length(12))
        #expect(head.expectsContinue)
        #expect(!head.keepAlive)
    }

    @Test(
        "an absolute target of the same host is its path (RFC 9112 section 3.2.2)",
        arguments: [
            ("http://a/b?c", "/b?c"), ("HTTP://A", "/"), ("https://a?c", "/?c"),
        ])
    func absoluteForm(target: String, path: String) throws {
        let head = try parse("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n", step: 1000)
        #expect(head?.target == path)
    }
}

struct ChunkFramingTests {
    /// The body decoded from chunks that arrive `step` bytes at a time, and the bytes after its end.
    private func parse(_ text: String, step: Int) throws -> (body: String, isComplete: Bool, rest: String) {
        let parser = MessageParser()
        let head = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        _ = try head.withUnsafeBytes { try parser.parseHead($0, limits: HTTPServerConfiguration.HeadLimits()) }
        let bytes = Array(text.utf8)
        var body: [UInt8] = []
        var position = 0
        while position < bytes.count && !parser.isComplete {
            let piece = Array(bytes[position..<min(bytes.count, position + step)])
            let result = try piece.withUnsafeBytes { try parser.feed($0) }
            for range in result.pieces { body += piece[range] }
            position += result.consumed
        }
        return (
            String(decoding: body, as: UTF8.self), parser.isComplete,
            String(decoding: bytes[position...], as: UTF8.self)
        )
    }

    @Test("chunks are put together, extensions and trailers left out, the next request untouched", arguments: 1...60)
    func validHead(step: Int) throws {
        let text = "5;a=\"b\"\r\nhello\r\nA\r\n, world\r\n!\r\n0\r\nX: y\r\n\r\nGET /"
        let result = try parse(text, step: step)
        #expect(result.body == "hello, world\r\n!")
        #expect(result.isComplete)
        #expect(result.rest == "GET /")
    }

    @Test(
        "broken framing is rejected however it is cut",
        arguments: [
            "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\r0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n", "g\r\nhello\r\n0\r\n\r\n",
            "\r\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
            "5\r\nhello\r\n0\r\nX: y\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n",
            "ffffffffffffffff1\r\nhello", "5\r\nhelloo\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5\r\nhello\rX0\r\n\r\n",
        ], [1, 3, 1000])
    func broken(text: String, step: Int) {
        #expect(throws: RequestBodyError.malformed) { try parse(text, step: step) }
    }

    @Test(
        "extensions, trailers and zeros without end are rejected",
        arguments: [
            "5;" + String(repeating: "x", count: 20_000), "5;x=" + String(repeating: "y", count: 20_000),
            "0\r\n" + String(repeating: "X: y\r\n", count: 5_000), "0\r\nX: " + String(repeating: "y", count: 20_000),
            String(repeating: "1;abcdefghij\r\na\r\n", count: 2_000), String(repeating: "0", count: 20_000),
        ], [100, 100_000])
    func endless(text: String, step: Int) {
        #expect(throws: RequestBodyError.malformed) { try parse(text, step: step) }
    }
}
