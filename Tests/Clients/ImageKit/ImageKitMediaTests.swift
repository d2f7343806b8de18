import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("imagekit: media")
struct ImageKitMediaTests {
    @Test(
        "a file of a chat is validated by its content, in whichever order the parts come",
        .proves(.imagekit, "POST /media/upload-chat-media"),
        arguments: [
            ("image/orientation-6.jpg", "image", "image/jpeg"), ("video/short.mp4", "video", "video/mp4"),
            ("voice/voice.ogg", "file", "audio/ogg"), ("README.md", "file", "text/plain"),
        ])
    func upload(sample: String, messageType: String, mimeType: String) async throws {
        let chat = try await ImageKitFixture()
        let file = try Sample.file(sample)
        for fileFirst in [true, false] {
            let parts: [(String, FormPart)] = [("file", .file(file)), ("chatId", .text(ImageKitFixture.chat))]
            let response = try await chat.service.post(
                "/imagekit/api/media/upload-chat-media", token: chat.ann, form: fileFirst ? parts : parts.reversed())
            #expect(response.status == 200, "\(response.body)")
            try chat.expectKeys(
                response.body,
                [
                    "status": 200, "message": "", "success": true,
                    "data": [
                        "url": "", "fileId": "", "fileName": "", "fileSize": 1, "mimeType": "", "messageType": "",
                        "uploadedAt": "",
                    ],
                ], "#### 14. Upload Single Media File", after: "Response:")
            #expect(response.data["messageType"] as? String == messageType)
            #expect((response.data["mimeType"] as? String)?.hasPrefix(mimeType) == true)
            #expect(response.data["fileName"] as? String == file.lastPathComponent)
            #expect(try response.data["fileSize"] as? Int == Data(contentsOf: file).count)
            let url = try #require(response.data["url"] as? String)
            #expect(try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 200"))
        }
    }

    @Test("a file for a chat of others, without a chat, or broken is rejected, and nothing of it remains")
    func rejectedUpload() async throws {
        let chat = try await ImageKitFixture()
        let picture = FormPart.file(try Sample.file("image/orientation-1.jpg"))
        let wrong: [(String, [(String, FormPart)], Int)] = [
            (chat.eve, [("file", picture), ("chatId", .text(ImageKitFixture.chat))], 403),
            (chat.eve, [("chatId", .text(ImageKitFixture.chat)), ("file", picture)], 403),
            (chat.ann, [("file", picture), ("chatId", .text("64b0000000000000000000ff"))], 404),
            (chat.ann, [("file", picture)], 400), (chat.ann, [("chatId", .text(ImageKitFixture.chat))], 400),
            ("forged", [("file", picture), ("chatId", .text(ImageKitFixture.chat))], 401),
            (
                chat.ann,
                [("file", .file(try Sample.file("broken/empty.mp4"))), ("chatId", .text(ImageKitFixture.chat))], 400
            ),
        ]
        for (token, form, status) in wrong {
            let response = try await chat.service.post(
                "/imagekit/api/media/upload-chat-media", token: token, form: form)
            #expect(response.status == status, "\(response.body)")
            try chat.expectKeys(response.body, ["status": status, "message": "", "error": ""])
        }
        try await chat.expectNothingLeft()
    }

    @Test(
        "of several files each succeeds or fails alone",
        .proves(.imagekit, "POST /media/bulk-upload"), arguments: ["files", "files[]"])
    func bulk(field: String) async throws {
        let chat = try await ImageKitFixture()
        let samples = ["image/orientation-1.jpg", "broken/empty.mp4", "video/short.mp4"]
        let form = try samples.map { (field, FormPart.file(try Sample.file($0))) }
        let response = try await chat.service.post(
            "/imagekit/api/media/bulk-upload", token: chat.ann, form: form + [("chatId", .text(ImageKitFixture.chat))])
        #expect(response.status == 200, "\(response.body)")
        try chat.expectKeys(
            response.body,
            [
                "status": 200, "message": "", "success": true, "data": [["fileId": "", "url": "", "messageType": ""]],
                "summary": ["totalAttempted": 1, "successful": 1, "failed": 1],
            ], "#### 15. Bulk Upload Multiple Files", after: "Response:")
        #expect(response.body["message"] as? String == "2 file(s) uploaded, 1 failed")
        #expect(response.body["summary"] as? [String: Int] == ["totalAttempted": 3, "successful": 2, "failed": 1])
        let kept = try #require(response.body["data"] as? [[String: Any]])
        #expect(kept.map { $0["messageType"] as? String } == ["image", "video"])
        let failed = try #require(response.body["errors"] as? [[String: Any]])
        #expect(failed.map { $0["fileName"] as? String } == ["empty.mp4"])
        #expect(try await chat.service.leftovers(of: "media_items", awaiting: 2) == 2)
    }

    @Test("files beyond the bound of a form fail, each by itself", .proves(.imagekit, "POST /media/bulk-upload"))
    func manyFiles() async throws {
        let chat = try await ImageKitFixture()
        let picture = ("files", FormPart.file(try Sample.file("image/orientation-1.jpg")))
        let form = Array(repeating: picture, count: 40) + [("chatId", .text(ImageKitFixture.chat))]
        let response = try await chat.service.post("/imagekit/api/media/bulk-upload", token: chat.ann, form: form)
        #expect(response.status == 200, "\(response.body)")
        #expect(response.body["summary"] as? [String: Int] == ["totalAttempted": 40, "successful": 16, "failed": 24])
        let failed = try #require(response.body["errors"] as? [[String: Any]])
        #expect(
            failed.count == 24 && failed.allSatisfy { ($0["message"] as? String)?.contains("16 fit one form") == true })
        #expect(try await chat.service.leftovers(of: "media_items", awaiting: 16) == 16)
    }

    @Test("of several files for a chat of others, or in an incomplete form, nothing remains")
    func rejectedBulk() async throws {
        let chat = try await ImageKitFixture()
        let picture = ("files", FormPart.file(try Sample.file("image/orientation-1.jpg")))
        let id = ("chatId", FormPart.text(ImageKitFixture.chat))
        let wrong = [
            (chat.eve, [picture, picture, id], 403), (chat.ann, [picture, picture], 400), (chat.ann, [id], 400),
            ("forged", [id, picture], 401),
        ]
        for (token, form, status) in wrong {
            let response = try await chat.service.post("/imagekit/api/media/bulk-upload", token: token, form: form)
            #expect(response.status == status, "\(response.body)")
        }
        try await chat.expectNothingLeft()
    }

    @Test(
        "a file's metadata have what was measured of its colours, streams and bit rate",
        .proves(.imagekit, "GET /media/:fileId/metadata"))
    func measured() async throws {
        let chat = try await ImageKitFixture()
        func metadata(_ sample: String) async throws -> [String: Any] {
            let id = try #require(try await chat.upload(sample, token: chat.ann).data["fileId"] as? String)
            return try await chat.call("GET", "/api/media/\(id)/metadata", token: chat.ann).data
        }
        let video = try await metadata("video/landscape.mp4")
        #expect(video["videoCodec"] as? String == "h264" && video["audioCodec"] as? String == "aac")
        let (size, bitRate) = (try #require(video["size"] as? Int), try #require(video["bitRate"] as? Int))
        let duration = try #require(video["duration"] as? Int)
        #expect((size * 8 / (duration + 1) / 1000 - 1...size * 8 / duration / 1000 + 1).contains(bitRate))
        #expect(video["hasTransparency"] == nil)
        #expect(try await metadata("video/no-audio.mp4")["audioCodec"] == nil)
        let picture = try await metadata("image/transparent.png")
        #expect(picture["hasTransparency"] as? Bool == true && picture["hasColorProfile"] as? Bool == false)
        #expect(picture["bitRate"] == nil && picture["videoCodec"] == nil)
    }

    @Test(
        "a file's metadata are for its owner, and for its chat once it is sent; deleting it is for its owner alone",
        .proves(.imagekit, "GET /media/:fileId/metadata", "POST /media/delete"))
    func metadataAndDelete() async throws {
        let chat = try await ImageKitFixture()
        let uploaded = try await chat.upload("image/orientation-6.jpg", token: chat.ann)
        let id = try #require(uploaded.data["fileId"] as? String)
        let urls = try ["url", "thumbnailUrl"].map { try #require(uploaded.data[$0] as? String) }
        #expect(try await chat.call("GET", "/api/media/\(id)/metadata", token: chat.bob).status == 404)
        let ann = try await chat.joined(chat.ann)
        try await ann.ask(
            "send_media", ["chatId": ImageKitFixture.chat, "media": ["fileId": id]], answer: "send_media_success")
        for token in [chat.ann, chat.bob] {
            let response = try await chat.call("GET", "/api/media/\(id)/metadata", token: token)
            try chat.expectKeys(
                response.body,
                [
                    "status": 200, "message": "", "success": true,
                    "data": [
                        "height": 1, "width": 1, "size": 1, "format": "jpg", "exif": [:] as [String: Any],
                        "hasColorProfile": false, "hasTransparency": false,
                    ],
                ], "#### 17. Get Media Metadata", after: "Response:")
            #expect(response.data["format"] as? String == "jpg")
        }
        #expect(try await chat.call("GET", "/api/media/\(id)/metadata", token: chat.eve).status == 404)
        #expect(try await chat.call("GET", "/api/media/\(id)/metadata", token: nil).status == 401)
        let body = #"{"fileId":"\#(id)"}"#
        for (token, status) in [(chat.bob, 404), (chat.eve, 404), (nil, 401), ("forged", 401)] {
            #expect(try await chat.call("POST", "/api/media/delete", token: token, json: body).status == status)
        }
        let deleted = try await chat.call("POST", "/api/media/delete", token: chat.ann, json: body)
        #expect(deleted.status == 200 && deleted.body["success"] as? Bool == true)
        try chat.expectKeys(
            deleted.body, ["status": 200, "message": "", "success": true], "#### 18. Delete Media File",
            after: "Response:")
        for url in urls { try await chat.service.awaitDeletion(of: url) }
        #expect(try await chat.call("POST", "/api/media/delete", token: chat.ann, json: body).status == 404)
        #expect(try await chat.call("POST", "/api/media/delete", token: chat.ann, json: "{}").status == 400)
        // The message without its file remains, and what Bob, who has not connected, is to receive of it.
        #expect(
            try await chat.service.unexpectedLeftovers(besides: ["conversations", "members", "messages", "outbox"])
                == [:])
    }
}
