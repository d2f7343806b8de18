import Bytes
import HTTPServer
import Testing

struct KeepAliveTests {
    @Test("one connection serves request after request, each with Date and its length")
    func keepAlive() async throws {
        try await withServer(answer: echo) { address, server in
            let client = try RawClient(address)
            for number in 1...5 {
                let response = try await client.get("/\(number)")
                #expect(response.status == 200)
                #expect(response.header("X-Path") == "/\(number)")
                #expect(response.header("Date")?.hasSuffix("GMT") == true)
                #expect(response.header("Content-Length") == "0")
                #expect(response.header("Connection") == nil)
            }
            #expect(server.counters.accepted == 1)
        }
    }

    @Test("pipelined requests are answered in order, the next one begun when the last is answered")
    func pipelining() async throws {
        try await withServer(answer: echo) { address, _ in
            let client = try RawClient(address)
            var text = ""
            for number in 1...50 {
                text += "POST /\(number) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                text +=
                    "POST /c\(number) HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"
            }
            try await client.send(text)
            for number in 1...50 {
                let plain = try await client.receiveResponse()
                #expect(plain.header("X-Path") == "/\(number)")
                #expect(plain.text == "abc")
                let chunked = try await client.receiveResponse()
                #expect(chunked.header("X-Path") == "/c\(number)")
                #expect(chunked.text == "def")
            }
        }
    }

    @Test(
        "HTTP/1.0 and Connection: close end the connection with the answer",
        arguments: [
            "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        ])
    func closing(request: String) async throws {
        try await withServer(answer: echo) { address, _ in
            let client = try RawClient(address)
            try await client.send(request)
            let response = try await client.receiveResponse()
            #expect(response.status == 200)
            #expect(response.header("Connection") == "close")
            #expect(try await client.receiveToEnd().isEmpty)
        }
    }

    @Test(
        "bodies of any size arrive whole, by length and chunked", arguments: [0, 1, 1000, 65_537, 300_000, 5_000_000])
    func bodies(size: Int) async throws {
        try await withServer(answer: echo) { address, _ in
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let client = try RawClient(address)
            async let sent: Void = client.send(
                Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n".utf8) + body)
            try await sent
            let plain = try await client.receiveResponse()
            #expect(plain.body == body)
            var chunked = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
            for start in stride(from: 0, to: size, by: 70_001) {
                let piece = body[start..<min(size, start + 70_001)]
                chunked += Array("\(String(piece.count, radix: 16));x=y\r\n".utf8) + piece + Array("\r\n".utf8)
            }
            try await client.send(chunked + Array("0\r\nTrailer: ignored\r\n\r\n".utf8))
            let second = try await client.receiveResponse()
            #expect(second.body == body)
        }
    }
}
