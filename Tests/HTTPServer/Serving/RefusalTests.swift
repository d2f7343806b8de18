import HTTPServer
import Testing

struct RefusalTests {
    @Test("each malformed head gets its status, never reaches the responder, and closes the connection")
    func shapes() async throws {
        try await withServer(answer: { request in
            Issue.record("the responder saw \(request.target)")
            return .text("")
        }) { address, _ in
            for shape in RefusedShapes.all {
                let client = try RawClient(address)
                try await client.send(shape.request)
                let response = try await client.receiveResponse()
                #expect(response.status == shape.status, "\(shape.name)")
                #expect(response.header("Connection") == "close", "\(shape.name)")
                #expect(try await client.receiveToEnd().isEmpty, "\(shape.name)")
            }
        }
    }

    @Test("a request after a rejected one is never processed")
    func nothingBehind() async throws {
        try await withServer(answer: { request in
            Issue.record("the responder saw \(request.target)")
            return .text("")
        }) { address, _ in
            let client = try RawClient(address)
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                    + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.receiveResponse().status == 400)
            #expect(try await client.receiveToEnd().isEmpty)
        }
    }

    @Test("broken chunks end the body with malformed, and the connection with the answer")
    func brokenChunks() async throws {
        try await withServer(answer: echo) { address, _ in
            let client = try RawClient(address)
            try await client.send(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n"
                    + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
            let response = try await client.receiveResponse()
            #expect(response.status == 400)
            #expect(response.text == "malformed")
            #expect(response.header("Connection") == "close")
            #expect(try await client.receiveToEnd().isEmpty)
        }
    }

    @Test("a field of a response that would break out of its line is left out")
    func responseSplitting() async throws {
        try await withServer(answer: { _ in
            HTTPResponse(headers: [
                "X-Good": "yes", "X-Bad": "a\r\nSet-Cookie: b", "X Bad": "a", "X-Nul": "\0", "X-Lf\nY": "a",
                "Content-Length": "99", "Transfer-Encoding": "chunked", "Connection": "upgrade",
            ])
        }) { address, _ in
            let client = try RawClient(address)
            let response = try await client.get("/")
            #expect(response.header("X-Good") == "yes")
            #expect(!response.head.contains("Bad"))
            #expect(!response.head.contains("Set-Cookie"))
            #expect(!response.head.contains("Nul"))
            #expect(!response.head.contains("Lf"))
            #expect(response.header("Content-Length") == "0")
            #expect(response.header("Transfer-Encoding") == nil)
            #expect(try await client.get("/").status == 200)
        }
    }
}
