import Bytes
import Foundation
import HTTPServer
import Testing

struct FileResponseTests {
    static let modified = Date(timeIntervalSince1970: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT
    static let size = 3_000_001

    static let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 2) }

    /// A file that has no name any more.
    private static func makeFile() throws -> (FileRegion, [UInt8]) {
        let bytes = content
        let path = NSTemporaryDirectory() + UUID().uuidString
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0)
        unlink(path)
        return (FileRegion(OwnedDescriptor(owning: descriptor), length: bytes.count), bytes)
    }

    private func serve(_ test: (RawClient, [UInt8]) async throws -> Void) async throws {
        let (file, bytes) = try Self.makeFile()
        try await withServer(answer: { request in
            FileResponse.respond(
                to: request, file: file, etag: "\"tag\"", lastModified: Self.modified,
                headers: ["Content-Type": "video/mp4", "Cache-Control": "private"])
        }) { address, _ in try await test(try RawClient(address), bytes) }
    }

    @Test("a file is sent whole, with its tag and date; HEAD gets the same without the bytes")
    func whole() async throws {
        try await serve { client, bytes in
            for _ in 1...2 {
                let response = try await client.get("/")
                #expect(response.status == 200)
                #expect(response.body == bytes)
                #expect(response.header("ETag") == "\"tag\"")
                #expect(response.header("Last-Modified") == "Sun, 06 Nov 1994 08:49:37 GMT")
                #expect(response.header("Accept-Ranges") == "bytes")
                try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\n\r\n")
                let head = try await client.receiveResponse(isHead: true)
                #expect(head.status == 200)
                #expect(head.header("Content-Length") == String(bytes.count))
            }
        }
    }

    @Test(
        "one range is answered 206 with exactly its bytes",
        arguments: [
            ("bytes=0-0", 0..<1), ("bytes=100-1999999", 100..<2_000_000), ("bytes=3000000-", 3_000_000..<3_000_001),
            ("bytes=-5", 2_999_996..<3_000_001), ("bytes=-9999999", 0..<3_000_001),
            ("bytes=5-99999999999999999999", 5..<3_000_001),
            ("Bytes=7-7", 7..<8),
        ])
    func ranges(field: String, range: Range<Int>) async throws {
        try await serve { client, bytes in
            let response = try await client.get("/", headers: "Range: \(field)\r\n")
            #expect(response.status == 206)
            #expect(response.body == Array(bytes[range]))
            #expect(
                response.header("Content-Range") == "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(Self.size)")
        }
    }

    @Test("a range behind the end is answered 416, one that cannot be read is ignored")
    func otherRanges() async throws {
        try await serve { client, _ in
            for field in ["bytes=3000001-", "bytes=9999999-99999999", "bytes=-0"] {
                let response = try await client.get("/", headers: "Range: \(field)\r\n")
                #expect(response.status == 416)
                #expect(response.header("Content-Range") == "bytes */\(Self.size)")
            }
            for field in ["bytes=2-1", "bytes=0-1,3-4", "bytes=a-b", "bytes=-", "bytes=", "lines=0-1", "bytes 0-1"] {
                #expect(try await client.get("/", headers: "Range: \(field)\r\n").status == 200, "\(field)")
            }
        }
    }

    @Test(
        "conditions are answered in the order of RFC 9110 section 13.2.2",
        arguments: [
            ("If-None-Match: \"tag\"", 304), ("If-None-Match: \"other\", W/\"tag\"", 304), ("If-None-Match: *", 304),
            ("If-None-Match: \"other\"", 200), ("If-Match: \"tag\"", 200), ("If-Match: *", 200),
            ("If-Match: \"other\"", 412),
            ("If-Match: W/\"tag\"", 412), ("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 304),
            ("If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 200), ("If-Modified-Since: yesterday", 200),
            ("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT", 412),
            ("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 200),
            ("If-None-Match: \"other\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 200),
            ("If-Match: \"other\"\r\nIf-None-Match: \"tag\"", 412), ("Range: bytes=0-0\r\nIf-None-Match: \"tag\"", 304),
            ("Range: bytes=0-0\r\nIf-Range: \"tag\"", 206), ("Range: bytes=0-0\r\nIf-Range: \"other\"", 200),
            ("Range: bytes=0-0\r\nIf-Range: W/\"tag\"", 200),
            ("Range: bytes=0-0\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT", 206),
            ("Range: bytes=0-0\r\nIf-Range: Sun, 06 Nov 1994 08:49:38 GMT", 200),
        ])
    func conditions(fields: String, status: Int) async throws {
        try await serve { client, _ in
            let response = try await client.get("/", headers: fields + "\r\n")
            #expect(response.status == status)
            if status == 304 { #expect(response.header("ETag") == "\"tag\"") }
            // The connection is in step: 304 had no body.
            #expect(try await client.get("/", headers: "If-None-Match: *\r\n").status == 304)
        }
    }

    @Test("a file that is shorter than promised breaks the connection instead of sending something else")
    func shortened() async throws {
        let (file, _) = try Self.makeFile()
        try await withServer(answer: { _ in
            var longer = file
            longer.length += 1
            return HTTPResponse(body: .file(longer))
        }) { address, _ in
            let client = try RawClient(address)
            await #expect(throws: RawClient.Ended.self) { try await client.get("/") }
        }
    }
}
