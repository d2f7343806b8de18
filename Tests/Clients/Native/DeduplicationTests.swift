import Foundation
import TestPrograms
import Testing

@Suite("Uploads of the same file", .timeLimit(.minutes(10)))
struct DeduplicationTests {
    private func upload(
        _ service: TestService, of user: String, _ path: String = "image/orientation-6.jpg", name: String? = nil
    ) async throws -> Answer {
        var file = try Sample.file(path)
        if let name {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let copy = folder.appendingPathComponent(name)
            try FileManager.default.copyItem(at: file, to: copy)
            file = copy
        }
        let answer = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), files: ["file": file],
            headers: ["X-On-Behalf-Of": user])
        try #require(answer.status == 201, "\(answer.body)")
        return answer
    }

    private func delete(_ answer: Answer, at service: TestService) async throws {
        let id = try #require(answer.body["id"] as? String)
        let deleted = try await service.call("DELETE", "/v1/media/\(id)", token: try service.serviceToken())
        #expect(deleted.status == 204)
    }

    /// Whether the file of an answer and its thumbnail can be downloaded.
    private func isServed(_ answer: Answer) async throws -> Bool {
        for field in ["url", "thumbnail"] {
            let url = try #require(answer.body[field] as? String)
            guard try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 200") else { return false }
        }
        return true
    }

    /// How many objects are stored: each is two files, bytes and attributes.
    private func objects(_ service: TestService, awaiting expected: Int) async throws -> Int {
        try await service.leftovers(of: "files", awaiting: 2 * expected).map { $0 / 2 } ?? 0
    }

    private func metrics(_ service: TestService) async throws -> String {
        try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            ["-sf", "-H", "Authorization: Bearer \(try service.serviceToken())", "\(service.base)/metrics"]
        ).output
    }

    @Test(
        "are stored once where the settings say so, and deleted with the last of them",
        arguments: [("off", 2, 6), ("owner", 0, 4), ("all", 0, 2)])
    func shared(setting: String, ofSecond: Int, ofAll: Int) async throws {
        let service = try TestService.start(["DARKROOM_DEDUPLICATE": setting])
        let first = try await upload(service, of: "alice")
        // An original and its thumbnail.
        #expect(try await objects(service, awaiting: 2) == 2)
        let second = try await upload(service, of: "alice")
        #expect(try await objects(service, awaiting: 2 + ofSecond) == 2 + ofSecond)
        let third = try await upload(service, of: "bob")
        #expect(try await objects(service, awaiting: ofAll) == ofAll)
        #expect(Set([first, second, third].compactMap { $0.body["id"] as? String }).count == 3)
        for field in ["sha256", "fileSize", "mimeType", "originalName", "blurHash", "kind"] {
            #expect("\(first.body[field] ?? "")" == "\(third.body[field] ?? "")", "\(field)")
        }
        let counted = try await metrics(service)
        #expect(counted.contains("darkroom_deduplicated_objects_total \(6 - ofAll)\n"))

        try await delete(first, at: service)
        #expect(try await isServed(second))
        #expect(try await isServed(third))
        try await delete(second, at: service)
        #expect(try await objects(service, awaiting: 2) == 2)
        #expect(try await isServed(third))
        try await delete(third, at: service)
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test("are stored again where the store has lost the one that they would share")
    func lost() async throws {
        let service = try TestService.start(["DARKROOM_DEDUPLICATE": "owner"])
        _ = try await upload(service, of: "alice")
        let folder = service.data.appendingPathComponent("store/objects")
        for case let file as URL in try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        where !file.hasDirectoryPath {
            try FileManager.default.removeItem(at: file)
        }
        let again = try await upload(service, of: "alice")
        #expect(try await isServed(again))
        #expect(try await objects(service, awaiting: 2) == 2)
        // What is lost is not found again: the next upload shares what was stored in its place.
        let third = try await upload(service, of: "alice")
        #expect(try await isServed(third))
        #expect(try await objects(service, awaiting: 2) == 2)
        #expect(try await metrics(service).contains("darkroom_deduplicated_objects_total 2"))
    }

    @Test("share no original where the name differs, so that each is downloaded by its own")
    func names() async throws {
        let service = try TestService.start(["DARKROOM_DEDUPLICATE": "all"])
        let first = try await upload(service, of: "alice", name: "holiday.jpg")
        let second = try await upload(service, of: "bob", name: "home.jpg")
        // The thumbnail has no name.
        #expect(try await objects(service, awaiting: 3) == 3)
        for (answer, name) in [(first, "holiday.jpg"), (second, "home.jpg")] {
            let url = try #require(answer.body["url"] as? String)
            let fetched = try #require(try await Python.run("call.py", ["GET", url]).json() as? [String: Any])
            let headers = try #require(fetched["headers"] as? [String: String])
            #expect(headers["content-disposition"] == "inline; filename=\"\(name)\"")
        }
        try await delete(first, at: service)
        #expect(try await isServed(second))
        try await delete(second, at: service)
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test("are shared by resumable uploads and forms, also in a bucket, where nothing incomplete is left")
    func resumable() async throws {
        let bucket = try await TestBucket.start("seaweedfs")
        let service = try TestService.start(bucket.settings.merging(["DARKROOM_DEDUPLICATE": "owner"]) { $1 })
        let token = try service.serviceToken()
        let file = try Sample.file("video/landscape.mp4")
        let form = try await service.call(
            "POST", "/v1/media", token: token, files: ["file": file], headers: ["X-On-Behalf-Of": "alice"])
        #expect(form.status == 201, "\(form.body)")
        let finished = try await Python.run("tus_upload.py", [service.base, token, file.path, "--chunk", "1000000"])
        try #require(finished.status == 0, "\(finished.errors)")
        let medium = try #require((try finished.json() as? [String: Any])?["media"] as? String)
        let resumed = try await service.call("GET", "/v1/media/\(medium)", token: token)
        #expect(resumed.body["owner"] as? String == "alice")
        try await eventually("the bucket has one file with its thumbnail") {
            try await bucket.state() == ["objects": 2, "uploads": 0]
        }
        try await delete(form, at: service)
        #expect(try await isServed(resumed))
        try await delete(resumed, at: service)
        try await eventually("nothing is left in the bucket") {
            try await bucket.state() == ["objects": 0, "uploads": 0]
        }
    }

    @Test("lose nothing and leave nothing when the service is killed amid many of them")
    func killed() async throws {
        let settings = ["DARKROOM_DEDUPLICATE": "all"]
        let service = try TestService.start(settings)
        let uploads = try await Python.run(
            "uploads.py",
            [
                service.base, try service.token("alice"), try Sample.file("video/short.mp4").path, "60",
                "8", "--kill", "\(service.process.identifier)", "12",
            ])
        let result = try #require(try uploads.json() as? [String: Any])
        let messages = try #require(result["messages"] as? [[String]])
        try #require(messages.count >= 12, "\(result)")
        service.process.wait()
        let next = try TestService.start(settings, data: service.data)
        let token = try next.token("alice")
        let read = try await Python.run(
            "read_messages.py", [next.base, token] + messages.map { $0[0] })
        let statuses = try #require(try read.json() as? [[Int]], "\(read.errors)")
        #expect(statuses.count == messages.count && statuses.allSatisfy { $0 == [200, 200, 200] })
        try await eventually("what the killed service had begun is deleted") {
            let left = try await next.leftovers()
            return left["pending_objects"] == 0 && left["pending_deletions"] == 0
        }
        // Also the messages whose senders had no answer.
        let all = try await next.call(
            "GET", "/bananatalk/api/v1/messages/conversation/alice/bob?limit=100", token: token)
        let saved = try #require(all.body["data"] as? [[String: Any]], "\(all.body)").compactMap {
            $0["_id"] as? String
        }
        #expect(Set(saved).isSuperset(of: messages.map { $0[0] }))
        for id in saved {
            let deleted = try await next.call(
                "DELETE", "/bananatalk/api/v1/messages/\(id)?forAll=true", token: token)
            #expect(deleted.status == 200, "\(deleted.body)")
        }
        #expect(try await next.leftovers(of: "files", awaiting: 0) == 0)
    }
}
