import HTTPServer
import Testing

struct CORSTests {
    private func serve(_ cors: CORSPolicy, _ test: (RawClient) async throws -> Void) async throws {
        try await withServer({ $0.cors = cors }, answer: { request in .text(request.method.rawValue) }) { address, _ in
            try await test(try RawClient(address))
        }
    }

    @Test("a listed origin may read, any other is told nothing, and caches learn that it matters")
    func listed() async throws {
        var policy = CORSPolicy(origins: .listed(["https://chat.example"]), exposedHeaders: ["X-Id"])
        policy.allowsCredentials = true
        try await serve(policy) { client in
            let allowed = try await client.get("/", headers: "Origin: https://chat.example\r\n")
            #expect(allowed.header("Access-Control-Allow-Origin") == "https://chat.example")
            #expect(allowed.header("Access-Control-Allow-Credentials") == "true")
            #expect(allowed.header("Access-Control-Expose-Headers") == "X-Id")
            #expect(allowed.header("Vary") == "Origin")
            for fields in [
                "Origin: https://evil.example\r\n", "Origin: https://chat.example.evil\r\n", "Origin: null\r\n", "",
            ] {
                let other = try await client.get("/", headers: fields)
                #expect(other.status == 200)
                #expect(other.header("Access-Control-Allow-Origin") == nil)
                #expect(other.header("Vary") == "Origin")
            }
        }
    }

    @Test("a preflight is answered without the responder; another OPTIONS is not")
    func preflight() async throws {
        try await serve(CORSPolicy(origins: .any)) { client in
            try await client.send(
                "OPTIONS /x HTTP/1.1\r\nHost: a\r\nOrigin: https://b\r\nAccess-Control-Request-Method: POST\r\n\r\n")
            let response = try await client.receiveResponse()
            #expect(response.status == 204)
            #expect(response.header("Access-Control-Allow-Origin") == "*")
            #expect(response.header("Access-Control-Allow-Methods")?.contains("POST") == true)
            #expect(response.header("Access-Control-Allow-Headers")?.contains("Authorization") == true)
            #expect(response.header("Access-Control-Max-Age") == "600")
            try await client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.receiveResponse().text == "OPTIONS")
        }
    }
}
