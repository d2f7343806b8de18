import Foundation
import TestPrograms
import Testing

@Suite("Behind nginx and behind Caddy, by the configurations of Operations", .timeLimit(.minutes(5)))
struct ProxyTests {
    /// A service that knows that a proxy is before it.
    private func service() throws -> TestService {
        try TestService.start(["DARKROOM_TRUSTED_PROXIES": "127.0.0.1"])
    }

    @Test(
        "a video passes while it arrives, without being written to the proxy's disk, and its receiver is notified",
        arguments: ProxyKind.allCases)
    func upload(kind: ProxyKind) async throws {
        let service = try service()
        let proxy = try await kind.start(before: service)
        let receiver = try await SocketClient.connect(
            to: service, token: try service.token("bob"), transport: .websocket, until: 1, through: proxy.base)
        let response = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            [
                "-s", "-H", "Authorization: Bearer \(try service.token("ann"))", "-F", "receiver=bob", "-F",
                "video=@\(try Sample.file("video/short.mp4").path)", proxy.base + "/bananatalk/api/v1/messages/video",
            ])
        let body = try #require(try response.json() as? [String: Any])
        #expect(body["success"] as? Bool == true, "\(response.output)")
        #expect(await receiver.finish().events("newMessage").count == 1)
        #expect(proxy.spooledBytes == 0)
    }

    private static let rejections = [("declared", 413), ("token", 401), ("middle", 400)]
    private static let clients = ProxyKind.allCases.flatMap { kind in
        ["curl", "requests", "aiohttp"].map { (kind, $0) }
    }

    @Test(
        "an upload that is rejected early is answered before its end, and the client reads the answer",
        arguments: clients, rejections)
    func early(client: (proxy: ProxyKind, name: String), rejection: (kind: String, status: Int)) async throws {
        let service = try service()
        let proxy = try await client.proxy.start(before: service)
        let finished = try await Python.run(
            "early_refusal.py", [client.name, proxy.base, try service.token("alice"), rejection.kind, "5"])
        let answers = try #require(try finished.json() as? [[Any]], "\(finished.errors)").map { $0[0] as? Int }
        if client.proxy == .caddy {
            // Caddy closes the connection soon after an early answer: a client that still sends may find that first.
            #expect(answers.count == 5 && answers.contains(rejection.status), "\(answers)")
            #expect(answers.allSatisfy { $0 == rejection.status || $0 == 0 }, "\(answers)")
        } else {
            #expect(answers == Array(repeating: rejection.status, count: 5), "\(answers)")
        }
        #expect(proxy.spooledBytes == 0)
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test(
        "an upload whose connection falls silent goes on by another one, with what had arrived",
        arguments: ProxyKind.allCases)
    func resumption(kind: ProxyKind) async throws {
        let port = Int(try FreePort.next())
        let service = try TestService.start([
            "DARKROOM_TRUSTED_PROXIES": "127.0.0.1", "DARKROOM_PUBLIC_URL": "http://127.0.0.1:\(port)",
        ])
        let proxy = try await kind.start(before: service.base, port: port)
        let (token, file) = (try service.serviceToken(), try Sample.file("video/landscape.mp4"))
        let bytes = try Data(contentsOf: file)
        let curl = URL(fileURLWithPath: "/usr/bin/curl")
        let fields = [
            "-H", "Authorization: Bearer \(token)", "-H", "X-On-Behalf-Of: alice", "-H", "Tus-Resumable: 1.0.0",
        ]
        let created = try await Command.run(
            curl,
            ["-s", "-o", "/dev/null", "-w", "%header{location}", "-X", "POST", "-H", "Upload-Length: \(bytes.count)"]
                + fields + [proxy.base + "/v1/tus"])
        let location = created.output
        #expect(location.hasPrefix(proxy.base + "/v1/tus/"), "\(location)")
        // A connection that says nothing more; the client comes back by another one.
        let socket = try RawSocket(to: proxy.base)
        try socket.send(
            "PATCH \(location.dropFirst(proxy.base.count)) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
                + "Authorization: Bearer \(token)\r\nX-On-Behalf-Of: alice\r\nTus-Resumable: 1.0.0\r\n"
                + "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n"
                + "Content-Length: \(bytes.count)\r\n\r\n")
        try socket.send(bytes.prefix(bytes.count / 2))
        var offset = 0
        try await eventually("what has arrived is kept") {
            let head = try await Command.run(
                curl, ["-s", "-I", "-o", "/dev/null", "-w", "%header{upload-offset}"] + fields + [location])
            offset = Int(head.output) ?? 0
            return offset > 0
        }
        #expect(offset <= bytes.count / 2)
        withExtendedLifetime(socket) {}
        let finished = try await Python.run(
            "tus_upload.py",
            [proxy.base, token, file.path, "--id", try #require(location.split(separator: "/").last.map(String.init))])
        let upload = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        let medium = try await service.call(
            "GET", "/v1/media/\(try #require(upload["media"] as? String))", token: token)
        #expect(medium.body["fileSize"] as? Int == bytes.count && medium.body["kind"] as? String == "video")
        #expect(proxy.spooledBytes == 0)
    }

    @Test("a request has the ID that the proxy gave it", arguments: ProxyKind.allCases)
    func requestID(kind: ProxyKind) async throws {
        let service = try service()
        let proxy = try await kind.start(before: service)
        let response = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-s", "-o", "/dev/null", "-w", "%header{x-request-id}", proxy.base + "/healthz"])
        #expect(response.output.wholeMatch(of: #/[0-9a-f-]{32,36}/#) != nil, "\(response.output)")
        withExtendedLifetime((service, proxy)) {}
    }
}
