import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("intok: direct uploads")
struct IntokUploadTests {
    @Test(
        "a presigned upload has the reference's shape, and its URL accepts that type and length alone",
        .proves(.intok, "POST /attachments/upload-url"), arguments: ["folder", "seaweedfs"])
    func signature(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let fixture = try await IntokClientFixture.start(bucket?.settings ?? [:])
        let conversation = try await fixture.direct()
        let file = try Sample.file("image/orientation-1.jpg")
        let requested = try await fixture.requestUpload(file, "image/jpeg", in: conversation, fixture.alice)
        let shape: [String: Any] = [
            "attachmentId": "", "uploadUrl": "", "key": "", "category": "", "expiresIn": 300,
        ]
        #expect(requested.status == 200 && JSONShape.mismatches(of: requested.body, against: shape) == [])
        let heading = "### POST /api/attachments/upload-url"
        #expect(try ExpectedKeys.mismatches(of: requested.body, .intok, under: heading, block: 2) == [])
        let id = try #require(requested.body["attachmentId"] as? String)
        #expect(id.hasPrefix("att_") && requested.body["key"] as? String == "\(conversation)/\(id).jpg")
        #expect(requested.body["category"] as? String == "image" && requested.body["expiresIn"] as? Int == 300)

        let url = try #require(requested.body["uploadUrl"] as? String)
        #expect(try await fixture.put(file, to: url, "image/png") == 403)
        #expect(try await fixture.put(try Sample.file("image/picture.webp"), to: url, "image/jpeg") == 403)
        let last = try #require(url.last)
        let changed = url.dropLast(2) + (last == "A" ? "BB" : "AA")
        #expect(try await fixture.put(file, to: String(changed), "image/jpeg") == 403)
        #expect(try await fixture.put(file, to: url.replacingOccurrences(of: id, with: id + "x"), "image/jpeg") == 403)
        #expect(try await fixture.fetch(url).status == 403)
        #expect(try await fixture.put(file, to: url, "image/jpeg") == 200)
    }

    @Test("curl uploads to the folder as to a bucket; a body without a length is answered 411; browsers may upload")
    func otherClients() async throws {
        let fixture = try await IntokClientFixture.start(["DARKROOM_CORS_ORIGINS": "https://chat.example"])
        let conversation = try await fixture.direct()
        let file = try Sample.file("video/landscape.mp4")
        let requested = try await fixture.requestUpload(file, "video/mp4", in: conversation, fixture.alice)
        let url = try #require(requested.body["uploadUrl"] as? String)
        let curl = URL(fileURLWithPath: "/usr/bin/curl")
        let say = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"]
        let type = ["--header", "Content-Type: video/mp4"]
        let chunked = try await Command.run(
            curl, say + type + ["--header", "Transfer-Encoding: chunked", "--upload-file", file.path, url])
        #expect(chunked.output == "411")
        let preflight = try await Command.run(
            curl,
            [
                "--silent", "--include", "--request", "OPTIONS", "--header", "Origin: https://chat.example", "--header",
                "Access-Control-Request-Method: PUT", "--header", "Access-Control-Request-Headers: content-type", url,
            ])
        #expect(preflight.output.contains("Access-Control-Allow-Origin: https://chat.example"))
        #expect(preflight.output.contains("PUT"))
        let sent = try await Command.run(curl, say + type + ["--upload-file", file.path, url])
        #expect(sent.output == "200", "\(sent.errors)")
    }

    @Test(
        "what is not what it was declared to be makes no message, and nothing of it remains",
        .proves(.intok, "event message:send", "limits"),
        arguments: [
            ("image/transparent.png", "image/jpeg"), ("voice/voice.ogg", "video/mp4"), ("README.md", "application/pdf"),
            ("image/orientation-1.jpg", "text/plain"), ("broken/text.mp4", "video/mp4"),
            ("broken/truncated.mp4", "video/mp4"), ("video/clip.webm", "audio/webm"), ("video/clip.avi", "video/mp4"),
            ("README.md", "application/msword"),
        ])
    func mismatch(path: String, type: String) async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        let (alice, bob) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.bob)
        )
        let attachment = try await fixture.upload(try Sample.file(path), type, in: conversation, fixture.alice)
        try alice.send("message:send", ["conversationId": conversation, "attachment": attachment])
        let error = try await alice.next("error")
        #expect(error["code"] as? String == "VALIDATION_ERROR" && error["message"] is String, "\(error)")
        #expect((error["details"] as? [String: Any])?["action"] as? String == "message:send")
        #expect(try await bob.everythingUntilNow().isEmpty)
        #expect(try await fixture.service.leftovers(of: "pending_deletions", awaiting: 0) == 0)
        let left = try await fixture.service.leftovers()
        #expect(left["files"] == 0 && left["messages"] == 0 && left["media_items"] == 0, "\(left)")
        #expect(left["object_owners"] == 0, "\(left)")
    }

    @Test(
        "what is put to the URL after the message was sent changes nothing of it, and is garbage-collected",
        .proves(.intok, "event message:send"), arguments: ["folder", "seaweedfs", "rclone"])
    func replaced(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let fixture = try await IntokClientFixture.start(bucket?.settings ?? [:])
        let conversation = try await fixture.direct()
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        // Two texts of the same length: the first is validated and then replaced by the second.
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (good, bad) = (folder.appendingPathComponent("good.txt"), folder.appendingPathComponent("bad.txt"))
        try Data(repeating: UInt8(ascii: "g"), count: 5_000).write(to: good)
        try Data("<html>".utf8 + [UInt8](repeating: 0, count: 4_994)).write(to: bad)
        let requested = try await fixture.requestUpload(good, "text/plain", in: conversation, fixture.alice)
        let url = try #require(requested.body["uploadUrl"] as? String)
        let (id, key) = (requested.body["attachmentId"] as? String ?? "", requested.body["key"] as? String ?? "")
        #expect(try await fixture.put(good, to: url, "text/plain") == 200)
        let data: [String: Any] = [
            "conversationId": conversation, "type": "file", "attachment": ["id": id, "key": key],
        ]
        try alice.send("message:send", data)
        _ = try await alice.nextMessage()
        // A bucket accepts whatever its URL allows, even after the upload was used; the folder store checks.
        if store == "folder" {
            #expect(try await fixture.put(bad, to: url, "text/plain") == 403)
        } else {
            // The first object is being deleted, and rclone fails when the folder above it vanishes meanwhile.
            try await eventually("the bucket accepts it") { try await fixture.put(bad, to: url, "text/plain") == 200 }
        }
        let address = try #require(try await fixture.download(key, fixture.bob).body["downloadUrl"] as? String)
        let fetched = try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["--silent", address])
        #expect(fetched.output == String(repeating: "g", count: 5_000))
        // A second message does not show it either: it refers to the content that was validated for the first.
        try alice.send("message:send", data)
        let again = try #require(try await alice.nextMessage()["attachment"] as? [String: Any])
        #expect(again["key"] as? String == key && again["fileSize"] as? Int == 5_000)
        let second = try #require(try await fixture.download(key, fixture.bob).body["downloadUrl"] as? String)
        #expect(
            try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["--silent", second]).output == fetched.output)
        try await fixture.age()
        fixture.service.end()
        let restarted = try TestService.start(bucket?.settings ?? [:], data: fixture.service.data)
        try await eventually("one object is left") { try await fixture.objectCount(bucket) == 1 }
        _ = restarted
        #expect(try await fixture.service.leftovers(of: "pending_objects", awaiting: 0) == 0)
    }

    @Test(
        "an upload that no message shows is deleted once its URL has expired; before that, a restart leaves it alone",
        .proves(.intok, "POST /attachments/upload-url"))
    func neverSent() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        let attachment = try await fixture.upload(
            try Sample.file("image/picture.webp"), "image/webp", in: conversation, fixture.alice)
        fixture.service.end()
        let second = try TestService.start(data: fixture.service.data)
        let alice = try await IntokClient.connect(to: second, token: fixture.alice)
        try alice.send("message:send", ["conversationId": conversation, "attachment": attachment])
        _ = try await alice.nextMessage()
        _ = try await IntokClientFixture(
            service: second, alice: fixture.alice, bob: fixture.bob, eve: fixture.eve, server: fixture.server
        ).upload(try Sample.file("image/transparent.png"), "image/png", in: conversation, fixture.alice)
        // Original, thumbnail and the new upload, each with its attributes.
        #expect(try await fixture.service.leftovers(of: "files", awaiting: 6) == 6)
        try await fixture.age()
        second.end()
        let third = try TestService.start(data: fixture.service.data)
        try await eventually("two objects are left") { try await third.leftovers()["files"] == 4 }
        #expect(try await fixture.service.leftovers(of: "pending_objects", awaiting: 0) == 0)
    }

    @Test(
        "a profile picture is validated, shown by a permanent URL, replaced with the old one deleted, and removed",
        .proves(
            .intok, "POST /users/profile-picture/upload-url", "PUT /users/profile-picture",
            "DELETE /users/profile-picture", "GET /auth/me", "GET /profiles/:user/:file"),
        arguments: ["folder", "seaweedfs"])
    func picture(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let fixture = try await IntokClientFixture.start(bucket?.settings ?? [:])
        let files = ["image/picture.webp", "image/transparent.png"].map { try? Sample.file($0) }.compactMap(\.self)
        var addresses: [String] = []
        for (file, type) in zip(files, ["image/webp", "image/png"]) {
            let requested = try await fixture.call(
                "POST", "/users/profile-picture/upload-url", fixture.alice,
                ["contentType": type, "fileSize": try file.byteCount])
            let offered = "### POST /api/users/profile-picture/upload-url"
            #expect(try ExpectedKeys.mismatches(of: requested.body, .intok, under: offered, block: 2) == [])
            let key = try #require(requested.body["key"] as? String)
            #expect(key.hasPrefix("profiles/alice/") && requested.body["expiresIn"] as? Int == 300)
            let early = try await fixture.call("PUT", "/users/profile-picture", fixture.alice, ["key": key])
            #expect(early.status == 400)
            #expect(try await fixture.put(file, to: requested.body["uploadUrl"] as? String ?? "", type) == 200)
            let foreign = try await fixture.call("PUT", "/users/profile-picture", fixture.bob, ["key": key])
            #expect(foreign.status == 403 && foreign.body["code"] as? String == "FORBIDDEN")
            let set = try await fixture.call("PUT", "/users/profile-picture", fixture.alice, ["key": key])
            let user: [String: Any] = [
                "id": "", "email": "", "username": "", "preferredLanguage": "", "preferredCountry": "",
                "profilePicture": "", "createdAt": "",
            ]
            #expect(set.status == 200)
            #expect(JSONShape.mismatches(of: set.body, against: ["user": user, "profilePicture": ""]) == [])
            let chosen = "### PUT /api/users/profile-picture"
            #expect(try ExpectedKeys.mismatches(of: set.body, .intok, under: chosen, block: 2) == [])
            let again = try await fixture.call("PUT", "/users/profile-picture", fixture.alice, ["key": key])
            #expect(again.status == 200, "said again, it is so already")
            addresses.append(try #require(set.body["profilePicture"] as? String))
            let fetched = try await fixture.fetch(addresses.last ?? "")
            let size = try file.byteCount
            #expect(fetched.status == 200 && fetched.size == size && fetched.headers["content-type"] == type)
        }
        #expect(try await fixture.fetch(addresses[0]).status == 404)
        let me = try await fixture.call("GET", "/auth/me", fixture.alice)
        #expect((me.body["user"] as? [String: Any])?["profilePicture"] as? String == addresses[1])
        let deleted = try await fixture.call("DELETE", "/users/profile-picture", fixture.alice)
        #expect(deleted.status == 200)
        let removed = "### DELETE /api/users/profile-picture"
        #expect(try ExpectedKeys.mismatches(of: deleted.body, .intok, under: removed, block: 1) == [])
        #expect((deleted.body["user"] as? [String: Any])?["profilePicture"] is NSNull)
        #expect(try await fixture.call("DELETE", "/users/profile-picture", fixture.alice).status == 404)
        #expect(try await fixture.fetch(addresses[1]).status == 404)
        try await eventually("no object is left") { try await fixture.objectCount(bucket) == 0 }
    }
}

extension IntokClientFixture {
    /// The number of objects in the store.
    fileprivate func objectCount(_ bucket: TestBucket?) async throws -> Int {
        if let bucket { return try await bucket.state()["objects"] ?? -1 }
        // Each has its attributes beside it.
        return (try await service.leftovers()["files"] ?? -1) / 2
    }

    /// Ages the reservations until no one may use them any more.
    fileprivate func age() async throws {
        let finished = try await Python.run("age_reservations.py", [service.data.path])
        try #require(finished.status == 0, "\(finished.errors)")
    }
}
