import Foundation
import TestPrograms
import Testing

@Suite("Backups", .timeLimit(.minutes(10)))
struct BackupTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("backups-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Finished {
        try await Command.run(
            Project.darkroom, arguments,
            environment: ["DARKROOM_MONGODB_URL": ""].merging(environment) { $1 })
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    @Test(
        "a backup of a service that is uploaded to and deletes is complete: a service on the restored folder serves every medium with its bytes",
        arguments: [[], ["--copy"]])
    func load(options: [String]) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try TestService.start(["DARKROOM_MONGODB_URL": ""])
        let load = try ChildProcess(
            Python.interpreter,
            [
                Project.file("Tests/Clients/scripts/upload_and_delete.py").path, service.base,
                try service.serviceToken(),
                try Sample.file("video/short.mp4").path, path("stop"),
            ])
        try await eventually("media come and go", within: .seconds(120)) {
            try await count("SELECT count(*) FROM media_items", in: service) > 30
        }
        for number in 0..<3 {
            let made = try await run(["backup", "--to", path("b\(number)"), "--data", service.data.path] + options)
            #expect(made.status == 0, "\(made.errors)")
        }
        try Data().write(to: folder.appendingPathComponent("stop"))
        #expect(load.wait() == .exited(0))
        // What waited for the backups is deleted.
        try await eventually("deletions go on", within: .seconds(120)) {
            try await count("SELECT count(*) FROM pending_deletions", in: service) == 0
        }
        service.process.kill(SIGTERM)
        service.process.wait()
        for number in 0..<3 {
            let sums = try await Command.run(
                URL(fileURLWithPath: "/bin/sh"), ["-c", "cd \(path("b\(number)")) && sha256sum --quiet -c SHA256SUMS"])
            #expect(sums.status == 0, "\(sums.output)\(sums.errors)")
            let verified = try await run(["backup", "--verify", path("b\(number)")])
            #expect(verified.status == 0 && verified.output.hasPrefix("complete: "), "\(verified.errors)")
            let restored = try await run(["restore", "--from", path("b\(number)"), "--data", path("r\(number)")])
            try #require(restored.status == 0, "\(restored.errors)")
            let second = try TestService.start(
                ["DARKROOM_MONGODB_URL": ""], data: folder.appendingPathComponent("r\(number)"))
            let read = try await Python.run(
                "all_media.py", [second.base, try second.serviceToken(), try Sample.file("video/short.mp4").path])
            let result = try #require(try read.json() as? [String: Any], "\(read.errors)")
            #expect(result["same"] as? Int ?? 0 >= 10 && result["other"] as? [String] == [], "\(result)")
            second.process.kill(SIGTERM)
            second.process.wait()
        }
    }

    @Test("what kill -9 leaves of a backup does not verify, and the next one takes its place", arguments: [0, 20, 60])
    func killed(milliseconds: Int) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try await filled()
        let backup = ["backup", "--to", path("b"), "--data", service.data.path, "--copy"]
        let killed = try ChildProcess(Project.darkroom, backup, environment: ["DARKROOM_MONGODB_URL": ""])
        try await eventually("the backup is begun") {
            FileManager.default.fileExists(atPath: path("b.incomplete"))
                || FileManager.default.fileExists(atPath: path("b"))
        }
        usleep(UInt32(milliseconds) * 1_000)
        killed.kill()
        killed.wait()
        if !FileManager.default.fileExists(atPath: path("b")) {
            // With its manifest it is whole, and only its name is missing.
            if !FileManager.default.fileExists(atPath: path("b.incomplete/manifest.json")) {
                let half = try await run(["backup", "--verify", path("b.incomplete")])
                #expect(half.status == 1 && half.errors.contains("is no complete backup"), "\(half.errors)")
                let restored = try await run(["restore", "--from", path("b.incomplete"), "--data", path("r")])
                #expect(restored.status == 1)
            }
            let again = try await run(backup)
            #expect(again.status == 0, "\(again.errors)")
        }
        #expect(try await run(["backup", "--verify", path("b")]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: path("b.incomplete")))
    }

    @Test("a backup with a changed, a missing or another file does not verify and is not restored")
    func damaged() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try await filled()
        let damages = [
            "truncate -s -1 $(find store/objects -name '*.mp4' | head -1)",
            "rm $(find store/objects -name '*.mp4' | head -1)",
            "printf x >> chat.sqlite", "rm manifest.json", "sed -i 1d SHA256SUMS",
            "sed -i 's/\"missing\" : 0/\"missing\" : 1/' manifest.json; rm secret", "printf 'other' > missing.txt",
        ]
        for (number, damage) in damages.enumerated() {
            let name = path("b\(number)")
            let made = try await run(["backup", "--to", name, "--data", service.data.path, "--copy"])
            try #require(made.status == 0, "\(made.errors)")
            let shell = try await Command.run(URL(fileURLWithPath: "/bin/sh"), ["-ec", "cd \(name); \(damage)"])
            try #require(shell.status == 0, "\(shell.errors)")
            let verified = try await run(["backup", "--verify", name])
            #expect(verified.status == 1 && !verified.errors.isEmpty, "\(damage): \(verified.output)")
            let restored = try await run(["restore", "--from", name, "--data", path("r\(number)")])
            #expect(restored.status == 1, "\(damage): \(restored.output)")
            #expect(!FileManager.default.fileExists(atPath: path("r\(number)/chat.sqlite")), "\(damage)")
        }
    }

    @Test(
        "the secret and the place are as asked: without a secret, not in the data folder, not over what is there, and to an empty folder"
    )
    func places() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try await filled()
        let data = ["--data", service.data.path]
        let made = try await run(["backup", "--to", path("b"), "--without-secret"] + data)
        #expect(made.status == 0 && made.output.contains("no secret"), "\(made.errors)")
        #expect(!FileManager.default.fileExists(atPath: path("b/secret")))
        let twice = try await run(["backup", "--to", path("b")] + data)
        #expect(twice.status == 1 && twice.errors.contains("exists: a backup is made in a new folder"))
        let inside = try await run(["backup", "--to", service.data.appendingPathComponent("b").path] + data)
        #expect(inside.status == 1 && inside.errors.contains("is in the data folder"), "\(inside.errors)")
        try FileManager.default.createDirectory(atPath: path("c.incomplete"), withIntermediateDirectories: false)
        let foreign = try await run(["backup", "--to", path("c")] + data)
        #expect(foreign.status == 1 && foreign.errors.contains("no backup left it"), "\(foreign.errors)")
        let used = try await run(["restore", "--from", path("b")] + data)
        #expect(used.status == 75, "\(used.errors)")
        try FileManager.default.createDirectory(atPath: path("full"), withIntermediateDirectories: false)
        try Data().write(to: folder.appendingPathComponent("full/notes"))
        let full = try await run(["restore", "--from", path("b"), "--data", path("full")])
        #expect(full.status == 1 && full.errors.contains("is not empty: it has notes"), "\(full.errors)")
        let none = try await run(["backup", "--to", path("d"), "--data", path("none")])
        #expect(none.status == 78 && none.errors.contains("has not run on"), "\(none.errors)")
        let mongo = try await run(
            ["backup", "--to", path("d")] + data, ["DARKROOM_MONGODB_URL": "mongodb://127.0.0.1/?replicaSet=r"])
        #expect(mongo.status == 78 && mongo.errors.contains("chat is in MongoDB"), "\(mongo.errors)")
        for text in [twice, inside, foreign, used, full, none].map(\.errors) {
            #expect(!text.contains("NSCocoa"), "\(text)")
        }
    }

    @Test("a folder whose restoration was interrupted is not served, and restored by the same command")
    func interrupted() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try await filled()
        #expect(try await run(["backup", "--to", path("b"), "--data", service.data.path]).status == 0)
        for rest in [".restoring/store", ".restoring"] {
            let data = path("r" + rest.replacing("/", with: ""))
            try FileManager.default.createDirectory(atPath: data + "/" + rest, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: data + "/store", withIntermediateDirectories: true)
            let served = try await run(["serve", "--listen", "127.0.0.1:0", "--data", data])
            #expect(served.status == 78 && served.errors.contains("was interrupted"), "\(served.errors)")
            let restored = try await run(["restore", "--from", path("b"), "--data", data])
            #expect(restored.status == 0, "\(restored.errors)")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: data).sorted() == [
                    "chat.sqlite", "lock", "secret", "store",
                ])
        }
    }

    @Test("an object that is not in the store is named, and the backup of the others is made")
    func missing() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let service = try await filled()
        let found = try await Command.run(
            URL(fileURLWithPath: "/bin/sh"),
            ["-ec", "cd \(service.data.path)/store/objects; f=$(find . -name '*.mp4' | head -1); rm $f; echo $f"])
        let key = String(found.output.trimmingCharacters(in: .newlines).dropFirst(2))
        let made = try await run(["backup", "--to", path("b"), "--data", service.data.path])
        #expect(made.status == 1 && made.errors.contains("1 objects"), "\(made.errors)")
        #expect(try String(contentsOfFile: path("b/missing.txt"), encoding: .utf8) == key + "\n")
        let verified = try await run(["backup", "--verify", path("b")])
        #expect(verified.status == 1 && verified.output.contains("complete: "), "\(verified.errors)")
    }

    private func filled() async throws -> TestService {
        let service = try TestService.start(["DARKROOM_MONGODB_URL": ""])
        let finished = try await Python.run(
            "uploads.py",
            [
                service.base, try service.token("ann"), try Sample.file("video/short.mp4").path, "12", "4", "--pad",
                "900000",
            ])
        try #require(finished.status == 0, "\(finished.errors)")
        return service
    }

    private func count(_ query: String, in service: TestService) async throws -> Int {
        let read = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/sqlite3"),
            ["-cmd", ".timeout 10000", service.data.appendingPathComponent("chat.sqlite").path, query])
        return Int(read.output.trimmingCharacters(in: .newlines)) ?? 0
    }
}
