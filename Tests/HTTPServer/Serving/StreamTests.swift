import Bytes
import HTTPServer
import Testing

struct StreamTests {
    struct Broken: Error {}

    private func stream(_ pieces: Int, breaks: Bool = false) -> AnyByteStream {
        AnyByteStream(
            AsyncThrowingStream<ByteChunk, any Error> { continuation in
                for piece in 0..<pieces {
                    continuation.yield(ByteChunk(String(repeating: "\(piece % 10)", count: 1000).utf8))
                }
                continuation.finish(throwing: breaks ? Broken() : nil)
            })
    }

    private func serve(_ test: (SocketAddress) async throws -> Void) async throws {
        try await withServer(answer: { request in
            let pieces = request.queryParameter("pieces").flatMap { Int($0) } ?? 3
            let length = request.queryParameter("length").flatMap { Int($0) }
            return HTTPResponse(
                body: .stream(stream(pieces, breaks: request.path == "/broken"), length: length))
        }) { address, _ in try await test(address) }
    }

    @Test("a stream is chunked without a length, plain with one, and ends with the connection for HTTP/1.0")
    func framings() async throws {
        try await serve { address in
            let client = try RawClient(address)
            for pieces in [0, 1, 1000] {
                let chunked = try await client.get("/?pieces=\(pieces)")
                #expect(chunked.header("Transfer-Encoding") == "chunked")
                #expect(chunked.body.count == pieces * 1000)
                let plain = try await client.get("/?pieces=\(pieces)&length=\(pieces * 1000)")
                #expect(plain.header("Content-Length") == String(pieces * 1000))
                #expect(plain.body == chunked.body)
            }
            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.receiveResponse(isHead: true).status == 200)
            #expect(try await client.get("/").body.count == 3000)
            let old = try RawClient(address)
            try await old.send("GET / HTTP/1.0\r\n\r\n")
            let head = try await old.receiveHead()
            #expect(head.contains("Connection: close"))
            #expect(!head.contains("chunked"))
            #expect(try await old.receiveToEnd().count == 3000)
        }
    }

    @Test(
        "a stream that breaks, or keeps not to its length, breaks the connection before the promised end",
        arguments: [
            "/broken", "/broken?length=4000", "/?length=4000", "/?length=2500",
        ])
    func broken(target: String) async throws {
        try await serve { address in
            let client = try RawClient(address)
            await #expect(throws: RawClient.Ended.self) { try await client.get(target) }
        }
    }

    @Test("a status without a body has none whatever the responder gave", arguments: [204, 304])
    func withoutBody(status: Int) async throws {
        try await withServer(answer: { _ in .text("body", status: HTTPStatus(rawValue: status)) }) { address, _ in
            let client = try RawClient(address)
            for _ in 1...3 {
                let response = try await client.get("/")
                #expect(response.status == status)
                #expect(response.header("Content-Length") == nil)
            }
        }
    }
}
