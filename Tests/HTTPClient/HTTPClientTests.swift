import Bytes
import Crypto
import Foundation
import HTTPClient
import TestPrograms
import TestSupport
import Testing

@Suite("What the HTTP client promises", .timeLimit(.minutes(5)))
struct HTTPClientTests {
    let client: HTTPClient
    let server: OddServer

    init() async throws {
        client = try HTTPClient()
        server = try await OddServer.shared.value
    }

    @Test("method, path, fields and body arrive as they were given, and nothing waits for a 100")
    func request() async throws {
        let chunks = [ByteChunk(Array("abc".utf8)), ByteChunk([]), ByteChunk([UInt8](repeating: 7, count: 3_000_000))]
        let response = try await client.execute(
            HTTPClientRequest(
                "PUT", server.url("/echo/../x?a=%2F"), headers: ["X-A": "b: c", "X-Empty": ""],
                body: .chunks(chunks)))
        #expect(response.status == 200 && response.headers["x-odd"] == "1" && response.headers["Link"] == nil)
        let echo = try response.echo()
        #expect(echo.method == "PUT" && echo.path == "/echo/../x?a=%2F")
        #expect(echo.fields["x-a"] == "b: c" && echo.fields["x-empty"] == "")
        #expect(echo.fields["content-length"] == "3000003" && echo.fields["expect"] == nil)
        #expect(echo.sha256 == hexEncode(SHA256.hash(chunks.flatMap { [UInt8]($0) })))
    }

    @Test(
        "an empty body has a length, no body has none", arguments: [("POST", true), ("GET", false), ("DELETE", false)])
    func emptyBody(method: String, hasBody: Bool) async throws {
        let response = try await client.execute(
            HTTPClientRequest(method, server.url("/echo"), body: hasBody ? .chunks([]) : .none))
        let echo = try response.echo()
        #expect(echo.method == method && echo.length == 0)
        #expect(echo.fields["content-length"] == (hasBody ? "0" : nil))
        #expect(echo.fields["content-type"] == nil)
    }

    @Test(
        "a client for public addresses connects to no private one, whatever names it",
        arguments: ["127.0.0.1", "localhost"])
    func privateAddress(host: String) async throws {
        let client = try HTTPClient(HTTPClientConfiguration(requiresPublicAddresses: true))
        let url = server.url("/echo").replacing("127.0.0.1", with: host)
        let error = await thrown(HTTPClientError.self) { _ = try await client.execute(HTTPClientRequest("GET", url)) }
        #expect(error?.code == .invalidRequest && error?.message.contains("private") == true)
    }

    @Test("the answer to HEAD is its header")
    func head() async throws {
        let response = try await client.execute(HTTPClientRequest("HEAD", server.url("/bytes/5000")))
        #expect(response.headers["Content-Length"] == "5000" && response.body.isEmpty)
    }

    @Test("requests that follow each other share a connection, and one that was closed is made again")
    func keepAlive() async throws {
        let first = try await client.execute(HTTPClientRequest("GET", server.url("/echo"))).echo()
        let second = try await client.execute(HTTPClientRequest("GET", server.url("/echo"))).echo()
        #expect(first.connection == second.connection)
        _ = try await client.execute(HTTPClientRequest("GET", server.url("/close")))
        let body = [UInt8](repeating: 1, count: 1_000_000)
        let third = try await client.execute(
            HTTPClientRequest("PUT", server.url("/echo"), body: .chunks([ByteChunk(body)]))
        ).echo()
        #expect(third.length == body.count && third.connection != first.connection)
    }

    @Test("many requests at once stay within the connections to a host")
    func connectionsPerHost() async throws {
        let client = try HTTPClient(HTTPClientConfiguration(connectionsPerHost: 3))
        let server = server
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await client.execute(HTTPClientRequest("GET", server.url("/echo"))).echo().connection
                }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect((1...3).contains(numbers.count))
    }

    @Test("redirects are answers like others")
    func redirect() async throws {
        let response = try await client.execute(HTTPClientRequest("GET", server.url("/redirect")))
        #expect(response.status == 302 && response.headers["Location"] == "/echo")
    }

    @Test("an answer that comes before the body was read is seen")
    func early() async throws {
        let body = ByteChunk([UInt8](repeating: 1, count: 20_000_000))
        let response = try await client.execute(
            HTTPClientRequest("PUT", server.url("/early"), body: .chunks([body])))
        #expect(response.status == 413 && response.body == Array("no!".utf8))
    }

    static let failures: [(String, HTTPClientError.Code)] = [
        ("/stall", .stalled), ("/half", .stalled), ("/cut", .reset), ("/reset", .reset),
        ("/nonsense", .invalidResponse),
        ("/fields", .tooLarge), ("/bytes/1001", .tooLarge),
    ]

    @Test("each way to fail has its code, collected and streamed", arguments: failures)
    func fails(path: String, code: HTTPClientError.Code) async throws {
        var request = HTTPClientRequest("GET", server.url(path))
        request.timeouts.stall = .seconds(1)
        let collected = await thrown(HTTPClientError.self) { try await client.execute(request, limit: 1000) }
        #expect(collected?.code == code)
        guard path != "/bytes/1001" else { return }
        let streamed = await thrown(HTTPClientError.self) {
            let stream = try await client.stream(request)
            while try await stream.body.next() != nil {}
        }
        #expect(streamed?.code == code)
    }

    @Test("a refused connection, an unknown host and a timeout have different codes")
    func unreachable() async throws {
        let code = { (request: HTTPClientRequest) in
            await thrown(HTTPClientError.self) { try await client.execute(request) }?.code
        }
        #expect(await code(HTTPClientRequest("GET", "http://127.0.0.1:1/")) == .connect)
        #expect(await code(HTTPClientRequest("GET", "http://nowhere.invalid/")) == .resolve)
        var withDeadline = HTTPClientRequest("GET", server.url("/stall"))
        withDeadline.timeouts.total = .milliseconds(50)
        #expect(await code(withDeadline) == .timeout)
    }

    @Test(
        "what would break out of its place is not sent",
        arguments: [
            HTTPClientRequest("GET", "file:///etc/passwd"), HTTPClientRequest("GET", "http://a/\r\nX: y"),
            HTTPClientRequest("GET", "http://a/ b"), HTTPClientRequest("GE T", "http://a/"),
            HTTPClientRequest("GET", "http://a/", headers: ["X": "a\r\nY: b"]),
            HTTPClientRequest("GET", "http://a/", headers: ["X: y\r\nZ": "a"]),
            HTTPClientRequest("GET", "http://a/", headers: ["": "a"]),
        ])
    func injection(request: HTTPClientRequest) async {
        let error = await thrown(HTTPClientError.self) { try await client.execute(request) }
        #expect(error?.code == .invalidRequest)
    }

    @Test("a cancelled task ends its transfer, before it begins and while it waits")
    func cancellation() async throws {
        let client = client
        // Longer than a busy machine may take until the task is cancelled.
        let timeouts = HTTPClientRequest.Timeouts(connect: .seconds(250), stall: .seconds(250))
        var request = HTTPClientRequest("GET", server.url("/stall"))
        request.timeouts = timeouts
        let stalled = request
        for _ in 0..<20 {
            let task = Task { try await client.execute(stalled) }
            await Task.yield()
            task.cancel()
            let error = await thrown(HTTPClientError.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
        let (received, receives) = AsyncStream.makeStream(of: Void.self)
        request = HTTPClientRequest("GET", server.url("/half"))
        request.timeouts = timeouts
        let half = request
        let reading = Task {
            let stream = try await client.stream(half)
            while try await stream.body.next() != nil { receives.yield() }
        }
        for await _ in received { break }
        reading.cancel()
        let error = await thrown(HTTPClientError.self) { try await reading.value }
        #expect(error?.code == .cancelled)
    }

    @Test("a client that is deallocated ends its streams")
    func released() async throws {
        var client: HTTPClient? = try HTTPClient()
        var request = HTTPClientRequest("GET", server.url("/half"))
        // Longer than a busy machine may take until the client is deallocated.
        request.timeouts.stall = .seconds(250)
        let stream = try #require(try await client?.stream(request))
        #expect(try await stream.body.next()?.count == 1000)
        client = nil
        let error = await thrown(HTTPClientError.self) { _ = try await stream.body.next() }
        #expect(error?.code == .cancelled)
    }

    @Test("a long answer waits for a slow reader and arrives whole")
    func backPressure() async throws {
        let size = 30_000_000
        let client = try HTTPClient(HTTPClientConfiguration(responseWindow: 300_000))
        var request = HTTPClientRequest("GET", server.url("/bytes/\(size)"))
        request.timeouts.stall = .seconds(1)
        let stream = try await client.stream(request)
        var received = 0
        var isSound = true
        // Longer than the stall timeout: a pause of the reader does not count as a stall of the server.
        try await Task.sleep(for: .milliseconds(1500))
        while let chunk = try await stream.body.next() {
            isSound =
                isSound
                && chunk.withUnsafeBytes { bytes in
                    bytes.first == UInt8(truncatingIfNeeded: received * 31)
                        && bytes.last == UInt8(truncatingIfNeeded: (received + bytes.count - 1) * 31)
                }
            received += chunk.count
        }
        #expect(received == size && isSound)
    }

    @Test("a certificate is trusted by the file that was named, and by no other")
    func tls() async throws {
        let request = HTTPClientRequest("GET", server.secureURL("/echo"))
        let error = await thrown(HTTPClientError.self) { try await client.execute(request) }
        #expect(error?.code == .tls)
        let withCertificate = try HTTPClient(HTTPClientConfiguration(caFile: server.certificate))
        #expect(try await withCertificate.execute(request).status == 200)
        let misnamed = HTTPClientRequest("GET", request.url.replacingOccurrences(of: "127.0.0.1", with: "localhost"))
        let other = await thrown(HTTPClientError.self) { try await withCertificate.execute(misnamed) }
        #expect(other?.code == .tls)
    }
}
