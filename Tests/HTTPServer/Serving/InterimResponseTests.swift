import Bytes
import HTTPServer
import Testing

struct InterimResponseTests {
    private let head = "HTTP/1.1 104 Upload Resumption Supported\r\nLocation: /a\r\n\r\n"

    @Test("interim responses come before the response, in their order, while the body is still to come")
    func order() async throws {
        try await withServer(answer: { request in
            request.sendInterim(.uploadResumptionSupported, ["Location": "/a"])
            request.sendInterim(
                .uploadResumptionSupported, ["Upload-Offset": "3", "Bad\r\nName": "x", "Bad": "a\r\nb: c"])
            return await echo(request)
        }) { address, _ in
            let client = try RawClient(address)
            for _ in 0..<2 {
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n")
                #expect(try await client.receiveHead() == head)
                #expect(
                    try await client.receiveHead()
                        == "HTTP/1.1 104 Upload Resumption Supported\r\nUpload-Offset: 3\r\n\r\n")
                try await client.send("hello")
                #expect(try await client.receiveResponse().text == "hello")
            }
        }
    }

    @Test("a client that waits for 100 gets it besides, and one of HTTP/1.0 gets the response alone")
    func otherClients() async throws {
        try await withServer(answer: { request in
            request.sendInterim(.uploadResumptionSupported, ["Location": "/a"])
            return await echo(request)
        }) { address, _ in
            let waiting = try RawClient(address)
            try await waiting.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(try await waiting.receiveHead() == head)
            #expect(try await waiting.receiveHead() == "HTTP/1.1 100 Continue\r\n\r\n")
            try await waiting.send("hello")
            #expect(try await waiting.receiveResponse().text == "hello")
            let old = try RawClient(address)
            try await old.send("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello")
            let response = try await old.receiveResponse()
            #expect(response.status == 200 && response.text == "hello")
        }
    }
}
