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
        _ = try await service.leftoversAfterDeletion()
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
            (["JWT_JWKS_URL": "https://idp.example/keys"], "JWT_AUDIENCE: is needed with JWT_JWKS_URL"),
            (["DARKROOM_WORKER": "2"], "DARKROOM_WORKER: is no setting; DARKROOM_WORKERS is."),
            (["DARKROOM_PUBLIC_UR": "http://a"], "DARKROOM_PUBLIC_UR: is no setting; DARKROOM_PUBLIC_URL is."),
            (["DARKROOM_S3_BUCKET": "b"], "DARKROOM_S3_BUCKET: 'b' is no name of a bucket"),
            (["DARKROOM_QUANTUM": "1"], "DARKROOM_QUANTUM: is no setting. All are listed by: darkroom settings"),
            (["DARKROOM_LOG_LEVEL": "loud"], "DARKROOM_LOG_LEVEL: 'loud' is not one of debug, info, warning, error"),
            (["DARKROOM_LOG_FORMAT": "xml"], "DARKROOM_LOG_FORMAT: 'xml' is not one of text, json"),
            (["DARKROOM_METRICS": "closed"], "DARKROOM_METRICS: 'closed' is not one of token, open"),
            (["DARKROOM_STRIP_METADATA": "some"], "DARKROOM_STRIP_METADATA: 'some' is not one of off, location, all"),
        ])
    func settings(environment: [String: String], complaint: String) async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let listen = environment["DARKROOM_LISTEN"] == nil ? ["--listen", "127.0.0.1:0"] : []
        let finished = try await Command.run(
            Project.darkroom, ["serve", "--data", data.path] + listen, environment: environment)
        // EX_CONFIG: a service manager need not start it again.
        #expect(finished.status == 78)
        #expect(finished.errors.contains(complaint), "\(finished.errors)")
        #expect(!FileManager.default.fileExists(atPath: data.path))
    }

    @Test("without chat systems the native API serves alone")
    func nativeAlone() async throws {
        let service = try TestService.start(["DARKROOM_DIALECTS": "none"])
        let stored = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), files: ["file": try Sample.file("voice/voice.m4a")])
        #expect(stored.status == 201, "\(stored.body)")
        let missing = try await service.call(
            "GET", "/bananatalk/api/v1/messages/video-config", token: try service.token("ann"))
        #expect(missing.status == 404 && missing.body["code"] as? String == "not_found")
        #expect(try await service.call("GET", "/readyz", token: "").status == 200)
    }

    @Test("with DARKROOM_LOG_FORMAT=json each line of the log is a JSON object with the date")
    func jsonLog() async throws {
        let finished = try await Command.run(
            URL(fileURLWithPath: "/bin/sh"),
            [
                "-c",
                "\"$1\" serve --listen 127.0.0.1:0 --data \"$2\" & PID=$!; while ! test -f \"$2/secret\"; do :; done; "
                    + "kill $PID; wait $PID", "sh", Project.darkroom.path,
                NSTemporaryDirectory() + "darkroom-\(UUID().uuidString)",
            ], environment: ["DARKROOM_LOG_FORMAT": "json", "PATH": "/usr/bin:/bin"])
        let lines = finished.errors.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines {
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(record?["time"]?.hasPrefix("20") == true && record?["level"] != nil && record?["msg"] != nil)
        }
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
