import Foundation
import TestPrograms
import Testing

@Suite("Direct uploads of JPEGs to a service that removes metadata", .timeLimit(.minutes(5)))
struct DirectUploadPictureTests {
    /// A picture, and the same with an XMP packet behind its start and another behind its end, in a file.
    private final class Picture: Sendable {
        let original: Data
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jpg")

        init() throws {
            original = try Data(contentsOf: try Sample.file("image/orientation-6.jpg"))
            let packet = Data("http://ns.adobe.com/xap/1.0/\0taken at home".utf8)
            let segment = [0xFF, 0xE1, 0, UInt8(packet.count + 2)] + packet
            try (original.prefix(2) + segment + original.dropFirst(2) + packet).write(to: file)
        }

        deinit { try? FileManager.default.removeItem(at: file) }
    }

    private func bytes(at url: Any?, in folder: URL) async throws -> Data {
        let copy = folder.appendingPathExtension("stored")
        defer { try? FileManager.default.removeItem(at: copy) }
        let url = try #require(url as? String)
        _ = try await Command.run(URL(fileURLWithPath: "/usr/bin/curl"), ["-s", "-L", "-o", copy.path, url])
        return try Data(contentsOf: copy)
    }

    private func settings(_ store: String) async throws -> (TestBucket?, [String: String]) {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        return (bucket, (bucket?.settings ?? [:]).merging(["DARKROOM_STRIP_METADATA": "all"]) { $1 })
    }

    @Test(
        "of a direct upload only the picture is kept, and its size and digest are returned",
        arguments: ["folder", "rclone", "seaweedfs"])
    func native(store: String) async throws {
        let (bucket, settings) = try await settings(store)
        let service = try TestService.start(settings)
        let token = try service.serviceToken()
        let picture = try Picture()
        let upload = try await service.call(
            "POST", "/v1/uploads", token: token,
            json: #"{"contentType":"image/jpeg","size":\#(try picture.file.byteCount)}"#)
        let url = try #require(upload.body["url"] as? String)
        let sent = try await Python.run(
            "call.py", ["PUT", url, "--header", "Content-Type: image/jpeg", "--body", picture.file.path])
        #expect((try sent.json() as? [String: Any])?["status"] as? Int == 200)
        let id = try #require(upload.body["id"] as? String)
        let accepted = try await service.call("POST", "/v1/media", token: token, json: #"{"upload":"\#(id)"}"#)
        #expect(accepted.status == 201, "\(accepted.body)")
        let stored = try await bytes(at: accepted.body["url"], in: picture.file)
        #expect(stored == picture.original)
        #expect(accepted.body["fileSize"] as? Int == stored.count)
        let whole = try await service.call("POST", "/v1/media", token: token, files: ["file": picture.file])
        #expect(accepted.body["sha256"] as? String == whole.body["sha256"] as? String)
        // Two media of two objects each, and nothing where the file was put.
        if let bucket { #expect(try await bucket.state() == ["objects": 4, "uploads": 0]) }
    }

    @Test(
        "of an attachment or a profile picture only the picture is kept, and a message may show it again",
        arguments: ["folder", "seaweedfs"])
    func intok(store: String) async throws {
        let (bucket, settings) = try await settings(store)
        let scene = try await IntokClientFixture.start(settings)
        let conversation = try await scene.direct()
        let alice = try await IntokClient.connect(to: scene.service, token: scene.alice)
        let picture = try Picture()
        let attachment = try await scene.upload(picture.file, "image/jpeg", in: conversation, scene.alice)
        for _ in 0..<2 {
            try alice.send(
                "message:send", ["conversationId": conversation, "type": "image", "attachment": attachment])
            let shown = try #require(try await alice.nextMessage()["attachment"] as? [String: Any])
            #expect(shown["fileSize"] as? Int == picture.original.count)
        }
        let address = try await scene.download(attachment["key"] as? String ?? "", scene.bob).body["downloadUrl"]
        #expect(try await bytes(at: address, in: picture.file) == picture.original)

        let requested = try await scene.call(
            "POST", "/users/profile-picture/upload-url", scene.alice,
            ["contentType": "image/jpeg", "fileSize": try picture.file.byteCount])
        let key = try #require(requested.body["key"] as? String)
        #expect(
            try await scene.put(picture.file, to: requested.body["uploadUrl"] as? String ?? "", "image/jpeg") == 200)
        let set = try await scene.call("PUT", "/users/profile-picture", scene.alice, ["key": key])
        #expect(set.status == 200)
        #expect(try await bytes(at: set.body["profilePicture"], in: picture.file) == picture.original)
        _ = bucket
    }
}
