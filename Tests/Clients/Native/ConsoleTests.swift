import Foundation
import TestPrograms
import Testing

@Suite("The console in Chromium", .timeLimit(.minutes(15)))
struct ConsoleTests {
    private func console(_ service: TestService, _ settings: [String: String] = [:]) async throws -> Finished {
        try await Command.run(
            Project.darkroom, ["console", "--data", service.data.path, "--public-url", service.base],
            environment: settings)
    }

    private func link(to service: TestService) async throws -> String {
        let made = try await console(service)
        try #require(made.status == 0, "\(made.errors)")
        return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(
        """
        a link opens it once; uploads, media, activity, jobs, outbox and health are shown and can be used, also by keyboard, without \
        an error of the browser, in two widths and colour schemes, and axe-core finds no violation
        """)
    func views() async throws {
        let service = try TestService.start()
        let finished = try await Python.run(
            "console.py", [try await link(to: service), Project.file("samples").path])
        try #require(finished.status == 0, "\(finished.errors)")
        let found = try #require(try finished.json() as? [String: Any])
        #expect(found["problems"] as? [String] == [])
        #expect((found["address"] as? String)?.hasSuffix("/console/#media") == true)
        #expect((found["rejection"] as? String)?.contains("media_unreadable") == true)
        #expect(found["rejected"] as? [String] == ["422 media_unreadable"])
        #expect(found["bars"] as? Int == 64)
        #expect(found["duration"] as? Double == 0.4)
        #expect(
            found["tabs"] as? [String] == [
                "Skip to content", "Media", "Uploads", "Activity", "Jobs", "Outbox", "Health", "Sign out",
            ])
        #expect((found["second use"] as? String)?.contains("was used") == true)
        #expect((found["no token"] as? String)?.contains("valid token") == true)
    }

    @Test("an upload of the browser continues after kill -9 of the service, and has its exact bytes")
    func killed() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).txt")
        let lines = (0..<1_400_000).map { "line \($0): nothing happened\n" }.joined()
        try Data(lines.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        let port = Int(try FreePort.next())
        let first = try TestService.start(data: data, port: port)
        let token = try first.serviceToken()
        let client = try ChildProcess(
            Python.interpreter,
            [Project.file(Python.script("console_upload.py")).path, try await link(to: first), file.path])
        let reader = LineReader(try #require(client.output))
        try #require(await text(reader) == "under way")
        first.process.kill()
        first.process.wait()
        let second = try TestService.start(data: data, port: port)
        let id = try #require(await text(reader))
        let medium = try await second.call("GET", "/v1/media/\(id)", token: token)
        #expect(medium.body["owner"] as? String == "alice")
        let copy = file.appendingPathExtension("stored")
        defer { try? FileManager.default.removeItem(at: copy) }
        let url = try #require(medium.body["url"] as? String)
        _ = try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["-s", "-o", copy.path, url])
        #expect(try Data(contentsOf: copy) == Data(contentsOf: file))
        withExtendedLifetime((first, client)) {}
    }

    private func text(_ reader: LineReader) async -> String? {
        await reader.next().map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    @Test("its pages need no token, allow nothing but themselves, and are served only where they are switched on")
    func pages() async throws {
        let service = try TestService.start()
        let page = try await service.call("GET", "/console/", token: nil)
        #expect(page.status == 200)
        let policy = try #require(page.headers["content-security-policy"])
        #expect(policy.contains("default-src 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(page.headers["x-content-type-options"] == "nosniff")
        let etag = try #require(page.headers["etag"])
        let again = try await service.call("GET", "/console/", token: nil, headers: ["If-None-Match": etag])
        #expect(again.status == 304 && again.size == 0)
        #expect(try await service.call("GET", "/console/nothing.js", token: nil).status == 404)
        #expect(try await service.call("GET", "/v1/activity", token: try service.token("alice")).status == 403)
        for code in ["", "1.2.3", "99999999999.AAAA.AAAA"] {
            let answer = try await service.call(
                "POST", "/v1/console/sessions", token: nil, json: #"{"code": "\#(code)"}"#)
            #expect(answer.status == 401, "\(code)")
        }
        let without = try TestService.start(["DARKROOM_CONSOLE": "off"])
        #expect(try await without.call("GET", "/console/", token: nil).status == 404)
        #expect(try await console(without, ["DARKROOM_CONSOLE": "off"]).status == 78)
    }
}
