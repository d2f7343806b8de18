import Foundation
import TestPrograms
import Testing

@Suite("Chat servers of docs/integrate", .timeLimit(.minutes(5)))
struct IntegrationPageTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let curl = URL(fileURLWithPath: "/usr/bin/curl")

    /// The program on a page: the block of code that begins with its name.
    private func program(_ name: String, on page: String) throws -> String {
        let text = try String(contentsOf: Project.file("docs/integrate/\(page).md"), encoding: .utf8)
        let blocks = text.components(separatedBy: "```")
        return try #require(blocks.first { $0.split(separator: "\n").dropFirst().first?.hasSuffix(" \(name)") == true })
            .split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)[1].description
    }

    private func interpreter(_ page: String) throws -> URL {
        guard page == "express" else { return Python.interpreter }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let found = path.first { FileManager.default.isExecutableFile(atPath: $0 + "/node") }
        return URL(
            fileURLWithPath: try #require(found, "node is missing; install it with: scripts/install-tests.sh") + "/node"
        )
    }

    private func send(_ arguments: [String]) async throws -> (status: Int, body: Any?) {
        let finished = try await Command.run(Self.curl, ["-sS", "-w", "\n%{http_code}"] + arguments)
        let lines = finished.output.split(separator: "\n").map(String.init)
        let status = try #require(lines.last.flatMap { Int($0) }, "\(finished.errors)")
        let body = try? JSONSerialization.jsonObject(with: Data(lines.dropLast().joined(separator: "\n").utf8))
        return (status, body)
    }

    @Test(
        "the server on the page passes uploads on, is told of them, and takes no event that is not signed",
        arguments: ["express", "fastapi"])
    func runs(page: String) async throws {
        try Python.require()
        let name = page == "express" ? "server.js" : "server.py"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("integrate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        try program(name, on: page).write(to: file, atomically: true, encoding: .utf8)

        let port = try FreePort.next()
        let own = "http://127.0.0.1:\(port)"
        let service = try TestService.start([
            "DARKROOM_WEBHOOK_URL": own + "/darkroom/events", "DARKROOM_WEBHOOK_SECRET": Self.secret,
            "DARKROOM_WEBHOOK_PRIVATE_ADDRESSES": "allow",
        ])
        let server = try ChildProcess(
            interpreter(page), [file.path],
            environment: [
                "DARKROOM_URL": service.base, "DARKROOM_TOKEN": try service.serviceToken(), "PORT": "\(port)",
                "DARKROOM_WEBHOOK_SECRET": Self.secret, "NODE_PATH": "/usr/share/nodejs",
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "",
            ])
        defer {
            server.kill()
            server.wait()
        }
        let line = await LineReader(try #require(server.output)).next()
        try #require(line.map { String(decoding: $0, as: UTF8.self) }?.contains("listening") == true)

        let alice = ["-H", "X-User: alice"]
        let video = try Sample.file("video/short.mp4").path
        let accepted = try await send(
            alice + ["--retry-connrefused", "--retry", "20", "-F", "file=@\(video)", own + "/upload"])
        #expect(accepted.status == 201)
        let medium = try #require(accepted.body as? [String: Any])
        #expect(medium["owner"] as? String == "alice")
        #expect(medium["duration"] as? Double == 0.4)
        let broken = try Sample.file("broken/truncated.mp4").path
        let rejected = try await send(alice + ["-F", "file=@\(broken)", own + "/upload"])
        #expect(rejected.status == 422)
        #expect((rejected.body as? [String: Any])?["code"] as? String == "media_unreadable")
        #expect(try await send(["-F", "file=@\(video)", own + "/upload"]).status == 401)
        try await eventually("the chat server is told of the medium") {
            let list = try await send(alice + [own + "/media"]).body as? [[String: Any]]
            return list?.map { $0["id"] as? String } == [medium["id"] as? String]
        }
        let forged = try await send([
            "-H", "Content-Type: application/json", "-H", "webhook-id: evt_1",
            "-H", "webhook-timestamp: \(Int(Date().timeIntervalSince1970))", "-H", "webhook-signature: v1,AAAA",
            "-d", #"{"type": "media.validated", "data": {"media": {"key": "forged", "owner": "alice"}}}"#,
            own + "/darkroom/events",
        ])
        #expect(forged.status == 401)
        #expect((try await send(alice + [own + "/media"]).body as? [Any])?.count == 1)
    }
}
