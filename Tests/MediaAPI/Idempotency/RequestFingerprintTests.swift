import Bytes
import HTTPServer
import Testing

@testable import MediaAPI

@Suite("The fingerprint of a request")
struct RequestFingerprintTests {
    private func form(_ boundary: String, file: String = "bytes", epilogue: String = "\r\n") -> String {
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nimage\r\n"
            + "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\(file)\r\n"
            + "--\(boundary)--\(epilogue)"
    }

    private func value(
        _ body: String, boundary: String? = nil, target: String = "/v1/media", fields: [String: String] = [:],
        chunk: Int = 1_000, ends: Bool = true
    ) -> String? {
        var headers: HTTPFields = [:]
        headers["Content-Type"] = boundary.map { "multipart/form-data; boundary=\"\($0)\"" } ?? "application/json"
        for (name, value) in fields { headers[name] = value }
        let fingerprint = RequestFingerprint(HTTPRequest(method: .post, target: target, headers: headers))
        let bytes = Array(body.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            fingerprint.observe(ByteChunk(bytes[start..<min(start + chunk, bytes.count)]))
        }
        if ends { fingerprint.observe(nil) }
        return fingerprint.value
    }

    @Test("of a form does not depend on the boundary, nor on what follows it, nor on how it arrives")
    func boundaries() throws {
        let first = try #require(value(form("----A1"), boundary: "----A1"))
        #expect(value(form("x"), boundary: "x") == first)
        #expect(value(form("x", epilogue: ""), boundary: "x", ends: false) == first)
        #expect(value(form("x", epilogue: "\r\nmore"), boundary: "x") == first)
        for chunk in 1..<40 { #expect(value(form("----A1"), boundary: "----A1", chunk: chunk) == first, "\(chunk)") }
    }

    @Test("of a form depends on each byte of its parts and on their order")
    func parts() throws {
        let first = try #require(value(form("x"), boundary: "x"))
        #expect(value(form("x", file: "bytez"), boundary: "x") != first)
        #expect(value(form("x", file: "bytes\r\n--y"), boundary: "x") != first)
        // Where a part ends is a difference, although all bytes are the same.
        let (one, other) = ("--x\r\n\r\nab\r\n--x\r\n\r\nc\r\n--x--", "--x\r\n\r\na\r\n--x\r\n\r\nbc\r\n--x--")
        #expect(value(one, boundary: "x") != value(other, boundary: "x"))
        #expect(value(form("x"), boundary: "x", target: "/v1/media?a") != first)
    }

    @Test("of a form that breaks off is not known")
    func truncated() {
        #expect(value("--x\r\n\r\nabc\r\n--x\r\n", boundary: "x") == nil)
        #expect(value("--x\r\n\r\nabc\r\n--x-", boundary: "x") == nil)
    }

    @Test("of another body is that of its bytes, its media type and the target")
    func bodies() throws {
        let first = try #require(value("{\"a\":1}"))
        #expect(value("{\"a\":1}", chunk: 2) == first)
        #expect(value("{\"a\":2}") != first)
        #expect(value("{\"a\":1}", target: "/v1/uploads") != first)
        #expect(value("{\"a\":1}", ends: false) == nil)
        #expect(value("--x", chunk: 1) != nil)
    }

    @Test("of a resumable upload is that of its header fields, and not of its first bytes; elsewhere bytes count")
    func resumable() throws {
        let tus = ["Content-Type": "application/offset+octet-stream", "Upload-Length": "10"]
        let draft = ["Upload-Complete": "?0"]
        for (target, fields) in [("/v1/tus", tus), ("/rooms/resumable?roomId=r", draft)] {
            let first = try #require(value("abc", target: target, fields: fields))
            #expect(value("abcd", target: target, fields: fields) == first)
            for other in ["Upload-Length": "11", "Content-Disposition": "x", "X-HTTP-Method-Override": "HEAD"] {
                let changed = fields.merging([other.key: other.value]) { $1 }
                #expect(value("abc", target: target, fields: changed) != first, "\(other)")
            }
            #expect(
                value("abc", target: "/v1/jobs", fields: fields) != value("abcd", target: "/v1/jobs", fields: fields))
        }
        let whole = ["Upload-Complete": "?1"]
        #expect(
            value("abc", target: "/v1/resumable", fields: whole)
                != value("abcd", target: "/v1/resumable", fields: whole))
    }

    @Test("a retry's body is read until it is longer than the first one's")
    func comparison() async throws {
        let stored = try #require(value("{\"a\":1}"))
        for (body, isSame) in [("{\"a\":1}", true), ("{\"a\":2}", false), ("{\"a\":1} ", false), ("", false)] {
            let headers: HTTPFields = ["Content-Type": "application/json"]
            let request = HTTPRequest(
                method: .post, target: "/v1/media", headers: headers, body: RequestBody(ByteChunk(body.utf8)))
            let fingerprint = RequestFingerprint(request)
            let observed = request.observed { fingerprint.observe($0) }
            #expect(try await fingerprint.matches(stored, reading: observed) == isSame, "\(body)")
        }
    }
}
