import Foundation
import TestPrograms
import Testing

@Suite("The service's life")
struct LifecycleTests {
    @Test("200 uploads of 8 MB at once all become messages")
    func manyUploads() async throws {
        let service = try TestService.start()
        let finished = try await Python.run(
            "uploads.py",
            [
                service.base, try service.token("alice"), try Sample.file("video/short.mp4").path, "200", "200",
                "--pad", String(8 << 20),
            ])
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        #expect(result["statuses"] as? [String: Int] == ["201": 200])
        #expect(try await service.leftovers(of: "pending_objects", awaiting: 0) == 0)
    }

    @Test("an upload that runs at SIGTERM is finished, while new connections are rejected")
    func gracefulShutdown() async throws {
        let service = try TestService.start()
        let finished = try await Python.run(
            "shutdown.py",
            [
                service.base, try service.token("alice"), try Sample.file("video/landscape.mp4").path,
                String(service.process.identifier),
            ])
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        #expect(result["status"] as? Int == 201)
        #expect(result["refused"] as? Bool == true)
        #expect(service.process.wait() == .exited(0))
    }

    @Test("after kill -9 every acknowledged message has its object, and nothing else is left", arguments: [1, 7, 20])
    func killed(after: Int) async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let killed = try TestService.start(data: data)
        let token = try killed.token("alice")
        let finished = try await Python.run(
            "uploads.py",
            [
                killed.base, token, try Sample.file("video/short.mp4").path, "60", "16", "--pad", "300000",
                "--kill", String(killed.process.identifier), String(after),
            ])
        let result = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        let messages = try #require(result["messages"] as? [[String]])
        #expect(messages.count >= after)
        killed.process.wait()

        let service = try TestService.start(data: data)
        let read = try await Python.run("read_messages.py", [service.base, token] + messages.map { $0[0] })
        let statuses = try #require(try read.json() as? [[Int]], "\(read.errors)")
        #expect(statuses.count == messages.count && statuses.allSatisfy { $0 == [200, 200, 200] })
        #expect(try await service.leftoversWhenSwept()["pending_deletions"] == 0)
    }

    @Test(
        "settings that cannot be used are named with what would do",
        arguments: [
            (["DARKROOM_LISTEN": "nowhere"], "DARKROOM_LISTEN: 'nowhere' is not of the form HOST:PORT"),
            (["JWT_SECRET": "short"], "JWT_SECRET: shorter than 16 bytes"),
            (["DARKROOM_DIALECTS": "klingon"], "DARKROOM_DIALECTS: 'klingon' is not one of"),
            (
                ["DARKROOM_ROOT_DIALECT": "rooms", "DARKROOM_DIALECTS": "bananatalk"],
                "DARKROOM_ROOT_DIALECT: 'rooms' is not among"
            ),
            (["DARKROOM_WORKERS": "many"], "DARKROOM_WORKERS: 'many' is not a whole number from 1 to 256"),
            (
                ["DARKROOM_PUBLIC_URL": "media.example.org"],
                "DARKROOM_PUBLIC_URL: 'media.example.org' is not of the form"
            ),
            (["DARKROOM_TRUSTED_PROXIES": "10.0.0.0/99"], "DARKROOM_TRUSTED_PROXIES: "),
            (["DARKROOM_DELETION_RECHECKS": "30,0"], "DARKROOM_DELETION_RECHECKS: is not a list of 1 to 100 times"),
            (["DARKROOM_CORS_ORIGINS": "chat.example"], "DARKROOM_CORS_ORIGINS: 'chat.example' is not of the form"),
            (["DARKROOM_CORS_ORIGINS": "*,https://chat.example"], "DARKROOM_CORS_ORIGINS: '*' stands alone"),
            (["JWT_PUBLIC_KEY_FILE": "/etc/hostname"], "JWT_PUBLIC_KEY_FILE: /etc/hostname holds no public key"),
        ])
    func settings(environment: [String: String], complaint: String) async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let listen = environment["DARKROOM_LISTEN"] == nil ? ["--listen", "127.0.0.1:0"] : []
        let finished = try await Command.run(
            Project.darkroom, ["serve", "--data", data.path] + listen, environment: environment)
        #expect(finished.status == 1)
        #expect(finished.errors.contains(complaint), "\(finished.errors)")
    }

    @Test("the help names every setting, and an unknown command points to the help")
    func help() async throws {
        let help = try await Command.run(Project.darkroom, ["serve", "--help"])
        #expect(help.status == 0)
        let documented = try String(contentsOf: Project.file("docs/settings.md"), encoding: .utf8)
        for variable in help.output.matches(of: /\b(DARKROOM_[A-Z_]+|JWT_[A-Z_]+)\b/).map({ String($0.output.1) }) {
            #expect(documented.contains("`\(variable)`"), "docs/settings.md does not document \(variable)")
        }
        let unknown = try await Command.run(Project.darkroom, ["develop"])
        #expect(unknown.status == 2 && unknown.errors.contains("darkroom --help"))
        let option = try await Command.run(Project.darkroom, ["serve", "--lisen", "x"])
        #expect(option.status == 2 && option.errors.contains("darkroom serve --help"))
    }
}
