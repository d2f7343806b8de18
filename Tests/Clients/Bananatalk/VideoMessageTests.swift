import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("A video message over HTTP")
struct VideoMessageTests {
    @Test(
        "the reference's fields get the reference's answer, and its URLs can be fetched",
        .proves(.bananatalk, "POST /messages/video"))
    func seedShape() async throws {
        let service = try TestService.start()
        let token = try service.token("alice", name: "Alice")
        let response = try await service.sendVideo(
            try Sample.file("video/landscape.mp4"), token: token, message: "look")
        #expect(response.status == 201)
        #expect(response.body["success"] as? Bool == true)
        let data = response.data
        #expect((data["_id"] as? String)?.count == 24)
        #expect((data["sender"] as? [String: Any])?["name"] as? String == "Alice")
        #expect((data["receiver"] as? [String: Any])?["_id"] as? String == "bob")
        #expect(data["messageType"] as? String == "media")
        #expect(data["message"] as? String == "look")
        #expect((data["createdAt"] as? String)?.hasSuffix("Z") == true)
        let media = response.media
        #expect(media["type"] as? String == "video")
        #expect(media["mimeType"] as? String == "video/mp4")
        let size =
            try FileManager.default.attributesOfItem(
                atPath: Sample.file("video/landscape.mp4").path)[.size] as? Int
        #expect(media["fileSize"] as? Int == size)
        #expect(media["duration"] as? Double ?? 0 > 1)
        let dimensions = try #require(media["dimensions"] as? [String: Int])
        #expect(try #require(dimensions["width"]) > (try #require(dimensions["height"])))

        let url = try #require(media["url"] as? String)
        let thumbnail = try #require(media["thumbnail"] as? String)
        #expect(thumbnail.split(separator: "?")[0].hasSuffix("-thumb.jpg"))
        let original = try await Self.fetch(url)
        #expect(original.status == 200 && original.size == size)
        #expect(original.headers["content-type"] == "video/mp4")
        #expect(original.headers["x-content-type-options"] == "nosniff")
        let picture = try await Self.fetch(thumbnail)
        #expect(picture.status == 200 && picture.headers["content-type"] == "image/jpeg")
        let range = try await Self.fetch(url, "--header", "Range: bytes=4-7")
        #expect(range.status == 206 && range.size == 4)
        let tampered = try await Self.fetch(url.replacing(".mp4?", with: "-thumb.jpg?"))
        #expect(tampered.status == 403)
    }

    @Test(
        "every container that is allowed is accepted, by its content", .proves(.bananatalk, "POST /messages/video"),
        arguments: [
            "landscape.mp4", "landscape-moov-last.mp4", "portrait.mp4", "clip.mov", "clip.m4v", "clip.3gp", "clip.avi",
            "clip.webm", "recorder.webm", "short.mp4", "no-audio.mp4", "fragmented.mp4",
        ])
    func containers(name: String) async throws {
        let service = try TestService.start()
        let response = try await service.sendVideo(try Sample.file("video/\(name)"), token: try service.token("alice"))
        #expect(response.status == 201, "\(response.body)")
        #expect(response.media["thumbnail"] is String)
        #expect(response.media["duration"] as? Double ?? 0 > 0.3)
    }

    @Test(
        "a file that is no video is rejected with 400, and nothing of it remains",
        .proves(.bananatalk, "POST /messages/video"),
        arguments: [
            "text.mp4", "playlist.mp4", "empty.mp4", "truncated.mp4",
        ])
    func broken(name: String) async throws {
        let service = try TestService.start()
        let response = try await service.sendVideo(try Sample.file("broken/\(name)"), token: try service.token("alice"))
        #expect(response.status == 400)
        #expect(response.body["success"] as? Bool == false && response.error?.isEmpty == false)
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test(
        "a video of over 600 s is rejected in the reference's words, and nothing of it remains",
        .proves(.bananatalk, "POST /messages/video"))
    func tooLong() async throws {
        let service = try TestService.start()
        let response = try await service.sendVideo(try Sample.file("video/long.mp4"), token: try service.token("alice"))
        #expect(response.status == 400)
        #expect(response.body["maxDuration"] as? Int == 600)
        #expect(try ExpectedKeys.mismatches(of: response.body, .bananatalk, under: "### Video Upload Errors") == [])
        #expect(response.error == "Video duration (601s) exceeds maximum of 600 seconds (10 minutes)")
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test(
        "over a gibibyte is rejected in the reference's words: by its declared length before the body, by count when chunked",
        .proves(.bananatalk, "POST /messages/video"),
        arguments: ["declared", "chunked"])
    func tooLarge(by: String) async throws {
        let service = try TestService.start()
        let finished = try await Python.run("too_large.py", [service.base, try service.token("alice"), by])
        let response = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        #expect(response["status"] as? Int == 413)
        #expect(response["error"] as? String == "Video size exceeds maximum limit of 1024MB")
        #expect(
            try ExpectedKeys.mismatches(of: response, .bananatalk, under: "### Video Upload Errors", block: 1) == [])
        let sent = try #require(response["sent"] as? Int)
        if by == "declared" { #expect(sent == 0) } else { #expect(sent >= 1 << 30) }
        #expect(try await service.unexpectedLeftovers() == [:])
    }

    @Test("the fields may come after the file, and of a form without receiver or file nothing remains")
    func fieldOrder() async throws {
        let service = try TestService.start()
        let token = try service.token("alice")
        let file = try Sample.file("video/short.mp4")
        let finished = try await Command.run(
            URL(fileURLWithPath: "/usr/bin/curl"),
            [
                "-sS", "-H", "Authorization: Bearer \(token)", "-F", "video=@\(file.path)", "-F", "receiver=bob",
                service.base + "/bananatalk/api/v1/messages/video",
            ])
        #expect((try finished.json() as? [String: Any])?["success"] as? Bool == true)
        let before = try await service.leftoversAfterDeletion()
        let noReceiver = try await service.call(
            "POST", "/bananatalk/api/v1/messages/video", token: token, files: ["video": file])
        #expect(noReceiver.status == 400 && noReceiver.error?.contains("receiver") == true)
        let noFile = try await service.call(
            "POST", "/bananatalk/api/v1/messages/video", token: token, fields: ["receiver": "bob", "message": "x"])
        #expect(noFile.status == 400 && noFile.error?.contains("video") == true)
        #expect(try await service.leftovers(awaiting: before) == before)
    }

    @Test("the root dialect has the same routes at the root", .proves(.bananatalk, "GET /messages/video-config"))
    func rootDialect() async throws {
        let service = try TestService.start(["DARKROOM_ROOT_DIALECT": "bananatalk"])
        let token = try service.token("alice")
        let response = try await service.sendVideo(try Sample.file("video/short.mp4"), token: token, prefix: "")
        #expect(response.status == 201)
        let configuration = try await service.call("GET", "/api/v1/messages/video-config", token: token)
        #expect(configuration.status == 200 && configuration.body["success"] as? Bool == true)
    }

    @Test(
        "a regular user's day and a visitor's end with 429 and the reference's details", .proves(.bananatalk, "limits"))
    func dailyLimit() async throws {
        let service = try TestService.start()
        let visitor = try service.token("guest", isVisitor: true)
        let finished = try await Python.run("many_texts.py", [service.base, visitor, "51"])
        let answers = try #require(try finished.json() as? [[String: Any]])
        #expect(answers.prefix(50).allSatisfy { $0["status"] as? Int == 201 })
        let last = try #require(answers.last)
        #expect(last["status"] as? Int == 429)
        let body = try #require(last["body"] as? [String: Any])
        #expect(body["type"] as? String == "limit_exceeded")
        #expect(
            body["error"] as? String == "Daily message limit exceeded. Used 50/50. Resets at midnight.")
        #expect(try ExpectedKeys.mismatches(of: body, .bananatalk, under: "### Rate Limit Error") == [])
        let details = try #require(body["details"] as? [String: Any])
        #expect(details["current"] as? Int == 50 && details["max"] as? Int == 50)
        #expect((details["resetTime"] as? String)?.hasSuffix("T00:00:00Z") == true)
    }

    private static func fetch(_ url: String, _ options: String...) async throws -> Answer {
        let finished = try await Python.run("call.py", ["GET", url] + options)
        let response = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        return Answer(
            status: response["status"] as? Int ?? 0, headers: response["headers"] as? [String: String] ?? [:],
            body: response["body"] as? [String: Any] ?? [:], size: response["size"] as? Int ?? 0)
    }
}
