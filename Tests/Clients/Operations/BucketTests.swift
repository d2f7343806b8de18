import Foundation
import TestPrograms
import Testing

@Suite("Straight to the bucket")
struct BucketTests {
    @Test(
        "a video lands in the bucket with its thumbnail, and the URLs of the message are the bucket's",
        arguments: [
            "rclone", "seaweedfs",
        ])
    func directUpload(kind: String) async throws {
        let bucket = try await TestBucket.start(kind)
        let service = try TestService.start(bucket.settings)
        let token = try service.token("alice")
        let file = try Sample.file("video/landscape.mp4")
        let response = try await service.sendVideo(file, token: token)
        #expect(response.status == 201, "\(response.body)")
        #expect(try await bucket.state() == ["objects": 2, "uploads": 0])
        let url = try #require(response.media["url"] as? String)
        #expect(url.hasPrefix(try #require(bucket.settings["DARKROOM_S3_ENDPOINT"])))
        let fetched = try await Python.run("call.py", ["GET", url])
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
        #expect((try fetched.json() as? [String: Any])?["size"] as? Int == size)
        let id = try #require(response.data["_id"] as? String)
        let deleted = try await service.call(
            "DELETE", "/bananatalk/api/v1/messages/\(id)?forAll=true", token: token)
        #expect(deleted.status == 200)
        try await eventually("no object is left") { try await bucket.state()["objects"] == 0 }
    }

    @Test(
        "of what is rejected nothing remains in the bucket",
        arguments: ["broken/text.mp4", "video/long.mp4", "broken/truncated.mp4"])
    func rejected(path: String) async throws {
        let bucket = try await TestBucket.start("rclone")
        let service = try TestService.start(bucket.settings)
        let response = try await service.sendVideo(try Sample.file(path), token: try service.token("alice"))
        #expect(response.status == 400)
        #expect(try await bucket.state() == ["objects": 0, "uploads": 0])
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test(
        "a client that vanishes in the middle, 200 times, leaves nothing: no object, row, memory file or descriptor",
        arguments: ["folder", "seaweedfs"])
    func storeVanishes(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let service = try TestService.start(bucket?.settings ?? [:])
        let token = try service.token("alice")
        let file = try Sample.file("video/landscape.mp4")
        // One upload first, so that descriptors that stay open (the database, idle connections) are open.
        let first = try await service.sendVideo(file, token: token)
        let id = try #require(first.data["_id"] as? String)
        let before = try service.openDescriptors()
        let finished = try await Python.run(
            "vanish.py", [service.base, token, file.path, "200", "16", String(12 << 20), "20261120"])
        #expect(finished.output.trimmingCharacters(in: .whitespacesAndNewlines) == "200", "\(finished.errors)")
        // The resources of an upload are released once its end is noticed.
        try await eventually("no upload holds a file") {
            try service.openDescriptors().isDisjoint(with: ["memory file", "spool", "incoming"])
        }
        #expect(try service.openDescriptors().subtracting(before).isEmpty)
        #expect(
            try await service.call("DELETE", "/bananatalk/api/v1/messages/\(id)?forAll=true", token: token).status
                == 200)
        var left: [String: Int] = [:]
        try await eventually("nothing is left in the store") {
            left = try await service.leftovers()
            let state = try await bucket?.state()
            return left["files"] == 0 && left["pending_deletions"] == 0
                && (state == nil || state == ["objects": 0, "uploads": 0])
        }
        #expect(left["pending_objects"] == 0 && left["object_owners"] == 0)
    }

    @Test(
        "wrong credentials, a missing bucket and a store that is away are found at start, with the setting to look at",
        arguments: [
            (["AWS_SECRET_ACCESS_KEY": "another secret than that"], "AWS_SECRET_ACCESS_KEY"),
            (["AWS_ACCESS_KEY_ID": "ANOTHERKEYTHANTHAT"], "AWS_ACCESS_KEY_ID"),
            (["DARKROOM_S3_BUCKET": "not-there"], "DARKROOM_S3_BUCKET"),
            (["DARKROOM_S3_ENDPOINT": "http://127.0.0.1:9"], "DARKROOM_S3_ENDPOINT"),
        ])
    func misconfigured(change: [String: String], variable: String) async throws {
        let bucket = try await TestBucket.start("seaweedfs")
        let service = try TestService.start(bucket.settings.merging(change) { _, new in new })
        #expect(try await service.call("GET", "/readyz", token: nil).status == 503)
        // Requests to an unreachable store are retried before the failure is reported.
        try await eventually("the remedy names \(variable)") {
            let ready = try await service.call("GET", "/readyz", token: nil)
            return (ready.body["remedy"] as? String)?.contains(variable) == true
        }
        #expect(try await service.call("GET", "/healthz", token: nil).status == 200)
    }
}

@Suite("darkroom bucket setup")
struct BucketSetupTests {
    @Test(
        "pages of an origin may put files to the bucket afterwards, and other rules of the bucket stay",
        arguments: ["ceph"])
    func setup(kind: String) async throws {
        let bucket = try await TestBucket.start(kind)
        let names = ["DARKROOM_S3_ENDPOINT", "DARKROOM_S3_BUCKET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        let place = names.compactMap { bucket.settings[$0] }
        // boto3 has set a rule of its own before.
        let before = try await Python.run("bucket_cors.py", ["set"] + place)
        #expect(before.status == 0, "\(before.errors)")
        for origins in ["https://first.example.org", "https://chat.example.org,http://localhost:3000"] {
            let finished = try await Command.run(
                Project.darkroom, ["bucket", "setup", "--origins", origins], environment: bucket.settings)
            #expect(finished.status == 0, "\(finished.errors)")
        }
        let rules = try #require(
            try await Python.run("bucket_cors.py", ["get"] + place).json() as? [String: [String: [String]]])
        #expect(Set(rules.keys) == ["darkroom", "other"])
        #expect(rules["other"]?["AllowedOrigins"] == ["https://other.example.org"])
        #expect(
            rules["darkroom"]?["AllowedOrigins"]?.sorted() == ["http://localhost:3000", "https://chat.example.org"])

        let service = try TestService.start(bucket.settings)
        let upload = try await service.call(
            "POST", "/v1/uploads", token: try service.serviceToken(),
            json: #"{"contentType":"video/mp4","size":1000,"name":"a.mp4"}"#)
        let url = try #require(upload.body["url"] as? String)
        for (origin, allowed) in [("https://chat.example.org", true), ("https://evil.example.org", false)] {
            let preflight = try await Command.run(
                URL(fileURLWithPath: "/usr/bin/curl"),
                [
                    "-s", "-o", "/dev/null", "-w", "%header{access-control-allow-origin}", "-X", "OPTIONS", "-H",
                    "Origin: \(origin)", "-H", "Access-Control-Request-Method: PUT", "-H",
                    "Access-Control-Request-Headers: content-type", url,
                ])
            #expect((preflight.output == origin) == allowed, "\(preflight.output)")
        }
    }

    @Test("what is missing is named, with the status of a wrong setting or command line")
    func missing() async throws {
        for (arguments, settings, status, text) in [
            (["bucket", "setup", "--origins", "https://a.example"], [:], 78, "DARKROOM_S3_BUCKET"),
            (["bucket"], [:], 2, "setup"),
        ] as [([String], [String: String], Int32, String)] {
            let finished = try await Command.run(Project.darkroom, arguments, environment: settings)
            #expect(finished.status == status && finished.errors.contains(text), "\(finished)")
        }
    }
}
