import Foundation
import TestPrograms
import Testing

/// `FormerRelease/release-0.3.0.tar.gz` is a data folder that the program of that release left, with rows of every kind;
/// `FormerRelease/make.py` made it.
@Suite("A data folder of release 0.3.0")
struct FormerReleaseTests {
    @Test("every row is there under today's names after the first start")
    func rows() async throws {
        let (service, before) = try await start()
        let finished = try await Python.run(
            "former_rows.py", [before.path, service.data.appendingPathComponent("chat.sqlite").path])
        let lost = try #require(try finished.json() as? [String: Any], "\(finished.errors)")
        #expect(lost.isEmpty, "\(lost)")
    }

    @Test("what was under way is finished: objects are deleted, events delivered, jobs run")
    func underWay() async throws {
        let (service, _) = try await start()
        let server = try service.serviceToken()
        // The client for which the event was stored reconnects.
        let client = try await SocketClient.connect(to: service, token: try service.token("bob"), until: 1)
        #expect(await client.finish().events("newMessage").count == 1)
        try await eventually("nothing waits to be deleted or delivered") {
            let left = try await service.leftovers()
            return left["pending_deletions"] == 0 && left["outbox"] == 0
        }
        try await eventually("both jobs are complete") {
            let answer = try await service.call("GET", "/v1/jobs", token: server)
            let jobs = answer.body["jobs"] as? [[String: Any]] ?? []
            return jobs.count == 2 && jobs.allSatisfy { $0["state"] as? String == "completed" }
        }
        // The upload that was sent to the store can still be shown by a message, the URL that was not used cannot be.
        #expect(try await service.leftovers()["presigned_uploads"] == 3)
    }

    @Test("the messages of all five chat systems are read, and their files served")
    func messages() async throws {
        let (service, _) = try await start()
        let alice = try service.token("alice")
        func get(_ path: String) async throws -> [String: Any] {
            let answer = try await service.call("GET", path, token: alice)
            try #require(answer.status == 200, "\(path): \(answer.body)")
            return answer.body
        }
        let bananatalk = try await get("/bananatalk/api/v1/messages/conversation/alice/bob")
        try await expectServed(3, of: bananatalk, service)

        let imagekit = try await get("/imagekit/api/chats/64b000000000000000000001/messages")
        try await expectServed(1, of: imagekit, service)

        let conversations = try await get("/intok/api/conversations")["conversations"] as? [[String: Any]]
        let conversation = try #require(conversations?.first?["id"] as? String)
        let intok = try await get("/intok/api/conversations/\(conversation)/messages")["messages"] as? [[String: Any]]
        let attachment = try #require(intok?.first?["attachment"] as? [String: Any])
        #expect((intok?.first?["reactions"] as? [String: Any])?.count == 1)
        let key = try #require(attachment["key"] as? String).replacingOccurrences(of: "/", with: "%2F")
        try await expectServed(1, of: try await get("/intok/api/attachments/download-url?key=\(key)"), service)

        let groups = try await get("/signalr/api/v1/conversations")["data"] as? [String: Any]
        let group = try #require((groups?["conversations"] as? [[String: Any]])?.first?["_id"] as? String)
        try await expectServed(1, of: try await get("/signalr/api/v1/conversations/\(group)/messages"), service)

        let rooms = try await get("/rooms/api/v1/chat/rooms")["chatRooms"] as? [[String: Any]]
        let room = try #require(rooms?.first?["_id"] as? String)
        try await expectServed(1, of: try await get("/rooms/api/v1/chat/rooms/\(room)/messages"), service)
    }

    /// Today's program on a copy of the former release's data folder, and the database as it was.
    private func start() async throws -> (service: TestService, before: URL) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("former-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let archive = Project.file("Tests/Clients/FormerRelease/release-0.3.0.tar.gz")
        let tar = URL(fileURLWithPath: "/bin/tar")
        let finished = try await Command.run(
            tar, ["-x", "-z", "-f", archive.path, "-C", folder.path, "--strip-components=1", "--no-same-owner"])
        try #require(finished.status == 0, "\(finished.errors)")
        // A file beside the database, deleted with the data folder.
        let before = folder.appendingPathComponent("before.sqlite")
        try FileManager.default.copyItem(at: folder.appendingPathComponent("chat.sqlite"), to: before)
        let keys = [
            "Image_Kit_Private_Key_Owner": "private_key_of_the_fixture",
            "Image_Kit_Public_Key_Owner": "public_key_of_the_fixture",
            "Image_Kit_URL": "https://media.example/account",
        ]
        return (try TestService.start(keys, data: folder), before)
    }

    /// Expects at least `count` URLs of objects in an answer, each of which is served.
    private func expectServed(_ count: Int, of answer: Any, _ service: TestService) async throws {
        let urls = Self.urls(in: answer)
        #expect(urls.count >= count, "\(answer)")
        for url in urls {
            let fetched = try await Python.run("call.py", ["GET", url])
            let object = try #require(try fetched.json() as? [String: Any], "\(fetched.errors)")
            #expect(object["status"] as? Int == 200 && object["size"] as? Int ?? 0 > 0, "\(url)")
        }
    }

    private static func urls(in value: Any) -> [String] {
        switch value {
        case let text as String: text.contains("/objects/") && text.hasPrefix("http") ? [text] : []
        case let object as [String: Any]: object.values.flatMap { urls(in: $0) }
        case let array as [Any]: array.flatMap { urls(in: $0) }
        default: []
        }
    }
}
