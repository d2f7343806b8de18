import Foundation
import TestPrograms
import Testing

@Suite("Jobs of a chat server", .timeLimit(.minutes(10)))
struct JobTests {
    @Test("a job is started, followed to its end, and found again by its idempotency key")
    func job() async throws {
        let first = try TestService.start()
        try await first.sendVideos(20)
        let service = try first.restarted(["DARKROOM_THUMBNAIL_SIDE": "100"])
        let token = try service.serviceToken()
        let before = try await ArchiveState.of(service)
        let body = #"{"type":"reprocess","kind":"video","only":["thumbnail"]}"#
        let started = try await service.call(
            "POST", "/v1/jobs", token: token, json: body, headers: ["Idempotency-Key": "one"])
        #expect(started.status == 201, "\(started.body)")
        let id = try #require(started.body["id"] as? String)
        #expect(started.headers["location"] == "/v1/jobs/\(id)")
        let ended = try await service.awaitJob(id, token: token)
        #expect(ended["state"] as? String == "completed")
        let counts = try #require(ended["counts"] as? [String: Any])
        #expect(counts["done"] as? Int == 20 && counts["total"] as? Int == 20)
        #expect((ended["failures"] as? [Any])?.isEmpty == true)
        let again = try await service.call(
            "POST", "/v1/jobs", token: token, json: body, headers: ["Idempotency-Key": "one"])
        #expect(again.status == 200 && again.body["id"] as? String == id)
        let other = try await service.call(
            "POST", "/v1/jobs", token: token, json: #"{"type":"reprocess"}"#, headers: ["Idempotency-Key": "one"])
        #expect(other.status == 422 && other.body["code"] as? String == "idempotency_key_reused")
        let list = try await service.call("GET", "/v1/jobs", token: token)
        #expect((list.body["jobs"] as? [[String: Any]])?.map { $0["id"] as? String } == [id])
        // The old thumbnails are deleted beside the job.
        var state = try await ArchiveState.of(service)
        while state.stored != state.shown { state = try await ArchiveState.of(service) }
        #expect(Set(state.shown).isDisjoint(with: before.shown) && state.pending == 0)
    }

    @Test("a job survives kill -9 of the service, and resumes when it starts again: each medium once")
    func killed() async throws {
        let first = try TestService.start()
        try await first.sendVideos(100)
        let killed = try first.restarted(["DARKROOM_THUMBNAIL_SIDE": "100"])
        let token = try killed.serviceToken()
        let started = try await killed.call("POST", "/v1/jobs", token: token, json: #"{"type":"reprocess"}"#)
        let id = try #require(started.body["id"] as? String)
        while try await ArchiveState.of(killed).items["done"] ?? 0 < 10 {}
        killed.end()
        let whenKilled = try await ArchiveState.of(killed)
        #expect(whenKilled.items["done"] ?? 0 < 100)
        let service = try killed.restarted(["DARKROOM_THUMBNAIL_SIDE": "100"])
        let ended = try await service.awaitJob(id, token: token)
        #expect((ended["counts"] as? [String: Any])?["done"] as? Int == 100)
        var state = try await ArchiveState.of(service)
        while state.stored != state.shown { state = try await ArchiveState.of(service) }
        #expect(state.attempts <= 101)
        #expect(whenKilled.done.allSatisfy { state.done[$0.key] == $0.value })
    }

    @Test(
        "an import is a job: it survives kill -9 of the service, registers each object once and reports what it rejects"
    )
    func imported() async throws {
        let first = try TestService.start()
        let folder = first.data.appendingPathComponent("store/objects/legacy/ann")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for number in 0..<100 {
            try FileManager.default.copyItem(
                at: try Sample.file("image/picture.webp"), to: folder.appendingPathComponent("\(number).webp"))
        }
        try Data("no picture".utf8).write(to: folder.appendingPathComponent("readme.txt"))
        let token = try first.serviceToken()
        let body = #"{"type":"import","prefix":"legacy/","rules":["legacy/{owner}/* {owner} rooms image"]}"#
        let started = try await first.call("POST", "/v1/jobs", token: token, json: body)
        #expect(started.status == 201 && started.body["type"] as? String == "import", "\(started.body)")
        let order = try #require(started.body["order"] as? [String: Any])
        #expect(order["rules"] as? [String] == ["legacy/{owner}/* {owner} rooms image"])
        let id = try #require(started.body["id"] as? String)
        while try await ArchiveState.of(first).items["done"] ?? 0 < 10 {}
        first.end()
        let service = try first.restarted([:])
        let ended = try await service.awaitJob(id, token: token)
        let counts = try #require(ended["counts"] as? [String: Any])
        #expect(counts["done"] as? Int == 100 && counts["failed"] as? Int == 1 && counts["total"] as? Int == 101)
        let failures = try #require(ended["failures"] as? [[String: Any]])
        #expect(failures.map { $0["key"] as? String } == ["legacy/ann/readme.txt"])
        #expect(failures.map { $0["code"] as? String } == ["wrong_kind"])
        let list = try await service.call("GET", "/v1/media?owner=ann&limit=100", token: token)
        let media = try #require(list.body["media"] as? [[String: Any]])
        #expect(media.count == 100 && media.allSatisfy { ($0["sha256"] as? String)?.count == 64 })
        try await eventually("no preview is stored that nothing shows") {
            let imported = service.data.appendingPathComponent("store/objects/media/imported").path
            return try FileManager.default.contentsOfDirectory(atPath: imported).filter { $0.hasSuffix(".jpg") }.count
                == 100
        }
    }

    @Test("a job that is cancelled stops, and stays so; what does not exist is not found")
    func cancelled() async throws {
        let service = try TestService.start()
        try await service.sendVideos(200)
        let token = try service.serviceToken()
        let started = try await service.call("POST", "/v1/jobs", token: token, json: #"{"type":"reprocess"}"#)
        let id = try #require(started.body["id"] as? String)
        let cancelled = try await service.call("DELETE", "/v1/jobs/\(id)", token: token)
        #expect(cancelled.status == 200 && cancelled.body["state"] as? String == "cancelled")
        let next = try await service.call(
            "POST", "/v1/jobs", token: token, json: #"{"type":"reprocess","keys":["no/such.mp4"]}"#)
        let ended = try await service.awaitJob(try #require(next.body["id"] as? String), token: token)
        let failures = try #require(ended["failures"] as? [[String: Any]])
        #expect(failures.map { $0["key"] as? String } == ["no/such.mp4"])
        #expect(failures.map { $0["code"] as? String } == ["not_shown"])
        let read = try await service.call("GET", "/v1/jobs/\(id)", token: token)
        let counts = try #require(read.body["counts"] as? [String: Any])
        #expect(read.body["state"] as? String == "cancelled" && counts["running"] as? Int == 0)
        #expect(try await service.call("GET", "/v1/jobs/unknown", token: token).status == 404)
        #expect(try await service.call("DELETE", "/v1/jobs/unknown", token: token).status == 404)
    }

    @Test(
        "no user's token opens any of it, nor none",
        arguments: [("POST", "/v1/jobs"), ("GET", "/v1/jobs"), ("GET", "/v1/jobs/x"), ("DELETE", "/v1/jobs/x")])
    func nonMembers(method: String, path: String) async throws {
        let service = try TestService.start()
        let json = method == "POST" ? #"{"type":"reprocess"}"# : nil
        let user = try service.token("alice")
        #expect(try await service.call(method, path, token: user, json: json).status == 403)
        #expect(try await service.call(method, path, token: nil, json: json).status == 401)
        #expect(try await service.call("GET", "/v1/jobs", token: service.serviceToken()).body["jobs"] is [Any])
    }

    @Test("an invalid body is rejected, and starts nothing")
    func rejected() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        for body in [
            "[]", "{", #"{"type":"sing"}"#, #"{"type":"reprocess","kind":"document"}"#,
            #"{"type":"reprocess","since":"yesterday"}"#, #"{"type":"reprocess","keys":["../x"]}"#,
            #"{"type":"reprocess","keys":[]}"#, #"{"type":"reprocess","keys":["a"],"prefix":"b"}"#,
            #"{"type":"reprocess","only":["sound"]}"#, #"{"type":"reprocess","kind":"audio","only":["thumbnail"]}"#,
            #"{"type":"reprocess","prefx":"a"}"#, #"{"type":"reprocess","prefix":7}"#,
            #"{"type":"import","owner":"ann"}"#, #"{"type":"import","prefix":""}"#,
            #"{"type":"import","prefix":"","keys":["a"],"owner":"ann"}"#,
            #"{"type":"import","keys":["../x"],"owner":"ann"}"#,
            #"{"type":"import","prefix":"","owner":"ann rooms"}"#, #"{"type":"import","prefix":"","owner":"{owner}"}"#,
            #"{"type":"import","prefix":"","owner":"ann","dialect":"whatsapp"}"#,
            #"{"type":"import","prefix":"","owner":"ann","kind":"film"}"#,
            #"{"type":"import","prefix":"","owner":"ann","rules":["* bob"]}"#,
            #"{"type":"import","prefix":"","rules":[]}"#, #"{"type":"import","prefix":"","rules":["*"]}"#,
            #"{"type":"import","prefix":"","rules":["* bob whatsapp"]}"#,
            #"{"type":"import","prefix":"","owner":"ann","only":["thumbnail"]}"#,
        ] {
            let response = try await service.call("POST", "/v1/jobs", token: token, json: body)
            #expect(response.status == 400, "\(body): \(response.body)")
            #expect(response.headers["content-type"] == "application/problem+json")
        }
        let list = try await service.call("GET", "/v1/jobs", token: token)
        #expect((list.body["jobs"] as? [Any])?.isEmpty == true)
    }
}

extension TestService {
    /// The final state of a job.
    fileprivate func awaitJob(_ id: String, token: String) async throws -> [String: Any] {
        while true {
            let response = try await call("GET", "/v1/jobs/\(id)", token: token)
            try #require(response.status == 200, "\(response.body)")
            if ["completed", "cancelled"].contains(response.body["state"] as? String) { return response.body }
        }
    }
}
