import Foundation
import TestPrograms
import Testing

@Suite("Importing what others have stored", .timeLimit(.minutes(10)))
struct ImportTests {
    private static let count = 200

    /// Puts files into the store, past the service.
    private func fill(_ service: TestService) throws {
        let folder = service.data.appendingPathComponent("store/objects/legacy")
        for user in ["u-1", "u-2"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(user), withIntermediateDirectories: true)
        }
        let picture = try Sample.file("image/picture.webp")
        for number in 0..<Self.count {
            try FileManager.default.copyItem(
                at: picture, to: folder.appendingPathComponent("u-\(number % 2 + 1)/\(number).webp"))
        }
        try Data("no picture".utf8).write(to: folder.appendingPathComponent("u-1/readme.txt"))
    }

    private func rules(_ service: TestService) throws -> String {
        let file = service.data.deletingLastPathComponent().appendingPathComponent(UUID().uuidString + ".rules")
        try Data("# comment\nlegacy/{owner}/*.webp {owner} rooms image\n".utf8).write(to: file)
        return file.path
    }

    @Test(
        "an import that kill -9 ends goes on where it was: each object is registered once, with its owner and preview")
    func killed() async throws {
        let service = try TestService.start()
        try fill(service)
        let arguments = ["import", "--prefix", "legacy/", "--rules", try rules(service), "--data", service.data.path]
        let killed = try await Command.run(
            Python.interpreter,
            [Project.file(Python.script("killed_lines.py")).path, "\(Self.count / 3)", Project.darkroom.path]
                + arguments
                + ["--jobs", "2"], environment: service.storeSettings)
        let first = try #require(try killed.json() as? [String: Any], "\(killed.errors)")
        let before = try #require(first["lines"] as? [String])
        #expect(first["status"] as? Int == -9 && before.count >= Self.count / 3 && before.count < Self.count)
        let resumed = try await Command.run(Project.darkroom, arguments, environment: service.storeSettings)
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.errors.contains("201 objects: "), "\(resumed.errors)")
        let after = resumed.output.split(separator: "\n").map(String.init)
        // What was registered in the moment of the kill was not printed.
        let keys = Set((before + after).map { $0.prefix { $0 != "\t" } })
        #expect(keys.count == before.count + after.count && (Self.count - 2...Self.count).contains(keys.count))
        let again = try await Command.run(Project.darkroom, arguments, environment: service.storeSettings)
        #expect(again.errors.contains("201 objects: 0 registered, 200 known already, 1 skipped, 0 failed"))

        let id = try #require(after.last?.split(separator: "\t").last.map(String.init))
        let media = try await service.call("GET", "/v1/media/\(id)", token: try service.serviceToken())
        let number = try #require(
            (media.body["originalName"] as? String)?.split(separator: ".").first.flatMap { Int($0) })
        #expect(media.body["owner"] as? String == "u-\(number % 2 + 1)" && media.body["kind"] as? String == "image")
        #expect((media.body["sha256"] as? String)?.count == 64)
        let thumbnail = try #require(media.body["thumbnail"] as? String)
        #expect(try await Python.run("call.py", ["GET", thumbnail]).output.contains("\"status\": 200"))
        try await eventually("no preview is stored that nothing shows") {
            let folder = service.data.appendingPathComponent("store/objects/media/imported").path
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jpg") }.count
                == Self.count
        }
    }

    @Test("objects whose names cannot be used are reported, and previews of registered ones are no media")
    func unusableNames() async throws {
        let service = try TestService.start()
        let folder = service.data.appendingPathComponent("store/objects/legacy")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["a.webp", "IMG 1234.webp", "ä.webp"] {
            try FileManager.default.copyItem(
                at: Sample.file("image/picture.webp"), to: folder.appendingPathComponent(name))
        }
        let arguments = ["import", "--all", "--owner", "ann", "--data", service.data.path]
        let first = try await Command.run(Project.darkroom, arguments, environment: service.storeSettings)
        #expect(first.status == 1, "\(first.errors)")
        #expect(first.output.contains("legacy/IMG 1234.webp\tunusable_name\t"), "\(first.output)")
        #expect(
            first.errors.contains("3 objects: 1 registered, 0 known already, 0 skipped, 2 failed"), "\(first.errors)")
        let again = try await Command.run(Project.darkroom, arguments, environment: service.storeSettings)
        #expect(
            again.errors.contains("3 objects: 0 registered, 1 known already, 0 skipped, 2 failed"), "\(again.errors)")
        let planned = try await Command.run(
            Project.darkroom, arguments + ["--dry-run"], environment: service.storeSettings)
        #expect(planned.errors.contains("0 objects would be registered"), "\(planned.errors)")
    }

    @Test("one object is registered by a request, once; what is no medium is rejected with its reason")
    func request() async throws {
        let service = try TestService.start()
        try fill(service)
        let token = try service.serviceToken()
        func post(_ json: String) async throws -> Answer {
            try await service.call("POST", "/v1/media", token: token, json: json)
        }
        let new = try await post(#"{"key": "legacy/u-1/0.webp", "kind": "image"}"#)
        #expect(new.status == 201 && new.body["thumbnail"] is String && new.body["owner"] as? String == "service")
        #expect((new.body["sha256"] as? String)?.count == 64)
        let known = try await post(#"{"key": "legacy/u-1/0.webp"}"#)
        #expect(known.status == 200 && known.body["id"] as? String == new.body["id"] as? String)
        for (json, status, code) in [
            (#"{"key": "legacy/u-1/2.webp", "kind": "video"}"#, 415, "media_unsupported"),
            (#"{"key": "legacy/none.webp"}"#, 404, "not_found"), (#"{"key": "../x"}"#, 400, "invalid_field"),
            (#"{"key": 7}"#, 400, "invalid_field"), (#"{"key": "legacy/u-1/2.webp", "kind": 7}"#, 400, "invalid_field"),
        ] {
            let rejected = try await post(json)
            #expect(rejected.status == status && rejected.body["code"] as? String == code, "\(json): \(rejected.body)")
        }
        let user = try await service.call(
            "POST", "/v1/media", token: try service.token("ann"), json: #"{"key": "legacy/u-1/4.webp"}"#)
        #expect(user.status == 403)
        let id = try #require(new.body["id"] as? String)
        #expect(try await service.call("DELETE", "/v1/media/\(id)", token: token).status == 204)
        let path = service.data.appendingPathComponent("store/objects/legacy/u-1/0.webp").path
        try await eventually("the object is deleted") { !FileManager.default.fileExists(atPath: path) }
    }

    @Test("a command line that is wrong, or names no owner, is rejected before anything is read")
    func usage() async throws {
        for words in [
            ["--owner", "ann"], ["--all"], ["--all", "--prefix", "x", "--owner", "ann"],
            ["--all", "--owner", "ann", "--dialect", "whatsapp"], ["--all", "--owner", "ann", "--kind", "film"],
            ["--all", "--list", "b", "--keys", "/dev/null", "--owner", "ann"], ["--list", "b", "--owner", "ann"],
            ["--all", "--rules", "/no/such/file"], ["--keys", "/no/such/file", "--owner", "ann"],
        ] {
            #expect(try await Command.run(Project.darkroom, ["import"] + words).status == 2, "\(words)")
        }
    }
}
