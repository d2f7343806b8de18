import Foundation
import TestPrograms
import Testing

@Suite("Resumable uploads by tuspy", .timeLimit(.minutes(10)))
struct TusTests {
    private struct Upload {
        let id: String
        let offset: Int
        let media: String?
    }

    private func upload(
        _ file: URL, to service: TestService, token: String, _ options: [String]
    ) async throws -> Upload {
        let finished = try await Python.run("tus_upload.py", [service.base, token, file.path] + options)
        try #require(finished.status == 0, "\(finished.errors)")
        let object = try #require(try finished.json() as? [String: Any])
        return Upload(
            id: try #require(object["id"] as? String), offset: try #require(object["offset"] as? Int),
            media: object["media"] as? String)
    }

    /// A text of some megabytes, which is more than one part.
    private func largeFile() throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).txt")
        let lines = (0..<600_000).map { "line \($0): nothing happened\n" }.joined()
        try Data(lines.utf8).write(to: file)
        return file
    }

    private func expect(_ media: String?, is file: URL, at service: TestService, token: String) async throws {
        let id = try #require(media)
        let medium = try await service.call("GET", "/v1/media/\(id)", token: token)
        #expect(medium.body["owner"] as? String == "alice")
        let url = try #require(medium.body["url"] as? String)
        let copy = file.appendingPathExtension("stored")
        defer { try? FileManager.default.removeItem(at: copy) }
        _ = try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["-s", "-o", copy.path, url])
        #expect(try Data(contentsOf: copy) == Data(contentsOf: file))
    }

    @Test("a video becomes the same medium as by the ordinary upload, in pieces with checksums or at once")
    func video() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        let file = try Sample.file("video/short.mp4")
        let whole = try await service.call("POST", "/v1/media", token: token, files: ["file": file])
        for options in [["--chunk", "10007", "--checksum"], ["--chunk", "100000000"]] {
            let upload = try await upload(file, to: service, token: token, options)
            try await expect(upload.media, is: file, at: service, token: token)
            let id = try #require(upload.media)
            let medium = try await service.call("GET", "/v1/media/\(id)", token: token)
            for field in ["kind", "mimeType", "sha256", "originalName", "blurHash"] {
                #expect(medium.body[field] as? String == whole.body[field] as? String, "\(field)")
            }
            #expect(medium.body["duration"] as? Double == whole.body["duration"] as? Double)
            #expect(medium.body["thumbnail"] is String)
        }
    }

    @Test(
        "an upload continues after kill -9 of the service and an hour, and nothing else is left",
        arguments: ["folder", "seaweedfs", "rclone"])
    func killed(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let settings = bucket?.settings ?? [:]
        let file = try largeFile()
        defer { try? FileManager.default.removeItem(at: file) }
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        var service = try TestService.start(settings, data: data)
        let token = try service.serviceToken()
        let begun = try await upload(file, to: service, token: token, ["--stop-at", "10000000"])
        #expect(begun.offset >= 10_000_000 && begun.media == nil)
        service.process.kill()
        service.process.wait()
        // An hour passes, in SQLite alone: the tests also run with MongoDB.
        if FileManager.default.fileExists(atPath: data.appendingPathComponent("chat.sqlite").path) {
            let aged = try await Python.run("age_resumable.py", [data.path, "3600"])
            #expect(aged.status == 0 && aged.output.contains("1"), "\(aged.errors)")
        }
        // Before the former object, which would remove the folder, is released.
        let kept = service
        service = try TestService.start(settings, data: data)
        let finished = try await upload(file, to: service, token: token, ["--id", begun.id])
        #expect(finished.id == begun.id)
        try await expect(finished.media, is: file, at: service, token: token)
        if let bucket { #expect(try await bucket.state()["objects"] == 1) }
        withExtendedLifetime(kept) {}
    }

    @Test("another node with the same stores continues after kill -9 of the first")
    func otherNode() async throws {
        let bucket = try await TestBucket.start("seaweedfs")
        let nodes = try TwoNodes(bucket.settings)
        let file = try largeFile()
        defer { try? FileManager.default.removeItem(at: file) }
        let token = try nodes.first.serviceToken()
        let begun = try await upload(file, to: nodes.first, token: token, ["--stop-at", "10000000"])
        nodes.first.process.kill()
        let finished = try await upload(file, to: nodes.second, token: token, ["--id", begun.id])
        try await expect(finished.media, is: file, at: nodes.second, token: token)
        #expect(try await bucket.state() == ["objects": 1, "uploads": 0])
    }
}
