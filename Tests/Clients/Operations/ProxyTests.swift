import Foundation
import TestPrograms
import Testing

@Suite("Behind nginx, by the configuration of Operations/nginx")
struct ProxyTests {
    /// A service that knows that a proxy is before it.
    private func service() throws -> TestService {
        try TestService.start(["DARKROOM_TRUSTED_PROXIES": "127.0.0.1"])
    }

    @Test("a video passes while it arrives, without being written to nginx's disk, and its receiver is notified")
    func upload() async throws {
        let service = try service()
        let nginx = try await Nginx(before: service)
        let receiver = try await SocketClient.connect(
            to: service, token: try service.token("bob"), transport: .websocket, until: 1, through: nginx.base)
        let response = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            [
                "-s", "-H", "Authorization: Bearer \(try service.token("ann"))", "-F", "receiver=bob", "-F",
                "video=@\(try Sample.file("video/short.mp4").path)", nginx.base + "/bananatalk/api/v1/messages/video",
            ])
        let body = try #require(try response.json() as? [String: Any])
        #expect(body["success"] as? Bool == true, "\(response.output)")
        #expect(await receiver.finish().events("newMessage").count == 1)
        #expect(nginx.spooledBytes == 0)
    }

    @Test(
        "an upload that is rejected early is answered before its end, and the client reads the answer",
        arguments: ["curl", "requests", "aiohttp"], [("declared", 413), ("token", 401), ("middle", 400)])
    func early(client: String, rejection: (kind: String, status: Int)) async throws {
        let service = try service()
        let nginx = try await Nginx(before: service)
        let finished = try await Python.run(
            "early_refusal.py", [client, nginx.base, try service.token("alice"), rejection.kind, "5"])
        let answers = try #require(try finished.json() as? [[Any]], "\(finished.errors)")
        #expect(answers.map { $0[0] as? Int } == Array(repeating: rejection.status, count: 5), "\(answers)")
        #expect(nginx.spooledBytes == 0)
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test("a request has the ID that nginx gave it")
    func requestID() async throws {
        let service = try service()
        let nginx = try await Nginx(before: service)
        let response = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-s", "-o", "/dev/null", "-w", "%header{x-request-id}", nginx.base + "/healthz"])
        #expect(response.output.wholeMatch(of: #/[0-9a-f]{32}/#) != nil, "\(response.output)")
        withExtendedLifetime((service, nginx)) {}
    }
}
