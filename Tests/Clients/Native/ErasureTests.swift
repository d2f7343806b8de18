import Foundation
import TestPrograms
import Testing

@Suite("Users who are deleted with their media", .timeLimit(.minutes(10)))
struct ErasureTests {
    private func add(_ path: String, of user: String, to service: TestService) async throws -> [String: Any] {
        let answer = try await service.call(
            "POST", "/v1/media", token: try service.serviceToken(), files: ["file": try Sample.file(path)],
            headers: ["X-On-Behalf-Of": user])
        try #require(answer.status == 201, "\(answer.body)")
        return answer.body
    }

    private func usage(of user: String, _ service: TestService) async throws -> [String: Int] {
        let list = try await service.call("GET", "/v1/users/\(user)/media", token: try service.serviceToken())
        try #require(list.status == 200, "\(list.body)")
        return try #require(list.body["usage"] as? [String: Int])
    }

    @Test("lose their messages with media, their media and uploads; others keep what is theirs, and are told")
    func erased() async throws {
        let service = try TestService.start(["DARKROOM_DEDUPLICATE": "all"])
        let token = try service.serviceToken()
        let video = try Sample.file("video/short.mp4")
        let sent = try await service.sendVideo(video, token: try service.token("alice"), message: "look")
        #expect(sent.status == 201)
        let text = try await service.call(
            "POST", "/bananatalk/api/v1/messages", token: try service.token("alice"),
            json: #"{"receiver":"bob","message":"only words"}"#)
        #expect(text.status == 201)
        let picture = try await add("image/orientation-6.jpg", of: "alice", to: service)
        _ = try await add("voice/voice.m4a", of: "alice", to: service)
        let shared = try await add("image/orientation-6.jpg", of: "bob", to: service)
        // Uploads that are not finished.
        let tus = try await service.call(
            "POST", "/v1/tus", token: token,
            headers: ["X-On-Behalf-Of": "alice", "Tus-Resumable": "1.0.0", "Upload-Length": "1000"])
        let direct = try await service.call(
            "POST", "/v1/uploads", token: token, json: #"{"contentType":"image/png","size":10,"name":"x.png"}"#,
            headers: ["X-On-Behalf-Of": "alice"])
        #expect(tus.status == 201 && direct.status == 201)

        let list = try await service.call("GET", "/v1/users/alice/media?limit=2", token: token)
        let files = try #require(list.body["files"] as? [[String: Any]])
        #expect(files.map { $0["kind"] as? String } == ["audio", "image"])
        #expect(files.allSatisfy { $0["dialect"] is NSNull && ($0["url"] as? String)?.hasPrefix("http") == true })
        let more = try #require(list.body["moreAfter"] as? String)
        let rest = try await service.call(
            "GET", "/v1/users/alice/media?limit=2&after=\(more)", token: token)
        #expect((rest.body["files"] as? [[String: Any]])?.map { $0["dialect"] as? String } == ["bananatalk"])
        let sizes = try [video, Sample.file("voice/voice.m4a")].map {
            try #require(try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize)
        }
        let bytes = sizes.reduce(0, +) + (try #require(picture["fileSize"] as? Int))
        #expect(try await usage(of: "alice", service) == ["items": 3, "bytes": bytes])

        let socket = try await SocketPeer.connect(
            base: service.base, path: "bananatalk/socket.io", auth: ["token": try service.token("bob")])
        let deleted = try await service.call("DELETE", "/v1/users/alice?media=delete", token: token)
        #expect(deleted.status == 202 && deleted.body["type"] as? String == "erase", "\(deleted.body)")
        let id = try #require(deleted.body["id"] as? String)
        #expect(deleted.headers["location"] == "/v1/jobs/\(id)")
        #expect((deleted.body["order"] as? [String: Any])?["user"] as? String == "alice")
        let ended = try await service.awaitEnd(ofJob: id, token: token)
        let counts = try #require(ended["counts"] as? [String: Any])
        #expect(counts["done"] as? Int == 6 && counts["total"] as? Int == 6, "\(ended)")
        #expect(counts["bytes"] as? Int == bytes && (ended["failures"] as? [Any])?.isEmpty == true)
        let event = try await socket.next("messageDeleted")
        #expect(event["messageId"] as? String == sent.data["_id"] as? String)

        #expect(try await usage(of: "alice", service) == ["items": 0, "bytes": 0])
        #expect(try await usage(of: "bob", service)["items"] == 1)
        for (answer, isDeleted) in [(sent, true), (text, false)] {
            let message = try #require(answer.data["_id"] as? String)
            let read = try await service.call("GET", "\(MessageTests.path)/\(message)", token: try service.token("bob"))
            #expect(read.data["isDeleted"] as? Bool == isDeleted)
            #expect(read.data["message"] as? String == (isDeleted ? "" : "only words"), "\(read.body)")
        }
        let own = try #require(shared["id"] as? String)
        let kept = try await service.call("GET", "/v1/media/\(own)", token: token)
        #expect(kept.status == 200)
        let url = try #require(kept.body["url"] as? String)
        #expect(try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 200"))
        let lost = try #require(picture["id"] as? String)
        #expect(try await service.call("GET", "/v1/media/\(lost)", token: token).status == 404)
        let upload = try #require(tus.headers["location"]?.split(separator: "/").last)
        let gone = try await service.call(
            "HEAD", "/v1/tus/\(upload)", token: token,
            headers: ["X-On-Behalf-Of": "alice", "Tus-Resumable": "1.0.0"])
        #expect(gone.status == 410)
        let accepted = try await service.call(
            "POST", "/v1/media", token: token,
            json: #"{"upload":"\#(try #require(direct.body["id"] as? String))"}"#,
            headers: ["X-On-Behalf-Of": "alice"])
        #expect(accepted.status == 404)
        // bob's picture and its thumbnail, each bytes and attributes.
        #expect(try await service.leftovers(of: "files", awaiting: 4) == 4)
        #expect(try await service.call("DELETE", "/v1/users/alice", token: token).status == 404)
        let listed = try await service.call("GET", "/v1/jobs", token: token)
        #expect((listed.body["jobs"] as? [[String: Any]])?.map { $0["type"] as? String } == ["erase"])
    }

    @Test("kill -9 of the service delays the end of the job, and changes nothing of it")
    func killed() async throws {
        let first = try TestService.start()
        try await first.sendVideos(200)
        let token = try first.serviceToken()
        let bytes = try #require(try await usage(of: "alice", first)["bytes"])
        let deleted = try await first.call("DELETE", "/v1/users/alice?media=delete", token: token)
        let id = try #require(deleted.body["id"] as? String, "\(deleted.body)")
        while try await ArchiveState.of(first).items["done"] ?? 0 < 10 {}
        first.end()
        #expect(try await ArchiveState.of(first).items["done"] ?? 0 < 201)
        let service = try first.restarted([:])
        let ended = try await service.awaitEnd(ofJob: id, token: token)
        let counts = try #require(ended["counts"] as? [String: Any])
        #expect(counts["done"] as? Int == 201 && counts["total"] as? Int == 201, "\(counts)")
        #expect(counts["bytes"] as? Int == bytes && bytes > 0)
        #expect(try await usage(of: "alice", service) == ["items": 0, "bytes": 0])
        #expect(try await service.leftovers(of: "files", awaiting: 0) == 0)
        #expect(try await service.leftovers()["user_files"] == 0)
    }

    @Test("files that have expired are deleted from their messages, which stay, and webhooks say so")
    func expired() async throws {
        let receiver = try await WebhookReceiver()
        let first = try TestService.start()
        let sent = try await first.sendVideo(
            try Sample.file("video/short.mp4"), token: try first.token("alice"), message: "look")
        let medium = try await add("video/short.mp4", of: "alice", to: first)
        _ = try await add("image/orientation-6.jpg", of: "alice", to: first)
        #expect(sent.status == 201)
        let aged = try await Python.run("age_files.py", [first.data.path, "259200"])
        #expect(aged.status == 0, "\(aged.errors)")
        let service = try first.restarted(
            receiver.settings().merging(["DARKROOM_RETENTION": "video:1d", "DARKROOM_WEBHOOK_KINDS": "media.deleted"]) {
                $1
            })
        let token = try service.serviceToken()
        try await eventually("the videos have expired") { try await usage(of: "alice", service)["items"] == 1 }
        let message = try #require(sent.data["_id"] as? String)
        let read = try await service.call("GET", "\(MessageTests.path)/\(message)", token: try service.token("bob"))
        #expect(read.data["message"] as? String == "look" && read.data["isDeleted"] as? Bool == false)
        #expect(read.data["media"] == nil || read.data["media"] is NSNull, "\(read.body)")
        let id = try #require(medium["id"] as? String)
        #expect(try await service.call("GET", "/v1/media/\(id)", token: token).status == 404)
        var shown: Set<String> = []
        for _ in 0..<2 {
            let event = try await receiver.event("/settings")
            let media = try #require(event.data["media"] as? [String: Any])
            #expect(event.type == "media.deleted" && media["owner"] as? String == "alice")
            shown.insert((event.data["message"] as? String) ?? (media["id"] as? String) ?? "")
        }
        #expect(shown == [message, id])
        let jobs = try await service.call("GET", "/v1/jobs", token: token)
        let job = try #require((jobs.body["jobs"] as? [[String: Any]])?.first)
        #expect(job["type"] as? String == "expire")
        #expect((job["order"] as? [String: Any])?["expired"] as? [String: String] != nil)
        // The picture and its thumbnail, each bytes and attributes.
        #expect(try await service.leftovers(of: "files", awaiting: 4) == 4)
    }

    @Test("their media stay by default; another value is rejected, and no user may delete another")
    func rejected() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        _ = try await add("image/orientation-6.jpg", of: "alice", to: service)
        _ = try await service.call("PUT", "/v1/users/alice", token: token, json: #"{"name":"Alice"}"#)
        let invalid = try await service.call("DELETE", "/v1/users/alice?media=all", token: token)
        #expect(invalid.status == 400 && invalid.body["code"] as? String == "invalid_field")
        let user = try await service.call(
            "DELETE", "/v1/users/alice?media=delete", token: try service.token("bob"))
        #expect(user.status == 403)
        #expect(try await service.call("DELETE", "/v1/users/alice?media=keep", token: token).status == 204)
        #expect(try await usage(of: "alice", service)["items"] == 1)
        for query in ["kind=film", "after=x", "after=1.../x", "limit=0", "dialect=", "since=now"] {
            let answer = try await service.call("GET", "/v1/users/alice/media?\(query)", token: token)
            #expect(answer.status == 400 && answer.body["code"] as? String == "invalid_field", "\(query)")
        }
        #expect(try await service.call("GET", "/v1/users/alice/media", token: service.token("alice")).status == 403)
    }
}

extension TestService {
    /// The final state of a job.
    fileprivate func awaitEnd(ofJob id: String, token: String) async throws -> [String: Any] {
        while true {
            let response = try await call("GET", "/v1/jobs/\(id)", token: token)
            try #require(response.status == 200, "\(response.body)")
            if ["completed", "cancelled"].contains(response.body["state"] as? String) { return response.body }
        }
    }
}
