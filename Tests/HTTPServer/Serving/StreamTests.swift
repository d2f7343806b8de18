import Bytes
import HTTPServer
import Testing

@Suite("A response that is written as it comes to be")
struct StreamTests {
    @Test("reaches the client part by part, in chunks, and the connection serves the next request")
    func chunks() async throws {
        let goOn = Event<Bool>()
        let answer: @Sendable (HTTPRequest) async -> HTTPResponse = { request in
            guard request.path == "/stream" else { return .text("next") }
            let stream = ResponseStream { writer in
                try? await writer.write(text: "one")
                _ = await goOn.value
                try? await writer.write(text: "")
                try? await writer.write(text: "two")
            }
            return HTTPResponse(headers: ["Content-Type": "text/event-stream"], body: .stream(stream))
        }
        try await withServer(answer: answer) { address, _ in
            let client = try RawClient(address)
            try await client.send("GET /stream HTTP/1.1\r\nHost: test\r\n\r\n")
            let head = try await client.receiveHead()
            #expect(head.contains("Transfer-Encoding: chunked\r\n") && !head.contains("Content-Length"))
            #expect(try await client.receive(8) == Array("3\r\none\r\n".utf8))
            goOn.happened(true)
            #expect(try await client.receive(13) == Array("3\r\ntwo\r\n0\r\n\r\n".utf8))
            #expect(try await client.get("/").text == "next")
        }
    }

    @Test("ends with the connection for a client of HTTP/1.0, and has no body for HEAD")
    func withoutChunks() async throws {
        let answer: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            HTTPResponse(body: .stream(ResponseStream { try? await $0.write(text: "all of it") }))
        }
        try await withServer(answer: answer) { address, _ in
            let old = try RawClient(address)
            try await old.send("GET / HTTP/1.0\r\nHost: test\r\n\r\n")
            let received = String(decoding: try await old.receiveToEnd(), as: UTF8.self)
            #expect(received.hasSuffix("\r\n\r\nall of it") && !received.contains("Transfer-Encoding"))
            let client = try RawClient(address)
            try await client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
            #expect(try await client.receiveResponse(isHead: true).status == 200)
            #expect(try await client.get("/").text == "all of it")
        }
    }

    @Test("is cancelled when the client disconnects, and a write fails")
    func disconnected() async throws {
        let failed = Event<Bool>()
        let answer: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            let stream = ResponseStream { writer in
                try? await writer.write(text: "begin")
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(600)) }
                while (try? await writer.write(text: "more")) != nil {}
                failed.happened(true)
            }
            return HTTPResponse(body: .stream(stream))
        }
        try await withServer(answer: answer) { address, _ in
            let client = try RawClient(address)
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            _ = try await client.receiveHead()
            client.reset()
            #expect(await failed.value)
        }
    }

    @Test("is aborted while a write waits for a client that does not read: the write fails, and the connection ends")
    func aborted() async throws {
        let failed = Event<Bool>()
        let answer: @Sendable (HTTPRequest) async -> HTTPResponse = { _ in
            let stream = ResponseStream { writer in
                // Without a waiting write this does nothing.
                writer.abort()
                let writing = Task { try await writer.write(ByteChunk([UInt8](repeating: 7, count: 64 << 20))) }
                let aborting = Task {
                    while !Task.isCancelled {
                        writer.abort()
                        try? await Task.sleep(for: .milliseconds(10))
                    }
                }
                if case .failure = await writing.result { failed.happened(true) } else { failed.happened(false) }
                aborting.cancel()
            }
            return HTTPResponse(body: .stream(stream))
        }
        try await withServer(answer: answer) { address, _ in
            let client = try RawClient(address, receiveBuffer: 4096)
            try await client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            _ = try await client.receiveHead()
            #expect(await failed.value)
        }
    }
}
