import HTTPServer
import Testing

struct CORSTests {
    private func serve(_ cors: CORSPolicy, _ test: (RawClient) async throws -> Void) async throws {
        try await withServer({ $0.cors = cors }, answer: { request in .text(request.method.rawValue) }) { address, _ in
            try await test(try RawClient(address))
        }
    }

    @Test("a listed origin may read, any other gets no fields, and Vary is sent for caches")
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

    @Test("preflights, answers and errors have the same fields about credentials for a listed origin")
    func credentials() async throws {
        let policy = CORSPolicy(origins: .listed(["https://chat.example"]), allowsCredentials: true)
        try await serve(policy) { client in
            let origin = "Origin: https://chat.example\r\n"
            try await client.send(
                "OPTIONS /hub/negotiate HTTP/1.1\r\nHost: a\r\n\(origin)Access-Control-Request-Method: POST\r\n"
                    + "Access-Control-Request-Headers: x-signalr-user-agent, x-own, b@d, ,\r\n\r\n")
            let preflight = try await client.receiveResponse()
            #expect(preflight.status == 204)
            #expect(preflight.header("Access-Control-Allow-Origin") == "https://chat.example")
            #expect(preflight.header("Access-Control-Allow-Credentials") == "true")
            let headers = try #require(preflight.header("Access-Control-Allow-Headers"))
            #expect(headers.hasSuffix("X-SignalR-User-Agent, x-own"))
            try await client.send(
                "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: https://other\r\nAccess-Control-Request-Method: POST\r\n\r\n")
            let other = try await client.receiveResponse()
            #expect(other.header("Access-Control-Allow-Origin") == nil)
            #expect(other.header("Access-Control-Allow-Credentials") == nil)
            #expect(other.head.contains("Vary: Origin"))
            // A head that is rejected before the responder is called.
            try await client.send(
                "GET / HTTP/1.1\r\n\(origin)Host: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
            let rejected = try await client.receiveResponse()
            #expect(rejected.status == 400)
            #expect(rejected.header("Access-Control-Allow-Origin") == "https://chat.example")
            #expect(rejected.header("Access-Control-Allow-Credentials") == "true")
        }
    }

    @Test("a rejected WebSocket handshake has the CORS fields, too")
    func webSockets() async throws {
        let policy = CORSPolicy(origins: .listed(["https://chat.example"]), allowsCredentials: true)
        try await withServer(
            { $0.cors = policy },
            answer: { _ in HTTPResponse(body: .webSocket(WebSocketUpgrade(maximumMessageSize: 1) { _ in })) }
        ) { address, _ in
            let client = try RawClient(address)
            let response = try await client.get("/", headers: "Origin: https://chat.example\r\n")
            #expect(response.status == 426)
            #expect(response.header("Access-Control-Allow-Origin") == "https://chat.example")
            #expect(response.header("Access-Control-Allow-Credentials") == "true")
            #expect(response.header("Vary") == "Origin")
        }
    }

    @Test("all origins are allowed without credentials alone")
    func any() async throws {
        try await serve(CORSPolicy(origins: .any)) { client in
            let response = try await client.get("/", headers: "Origin: https://chat.example\r\n")
            #expect(response.header("Access-Control-Allow-Origin") == "*")
            #expect(response.header("Access-Control-Allow-Credentials") == nil)
        }
    }

    @Test(
        "an origin is read as browsers send it",
        arguments: [
            ("https://chat.example", "https://chat.example"), ("HTTPS://Chat.Example/", "https://chat.example"),
            ("https://chat.example:443", "https://chat.example"), ("http://a:80/", "http://a"),
            ("http://localhost:3000", "http://localhost:3000"), ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://chat.example/path", nil), ("null", nil), ("chat.example", nil), ("https://", nil),
            ("ftp://a", nil),
            ("https://*.example", nil), ("https://a b", nil),
        ] as [(String, String?)])
    func origins(text: String, origin: String?) {
        #expect(CORSPolicy.origin(text) == origin)
    }
}
