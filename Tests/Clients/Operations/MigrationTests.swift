import Foundation
import TestPrograms
import Testing

@Suite("Moving an installation", .timeLimit(.minutes(10)))
struct MigrationTests {
    @Test(
        "from SQLite and a folder to MongoDB and a bucket: reads go on, writes are rejected, a killed run is continued, and after the restart all reads are equal",
        arguments: ["seaweedfs"])
    func moved(kind: String) async throws {
        let bucket = try await TestBucket.start(kind)
        let mongoDB = try Self.mongoDB()
        // Also where all tests use MongoDB.
        let service = try TestService.start(["DARKROOM_MONGODB_URL": ""])
        let content = try await InstallationContent.make(service)
        for user in ["dan", "eve", "fay"] {
            let texts = try await Python.run("many_texts.py", [service.base, try service.token(user), "800"])
            try #require(texts.status == 0)
        }
        let before = try await content.reads(of: service)

        let steps = try Self.steps()
        let objects = try await Self.run(steps[0], service, bucket.settings)
        try #require(objects.status == 0, "\(objects.errors)")
        // A file that is uploaded after the first pass.
        let late = try await service.sendVideo(try Sample.file("video/short.mp4"), token: try service.token("ann"))
        #expect(late.status == 201)
        let expected = try await content.reads(of: service)
        #expect(expected.keys == before.keys)

        let killed = try ChildProcess(
            Project.darkroom, ["migrate", "--from", "sqlite", "--to", "mongodb", "--data", service.data.path],
            environment: mongoDB)
        let collection = "\(mongoDB["DARKROOM_MONGODB_DATABASE"] ?? "")-bananatalk.messages"
        let copies = try await Python.run(
            "await_copies.py", [try MongoServer.uri, collection, "500"])
        killed.kill()
        killed.wait()
        #expect(copies.status == 0, "\(copies.errors)")
        try await Self.expectReadOnly(service, content)
        #expect(try await content.reads(of: service) == expected)
        // A copy that is not complete cannot be used.
        let early = try await Command.run(
            Project.darkroom, ["serve", "--listen", "127.0.0.1:0", "--data", service.data.path + "-other"],
            environment: mongoDB)
        try? FileManager.default.removeItem(atPath: service.data.path + "-other")
        #expect(early.status == 1 && early.errors.contains("is not complete"), "\(early.errors)")

        async let resumed = Self.run(steps[1], service, mongoDB)
        #expect(try await content.reads(of: service) == expected)
        let chat = try await resumed
        try #require(chat.status == 0, "\(chat.output)\(chat.errors)")
        #expect(chat.output.contains("both stores are the same"))
        #expect(chat.errors.contains("going on where the former run ended"))

        // Nothing is deleted from the bucket while the service may write to the folder.
        let running = try await Self.run(steps[2], service, bucket.settings)
        #expect(running.status == 75 && running.errors.contains("another darkroom serves"), "\(running.errors)")
        // The last pass, with the service stopped.
        service.process.kill(SIGTERM)
        service.process.wait()
        let last = try await Self.run(steps[2], service, bucket.settings)
        #expect(last.status == 0 && last.output.contains("2 objects copied"), "\(last.output)\(last.errors)")
        let moved = try TestService.start(mongoDB.merging(bucket.settings) { $1 }, data: service.data)
        let after = try await content.reads(of: moved)
        for (path, body) in expected { #expect(after[path] == body, "\(path)") }
        let ready = try await moved.call("GET", "/readyz", token: nil)
        #expect(ready.status == 200 && ready.body["chatStore"] as? String == "mongodb")
        #expect(try await moved.sendVideo(try Sample.file("video/short.mp4"), token: content.ann).status == 201)
        try await Self.expectFiles(of: moved, content)
    }

    @Test(
        "is undone by --abort: SQLite is written again; a service started on a store that was moved answers only what reads"
    )
    func undone() async throws {
        let mongoDB = try Self.mongoDB()
        let service = try TestService.start(["DARKROOM_MONGODB_URL": ""])
        let ann = try service.token("ann")
        #expect(try await Self.text(service, ann).status == 201)
        let aborted = try await Self.migrate(service, ["--from", "sqlite", "--to", "mongodb", "--abort"], mongoDB)
        #expect(aborted.status == 1 && aborted.errors.contains("there is nothing to abort"), "\(aborted.errors)")
        // One migration runs at a time.
        let lock = service.data.appendingPathComponent("migrate.lock").path
        let second = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/flock"),
            [
                lock, Project.darkroom.path, "migrate", "--from", "sqlite", "--to", "mongodb", "--data",
                service.data.path,
            ], environment: mongoDB)
        #expect(second.status == 75 && second.errors.contains("another migration runs"), "\(second.errors)")
        let chat = try await Self.migrate(service, ["--from", "sqlite", "--to", "mongodb"], mongoDB)
        try #require(chat.status == 0, "\(chat.errors)")
        service.process.kill(SIGTERM)
        service.process.wait()
        let again = try TestService.start(["DARKROOM_MONGODB_URL": ""], data: service.data)
        #expect(try await Self.text(again, ann).status == 503)
        let page = try await again.call("GET", "/bananatalk/api/v1/messages/conversation/ann/bob", token: ann)
        #expect((page.body["data"] as? [Any])?.count == 1)
        let twice = try await Self.migrate(service, ["--from", "sqlite", "--to", "mongodb"], mongoDB)
        #expect(twice.status == 0 && twice.output.contains("has ended before"))
        let undone = try await Self.migrate(service, ["--from", "sqlite", "--to", "mongodb", "--abort"], mongoDB)
        #expect(undone.status == 0 && undone.output.contains("SQLite is written again"), "\(undone.errors)")
        try await eventually("messages are accepted") { try await Self.text(again, ann).status == 201 }
    }

    @Test(
        "is rejected where the command line or a setting is wrong",
        arguments: [
            ([], 2, "say what is moved"), (["--from", "sqlite", "--to", "bucket"], 2, "say what is moved"),
            (["--from", "folder", "--to", "bucket", "--abort"], 2, "--abort goes with --from sqlite"),
            (["--from", "sqlite", "--to", "mongodb", "--jobs", "3"], 2, "go with --from folder"),
            (["--from", "folder", "--to", "bucket", "--jobs", "0"], 2, "--jobs takes"),
            (["--from", "sqlite", "--to", "mongodb"], 78, "DARKROOM_MONGODB_URL: names no replica set"),
            (["--from", "folder", "--to", "bucket"], 78, "DARKROOM_S3_BUCKET: names no bucket"),
        ])
    func usage(arguments: [String], status: Int32, complaint: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let finished = try await Command.run(
            Project.darkroom, ["migrate"] + arguments + ["--data", folder.path],
            environment: ["DARKROOM_MONGODB_URL": ""])
        #expect(finished.status == status && finished.errors.contains(complaint), "\(finished.errors)")
    }

    /// Databases of their own.
    private static func mongoDB() throws -> [String: String] {
        let name = "mi" + UUID().uuidString.prefix(8).lowercased()
        let databases = ["bananatalk", "imagekit", "intok", "signalr", "rooms"].map { "\($0)=\(name)-\($0)" }
        return [
            "DARKROOM_MONGODB_URL": try MongoServer.uri, "DARKROOM_MONGODB_DATABASE": name,
            "DARKROOM_MONGODB_DATABASES": databases.joined(separator: ","),
        ]
    }

    /// The commands of the page.
    private static func steps() throws -> [String] {
        let page = try String(contentsOf: Project.file("docs/operations.md"), encoding: .utf8)
        let text = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix("Moving an installation") })
        let steps = text.components(separatedBy: "```sh\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
        try #require(steps.count == 3)
        return steps
    }

    private static func run(
        _ step: String, _ service: TestService, _ environment: [String: String]
    ) async throws -> Finished {
        let path = Project.darkroom.deletingLastPathComponent().path
        let own = ["DATA": service.data.path, "PATH": path + ":/usr/bin:/bin"]
        return try await Command.run(
            URL(fileURLWithPath: "/bin/bash"), ["-euc", step], environment: environment.merging(own) { $1 })
    }

    private static func migrate(
        _ service: TestService, _ arguments: [String], _ environment: [String: String]
    ) async throws -> Finished {
        try await Command.run(
            Project.darkroom, ["migrate"] + arguments + ["--data", service.data.path], environment: environment)
    }

    private static func text(_ service: TestService, _ token: String) async throws -> Answer {
        try await service.call(
            "POST", "/bananatalk/api/v1/messages", token: token, json: #"{"receiver":"bob","message":"hi"}"#)
    }

    /// Expects that what writes is rejected in each dialect's form, and that the service is ready for reads.
    private static func expectReadOnly(_ service: TestService, _ content: InstallationContent) async throws {
        for (path, json, code) in content.writes {
            let rejected = try await service.call("POST", path, token: content.ann, json: json)
            #expect(rejected.status == 503, "\(path): \(rejected.status) \(rejected.body)")
            #expect(rejected.headers["retry-after"] == "60", "\(path): \(rejected.headers)")
            let text = "\(rejected.body)"
            #expect(text.contains(code), "\(path): \(text)")
        }
        let provisioned = try await service.call(
            "PUT", "/v1/users/zoe", token: try service.serviceToken(), json: #"{"name":"Zoe"}"#)
        #expect(provisioned.status == 503 && provisioned.body["code"] as? String == "read_only")
        let video = try await service.sendVideo(try Sample.file("video/short.mp4"), token: content.ann)
        #expect(video.status == 503, "\(video.body)")
        try await eventually("/readyz says that the store is read-only, and that the service is ready") {
            let ready = try await service.call("GET", "/readyz", token: nil)
            return ready.status == 200 && ready.body["chat"] as? String == "read-only"
                && ready.body["status"] as? String == "read-only"
        }
    }

    /// Expects that the files of messages can be fetched from the bucket, with their types.
    private static func expectFiles(of service: TestService, _ content: InstallationContent) async throws {
        let urls = try await content.files(of: service)
        #expect(urls.count >= 5)
        for url in urls {
            let fetched = try await Python.run("call.py", ["GET", url])
            let answer = try #require(try fetched.json() as? [String: Any])
            #expect(answer["status"] as? Int == 200 && (answer["size"] as? Int ?? 0) > 100, "\(url)")
            let type = (answer["headers"] as? [String: String])?["content-type"] ?? ""
            #expect(["video/", "image/", "audio/"].contains { type.hasPrefix($0) }, "\(type)")
        }
    }
}
