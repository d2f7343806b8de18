import Foundation
import TestPrograms
import Testing

@Suite("Direct uploads of a chat server", .timeLimit(.minutes(5)))
struct DirectUploadTests {
    @Test(
        "a file is put to its URL, accepted once and shown; its temporary object is gone afterwards",
        arguments: ["folder", "rclone", "seaweedfs"], ["video/landscape-moov-last.mp4", "image/orientation-6.jpg"])
    func accepted(store: String, path: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let service = try TestService.start(bucket?.settings ?? [:])
        let token = try service.serviceToken()
        let file = try Sample.file(path)
        let upload = try await service.openUpload(file, type: path.hasSuffix("mp4") ? "video/mp4" : "image/jpeg", token)
        #expect(upload.status == 201, "\(upload.body)")
        let id = try #require(upload.body["id"] as? String)
        let early = try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#)
        #expect(early.status == 400 && (early.body["detail"] as? String)?.contains("not there yet") == true)
        #expect(try await put(file, upload) == 200)

        let accepted = try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#)
        #expect(accepted.status == 201, "\(accepted.body)")
        #expect(accepted.headers["location"] == "/v1/media/\(id)")
        let whole = try await service.call("POST", "/v1/media", token: token, files: ["file": file])
        for name in ["kind", "mimeType", "sha256"] {
            #expect(accepted.body[name] as? String == whole.body[name] as? String, "\(name)")
        }
        #expect((accepted.body["sha256"] as? String)?.count == 64)
        #expect(accepted.body["duration"] as? Double == whole.body["duration"] as? Double)
        #expect(accepted.body["dimensions"] as? [String: Int] == whole.body["dimensions"] as? [String: Int])
        for (name, ours) in [("url", accepted), ("thumbnail", accepted)] {
            let url = try #require(ours.body[name] as? String)
            let fetched = try #require(try await Python.run("call.py", ["GET", url]).json() as? [String: Any])
            let same = try #require(whole.body[name] as? String)
            let expected = try #require(try await Python.run("call.py", ["GET", same]).json() as? [String: Any])
            #expect(fetched["status"] as? Int == 200 && fetched["size"] as? Int == expected["size"] as? Int)
            #expect((fetched["headers"] as? [String: String])?["etag"]?.hasPrefix("\"") == true)
        }
        // Two media of two objects each, and nothing where the file was put.
        if let bucket { #expect(try await bucket.state() == ["objects": 4, "uploads": 0]) }
        let again = try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#)
        #expect(again.status == 404)
        #expect(try await service.call("GET", "/v1/media/\(id)", token: token).status == 200)
    }

    @Test(
        "a file that is not of its declared type is rejected, and nothing of it remains",
        arguments: ["folder", "rclone"])
    func rejected(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let service = try TestService.start(bucket?.settings ?? [:])
        let token = try service.serviceToken()
        for (path, status, code) in [
            ("voice/voice.mp3", 415, "media_unsupported"), ("broken/truncated.mp4", 422, "media_unreadable"),
        ] {
            let file = try Sample.file(path)
            let upload = try await service.openUpload(file, type: "video/mp4", token)
            #expect(try await put(file, upload) == 200)
            let id = try #require(upload.body["id"] as? String)
            let accepted = try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#)
            #expect(accepted.status == status && accepted.body["code"] as? String == code, "\(path): \(accepted.body)")
        }
        if let bucket {
            #expect(try await bucket.state() == ["objects": 0, "uploads": 0])
        } else {
            #expect(try await service.leftovers(of: "files", awaiting: 0) == 0)
            // A type or length other than the signed one is rejected.
            let upload = try await service.openUpload(try Sample.file("video/short.mp4"), type: "video/mp4", token)
            #expect(try await put(try Sample.file("video/landscape.mp4"), upload) == 403)
        }
    }

    @Test("an object in the store is inspected in place, and nothing is recorded of it")
    func inspected() async throws {
        let service = try TestService.start()
        let token = try service.serviceToken()
        let sent = try await service.sendVideo(
            try Sample.file("video/landscape.mp4"), token: try service.token("alice"))
        #expect(sent.status == 201)
        let state = try await service.leftoversAfterDeletion()
        let listed = try await service.reprocess("--dry-run")
        let key = listed.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let found = try await service.call("POST", "/v1/inspections", token: token, json: #"{"key":"\#(key)"}"#)
        #expect(found.status == 200 && found.body["kind"] as? String == "video", "\(found.body)")
        #expect(found.body["hasThumbnail"] as? Bool == true)
        #expect(try await service.leftovers(awaiting: state) == state)
        let missing = try await service.call("POST", "/v1/inspections", token: token, json: #"{"key":"no/such"}"#)
        #expect(missing.status == 404)
        #expect(
            try await service.call("POST", "/v1/inspections", token: token, json: #"{"key":"../x"}"#).status == 400)
    }

    @Test(
        "a user's token is rejected everywhere, and so are invalid requests",
        arguments: [
            ("/v1/uploads", #"{"contentType":"video/mp4","size":1}"#), ("/v1/inspections", #"{"key":"a"}"#),
            ("/v1/media", #"{"upload":"a"}"#),
        ])
    func nonMembers(path: String, body: String) async throws {
        let service = try TestService.start()
        #expect(try await service.call("POST", path, token: service.token("alice"), json: body).status == 403)
        #expect(try await service.call("POST", path, token: nil, json: body).status == 401)
        let token = try service.serviceToken()
        for wrong in [
            #"{"contentType":"text/html","size":1}"#, #"{"contentType":"video/mp4","size":0}"#,
            #"{"contentType":"video/mp4","size":9999999999}"#, #"{"contentType":"video/mp4","size":1,"name":7}"#, "[]",
        ] {
            #expect(try await service.call("POST", path, token: token, json: wrong).status == 400, "\(wrong)")
        }
    }

    private func put(_ file: URL, _ upload: Answer) async throws -> Int? {
        let url = try #require(upload.body["url"] as? String)
        let type = try #require((upload.body["headers"] as? [String: String])?["Content-Type"])
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            [
                "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--request", "PUT", "--header",
                "Content-Type: \(type)", "--data-binary", "@\(file.path)", url,
            ])
        return Int(finished.output)
    }
}

extension TestService {
    /// Requests a URL to upload `file` to.
    fileprivate func openUpload(_ file: URL, type: String, _ token: String) async throws -> Answer {
        let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
        return try await call(
            "POST", "/v1/uploads", token: token,
            json: #"{"contentType":"\#(type)","size":\#(size),"name":"\#(file.lastPathComponent)"}"#)
    }
}
