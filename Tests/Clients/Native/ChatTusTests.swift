import Foundation
import TestPrograms
import Testing

@Suite("Resumable uploads of users, by tuspy and by a page in Chromium", .timeLimit(.minutes(10)))
struct ChatTusTests {
    /// A text of some megabytes, which is more than one part.
    private func largeFile() throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).txt")
        let lines = (0..<500_000).map { "line \($0): nothing happened\n" }.joined()
        try Data(lines.utf8).write(to: file)
        return file
    }

    private func provision(_ dialect: String, at service: TestService) async throws {
        let conversation = try await service.call(
            "PUT", "/v1/conversations/c1", token: try service.serviceToken(),
            json: #"{"dialect": "\#(dialect)", "members": ["ann", "bob"]}"#)
        try #require(conversation.status < 300, "\(conversation.body)")
    }

    private func expect(_ url: String, is file: URL) async throws {
        let copy = file.appendingPathExtension("stored")
        defer { try? FileManager.default.removeItem(at: copy) }
        _ = try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["-s", "-o", copy.path, url])
        #expect(try Data(contentsOf: copy) == Data(contentsOf: file))
    }

    private func tuspy(
        _ file: URL, to service: TestService, _ options: [String]
    ) async throws -> [String: Any] {
        let finished = try await Python.run(
            "tus_upload.py", [service.base, try service.token("ann"), file.path] + options)
        try #require(finished.status == 0, "\(finished.errors)")
        return try #require(try finished.json() as? [String: Any])
    }

    @Test("a page continues after kill -9 of the service and an hour, and its message is there once")
    func browser() async throws {
        let file = try largeFile()
        defer { try? FileManager.default.removeItem(at: file) }
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        let settings = ["DARKROOM_CORS_ORIGINS": "*", "DARKROOM_RESUMABLE_LIFETIME": "7200"]
        var service = try TestService.start(settings, data: data)
        try await provision("rooms", at: service)
        let metadata = #"{"chatRoomId": "c1", "type": "file", "content": "a long text", "filename": "long.txt"}"#
        let token = try service.token("ann")
        let begun = try await Browser.run(
            "tus.js", on: service,
            parameters: ["token": token, "path": "/rooms/tus", "metadata": metadata, "stopAt": "9000000"],
            files: ["file": file])[0]
        let place = try #require(begun["place"] as? String)
        #expect(begun["offset"] as? Int ?? 0 >= 9_000_000 && begun["status"] as? Int == 202)
        service.process.kill()
        service.process.wait()
        // The hour passes in SQLite alone: the tests also run with MongoDB.
        if FileManager.default.fileExists(atPath: data.appendingPathComponent("chat.sqlite").path) {
            let aged = try await Python.run("age_resumable.py", [data.path, "3600"])
            #expect(aged.status == 0 && aged.output.contains("1"), "\(aged.errors)")
        }
        // Before the former object, which would remove the folder, is released.
        let kept = service
        service = try TestService.start(settings, data: data)
        let finished = try await Browser.run(
            "tus.js", on: service, parameters: ["token": token, "upload": place], files: ["file": file])[0]
        #expect(finished["from"] as? Int == begun["offset"] as? Int && finished["status"] as? Int == 201)
        let message = try #require((finished["answer"] as? [String: Any])?["data"] as? [String: Any])
        #expect(message["_id"] as? String == finished["message"] as? String)
        #expect(message["content"] as? String == "a long text")
        let url = try #require((message["mediaInfo"] as? [String: Any])?["url"] as? String)
        try await expect(url, is: file)
        let page = try await service.call("GET", "/rooms/api/v1/chat/rooms/c1/messages", token: service.token("bob"))
        #expect((page.body["messages"] as? [[String: Any]])?.count == 1)
        withExtendedLifetime(kept) {}
    }

    @Test("a page continues at another node after kill -9 of the first")
    func browserAtOtherNode() async throws {
        let bucket = try await TestBucket.start("seaweedfs")
        let nodes = try TwoNodes(bucket.settings.merging(["DARKROOM_CORS_ORIGINS": "*"]) { $1 })
        let file = try Sample.file("video/short.mp4")
        let token = try nodes.first.token("ann")
        let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        let begun = try await Browser.run(
            "tus.js", on: nodes.first,
            parameters: [
                "token": token, "path": "/bananatalk/tus", "stopAt": "\(size / 2)",
                "metadata": #"{"receiver": "bob", "kind": "video", "message": "look"}"#,
            ], files: ["file": file])[0]
        nodes.first.process.kill()
        let finished = try await Browser.run(
            "tus.js", on: nodes.second,
            parameters: ["token": token, "upload": try #require(begun["place"] as? String)], files: ["file": file])[0]
        let message = try #require((finished["answer"] as? [String: Any])?["data"] as? [String: Any])
        #expect(finished["status"] as? Int == 201 && message["message"] as? String == "look")
        #expect((message["media"] as? [String: Any])?["thumbnail"] is String, "\(message)")
    }

    @Test("tuspy continues at another node after kill -9 of the first, and its file can be sent")
    func tuspyAtOtherNode() async throws {
        let bucket = try await TestBucket.start("seaweedfs")
        let nodes = try TwoNodes(bucket.settings)
        try await provision("intok", at: nodes.first)
        let file = try largeFile()
        defer { try? FileManager.default.removeItem(at: file) }
        let fields = [("conversationId", "c1"), ("fileName", "long.txt"), ("contentType", "text/plain")]
        let options = ["--path", "/intok/tus"] + fields.flatMap { ["--field", $0.0, $0.1] }
        let begun = try await tuspy(file, to: nodes.first, options + ["--stop-at", "9000000"])
        nodes.first.process.kill()
        let id = try #require(begun["id"] as? String)
        let finished = try await tuspy(file, to: nodes.second, options + ["--id", id])
        let answer = try #require(finished["answer"] as? [String: Any])
        #expect(answer["attachmentId"] as? String == finished["media"] as? String)
        let key = try #require(answer["key"] as? String)
        let url = try await nodes.second.call(
            "GET", "/intok/api/attachments/download-url?key=\(key)", token: nodes.second.token("ann"))
        try await expect(try #require(url.body["downloadUrl"] as? String, "\(url.body)"), is: file)
    }

    @Test("tuspy ends in the same file as the ordinary call", arguments: ["signalr", "imagekit"])
    func sameFile(_ dialect: String) async throws {
        let service = try TestService.start()
        try await provision(dialect, at: service)
        let file = try Sample.file("video/short.mp4")
        let path = dialect == "signalr" ? "/api/v1/chat/upload" : "/api/media/upload-chat-media"
        let fields = dialect == "signalr" ? [:] : ["chatId": "c1"]
        let ordinary = try await service.call(
            "POST", "/\(dialect)" + path, token: service.token("ann"), fields: fields, files: ["file": file])
        let options = fields.flatMap { ["--field", $0.key, $0.value] }
        let upload = try await tuspy(file, to: service, ["--path", "/\(dialect)/tus", "--chunk", "20011"] + options)
        let (one, other) = (ordinary.body["data"] as? [String: Any], (upload["answer"] as? [String: Any]))
        let made = try #require(other?["data"] as? [String: Any], "\(upload)")
        #expect(made["fileId"] as? String == upload["media"] as? String)
        #expect(Set(made.keys) == Set(try #require(one, "\(ordinary.body)").keys))
        for name in ["fileName", "mimeType", "type", "messageType"] {
            #expect(made[name] as? String == one?[name] as? String)
        }
        for name in ["duration", "width", "height"] { #expect(made[name] as? Double == one?[name] as? Double) }
    }
}
