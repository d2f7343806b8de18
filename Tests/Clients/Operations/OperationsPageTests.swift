import Foundation
import TestPrograms
import Testing

@Suite("The procedures of docs/operations.md")
struct OperationsPageTests {
    /// The commands of a section that are meant to be run.
    private func commands(of section: String) throws -> [String] {
        let page = try String(contentsOf: Project.file("docs/operations.md"), encoding: .utf8)
        let text = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix(section) })
        return text.components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
    }

    @Test("a backup that is made while the service runs is restored to a service that has what was sent before")
    func backup() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("backup-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let restored = folder.appendingPathComponent("restored")
        let (make, restore) = try (commands(of: "Backup")[0], commands(of: "Backup")[1])
        // Also where all tests use MongoDB.
        let service = try TestService.start(["DARKROOM_MONGODB_URL": ""])
        let path = Project.darkroom.deletingLastPathComponent().path + ":/usr/bin:/bin"
        func run(_ script: String) async throws {
            let finished = try await Command.run(
                URL(fileURLWithPath: "/bin/bash"), ["-c", "set -eu; cd '\(folder.path)'\n" + script],
                environment: [
                    "DATA": service.data.path, "RESTORED": restored.path, "PATH": path, "DARKROOM_MONGODB_URL": "",
                ])
            try #require(finished.status == 0, "\(finished.errors)")
        }

        let token = try service.token("ann")
        let sent = try await service.sendVideo(try Sample.file("video/short.mp4"), token: token)
        let id = try #require((sent.body["data"] as? [String: Any])?["_id"] as? String)
        // Uploads go on meanwhile.
        async let others: Void = {
            for _ in 0..<5 { _ = try await service.sendVideo(try Sample.file("video/short.mp4"), token: token) }
        }()
        try await run(make)
        try await others
        try await run(restore)

        let second = try TestService.start(["DARKROOM_MONGODB_URL": ""], data: restored)
        let message = try await second.call("GET", "/bananatalk/api/v1/messages/\(id)", token: token)
        let media = try #require((message.body["data"] as? [String: Any])?["media"] as? [String: Any])
        for part in ["url", "thumbnail"] {
            let url = try #require(media[part] as? String)
            let read = try await Command.run(
                URL(fileURLWithPath: "/usr/bin/curl"), ["-sf", "-o", "/dev/null", "-w", "%{size_download}", url])
            #expect(read.status == 0 && (Int(read.output) ?? 0) > 500, "\(part): \(read.output)")
        }
    }

    @Test("the page lists the exit statuses that the program has")
    func exitStatuses() async throws {
        let page = try String(contentsOf: Project.file("docs/operations.md"), encoding: .utf8)
        let section = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix("Exit statuses") })
        let listed = section.split(separator: "\n").filter { $0.first == "|" }.dropFirst(2).map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let help = try await Command.run(Project.darkroom, ["--help"]).output
        let known = try #require(help.components(separatedBy: "exit status:\n").last).split(separator: "\n").map {
            line in
            let words = line.split(separator: " ", maxSplits: 1)
            return words.map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(listed == known && listed.count >= 5)
    }

    @Test("systemd accepts the unit and rates it as well confined; what it allows includes the workers' filter")
    func unit() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("unit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let unit = try String(contentsOf: Project.file("Operations/systemd/darkroom.service"), encoding: .utf8)
        let file = folder.appendingPathComponent("darkroom.service")
        // The program is where it was built.
        try unit.replacingOccurrences(of: "/usr/local/bin/darkroom", with: Project.darkroom.path)
            .write(to: file, atomically: true, encoding: .utf8)
        let analyze = URL(fileURLWithPath: "/usr/bin/systemd-analyze")
        let verified = try await Command.run(analyze, ["verify", file.path])
        #expect(verified.status == 0 && verified.errors.isEmpty, "\(verified.errors)")
        // In tenths: 0 is confined entirely, 100 not at all.
        let rated = try await Command.run(
            analyze, ["security", "--offline=true", "--no-pager", "--threshold=20", file.path])
        #expect(rated.status == 0, "\(rated.output.suffix(200))")
        #expect(unit.contains("SystemCallFilter=seccomp") && unit.contains("RestartPreventExitStatus=78"))
    }

    @Test("a service token made with --expires 0 has no date of expiry; a user's token must have one")
    func token() async throws {
        let service = try TestService.start()
        let made = try await Command.run(
            Project.darkroom, ["token", "--service", "--expires", "0", "--data", service.data.path])
        let token = made.output.trimmingCharacters(in: .newlines)
        let payload = String(try #require(token.split(separator: ".").dropFirst().first))
        let padding = String(repeating: "=", count: (4 - payload.count % 4) % 4)
        let padded = payload.replacing("-", with: "+").replacing("_", with: "/") + padding
        let json = try #require(Data(base64Encoded: padded))
        let claims = try JSONSerialization.jsonObject(with: json)
        #expect((claims as? [String: Any])?["scope"] as? String == "service")
        #expect((claims as? [String: Any])?["exp"] == nil)
        #expect(try await service.call("GET", "/v1/jobs", token: token).status == 200)
        let rejected = try await Command.run(
            Project.darkroom, ["token", "--user", "ann", "--expires", "0", "--data", service.data.path])
        #expect(rejected.status == 2 && rejected.errors.contains("--expires"))
        let former = try await Command.run(Project.darkroom, ["token", "--user", "ann", "--lifetime", "5"])
        #expect(former.status == 2 && former.errors.contains("--lifetime is called --expires now"))
    }
}
