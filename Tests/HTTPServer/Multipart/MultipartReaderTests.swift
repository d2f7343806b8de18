import Bytes
import Testing

@testable import HTTPServer

struct MultipartReaderTests {
    private func request(_ body: String, type: String = "multipart/form-data; boundary=b") -> HTTPRequest {
        HTTPRequest(
            method: .post, target: "/", headers: ["Content-Type": type], body: RequestBody(ByteChunk(body.utf8)))
    }

    private func form(_ dispositions: [String]) -> String {
        dispositions.map { "--b\r\nContent-Disposition: \($0)\r\n\r\nvalue\r\n" }.joined() + "--b--\r\n"
    }

    @Test(
        "a file's name is read as clients write it",
        arguments: [
            (#"filename="a.mp4""#, "a.mp4"), ("filename=a.mp4", "a.mp4"),
            (#"filename="a \"b\" \\c.mp4""#, #"a "b" \c.mp4"#),
            (#"filename="C:\dir\a.mp4""#, #"C:\dir\a.mp4"#), (#"filename="видео 1;x.mp4""#, "видео 1;x.mp4"),
            (#"filename="fallback"; filename*=UTF-8''na%C3%AFve%20%F0%9F%8E%AC.mp4"#, "naïve 🎬.mp4"),
            (#"filename*=utf-8'en'a%2Fb; filename="fallback""#, "a/b"), ("filename*=iso-8859-1''%E9", "é"),
            (#"filename="fallback"; filename*=UTF-8''%FF"#, "fallback"),
            (#"filename="fallback"; filename*=UTF-8''%zz"#, "fallback"), (#"FileName = "a" ;"#, "a"),
            (#"filename="""#, ""),
        ])
    func filenames(parameter: String, expected: String) async throws {
        var iterator = try MultipartReader(request(form(["form-data; name=\"file\"; \(parameter)"])))
            .makeAsyncIterator()
        let part = try #require(try await iterator.next())
        #expect(part.name == "file")
        #expect(part.filename == expected)
    }

    @Test("parts come in any order; what is not read is skipped; what was skipped cannot be read")
    func skipping() async throws {
        let body = form(["form-data; name=\"file\"; filename=\"x\"", "form-data; name=a", "form-data; name=b"])
        var iterator = try MultipartReader(request(body)).makeAsyncIterator()
        let file = try #require(try await iterator.next())
        let a = try #require(try await iterator.next())
        #expect(try await a.text() == "value")
        #expect(try await a.text() == "")
        await #expect(throws: RequestBodyError.alreadyRead) { for try await _ in file.body {} }
        #expect(try await iterator.next()?.name == "b")
        #expect(try await iterator.next() == nil)
        #expect(try await iterator.next() == nil)
    }

    @Test("a field over the limit is rejected with its name")
    func fieldLimit() async throws {
        let body = form(["form-data; name=a"])
        for try await part in try MultipartReader(request(body), limits: MultipartLimits(maximumFieldBytes: 5)) {
            #expect(try await part.text() == "value")
        }
        for try await part in try MultipartReader(request(body), limits: MultipartLimits(maximumFieldBytes: 4)) {
            await #expect(throws: MultipartError.fieldTooLarge(name: "a")) { try await part.text() }
        }
    }

    @Test(
        "a part that is no field of a form is malformed",
        arguments: [
            "attachment; name=a", "form-data", "form-data; filename=a", "form-data; name=\"a", "form-data; name",
        ])
    func malformed(disposition: String) async throws {
        var iterator = try MultipartReader(request(form([disposition]))).makeAsyncIterator()
        await #expect(throws: MultipartError.malformed) { try await iterator.next() }
    }

    @Test("a request that is no form is rejected before its body is read")
    func contentTypes() {
        for type in ["text/plain", "multipart/mixed; boundary=b", "", "multipart/form-dataX; boundary=b"] {
            #expect(throws: MultipartError.notMultipart) { try MultipartReader(request("", type: type)) }
        }
        for type in [
            "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a \"",
            "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
        ] {
            #expect(throws: MultipartError.missingBoundary) { try MultipartReader(request("", type: type)) }
        }
        #expect(throws: Never.self) {
            try MultipartReader(request("", type: "Multipart/Form-Data; charset=utf-8; boundary=\"a:b c\""))
        }
    }

    @Test("a large file sent over a socket arrives whole, the connection stays open")
    func overSocket() async throws {
        try await withServer(answer: { request in
            var seen = ""
            do {
                for try await part in try MultipartReader(request) {
                    var sum = 0
                    for try await chunk in part.body {
                        chunk.withUnsafeBytes { bytes in for byte in bytes { sum &+= Int(byte) } }
                    }
                    seen += "\(part.name)=\(sum) "
                }
            } catch { seen += "\(error)" }
            return .text(seen)
        }) { address, _ in
            let file = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let body =
                Array("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n".utf8) + file
                + Array("\r\n--b\r\nContent-Disposition: form-data; name=\"last\"\r\n\r\nA\r\n--b--\r\n".utf8)
            let sum = file.reduce(0) { $0 + Int($1) }
            let client = try RawClient(address)
            for _ in 1...2 {
                try await client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                        + "Content-Length: \(body.count)\r\n\r\n")
                try await client.send(body)
                #expect(try await client.receiveResponse().text == "f=\(sum) last=65 ")
            }
        }
    }
}
