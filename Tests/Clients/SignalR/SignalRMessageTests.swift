import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("signalr: files and messages")
struct SignalRMessageTests {
    private static let message = """
        "_id":"","conversationId":"","senderId":"","content":"","messageType":"","createdAt":""
        """
    private static let wholeMessage =
        message + """
            ,"senderUsername":"","senderDisplayName":"","senderAvatarUrl":"","readBy":[{"userId":"","username":"",
            "readAt":""}],"deliveredTo":[],"reactions":[{"emoji":"","userId":"","username":"","addedAt":""}],
            "mentions":[{"userId":"","username":"","displayName":""}],"isEdited":true,"isDeleted":true
            """
    private static let file = #"{"type":"","url":"","thumbnailUrl":"","size":1,"width":1,"height":1}"#

    @Test(
        "files are uploaded, sent by their URLs, and described by their real type",
        .proves(
            .signalr, "POST /chat/upload", "POST /conversations/{id}/messages messageType Media",
            "event MessageReceived"))
    func mediaMessage() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let receiver = try await HubClient.connect(to: fixture.service, token: fixture.bob, until: 1)
        try #require(receiver.greeting["connected"] as? Bool == true)
        let uploaded = try await fixture.upload(try Sample.file("image/orientation-6.jpg"), fixture.ann)
        #expect(uploaded.status == 200)
        let shape = """
            {"success":true,"message":"","data":{"fileId":"","type":"","url":"","fileName":"","fileSize":1,"mimeType":"",
            "uploadedAt":""}}
            """
        #expect(try uploaded.mismatches(shape, "### 25. Upload File for Chat") == [])
        #expect((uploaded.data["fileId"] as? String)?.hasPrefix("file-") == true)
        #expect(uploaded.data["type"] as? String == "Image" && uploaded.data["mimeType"] as? String == "image/jpeg")
        let url = try #require(uploaded.data["url"] as? String)

        let sent = try await fixture.send(file: url, to: conversation, fixture.ann)
        #expect(sent.status == 201)
        let sentShape = #"{"success":true,"message":"","data":{\#(Self.message),"mediaUrls":[\#(Self.file)]}}"#
        #expect(try sent.mismatches(sentShape, "### 13. Send Media Message") == [])
        let files = try #require(sent.data["mediaUrls"] as? [[String: Any]])
        // The client declared a video of one byte and one pixel.
        #expect(files[0]["type"] as? String == "Image" && files[0]["size"] as? Int == 2271)
        #expect(files[0]["width"] as? Int == 480 && files[0]["height"] as? Int == 320)

        let received = await receiver.finish().arguments(of: "MessageReceived")
        let event = try #require(received.first?.first as? [String: Any])
        #expect(received.first?.count == 1)
        #expect(NSDictionary(dictionary: event) == NSDictionary(dictionary: sent.data))
        let thumbnail = try #require((event["mediaUrls"] as? [[String: Any]])?[0]["thumbnailUrl"] as? String)
        #expect(try await Python.run("call.py", ["GET", thumbnail]).output.contains("\"status\": 200"))

        let page = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.bob)
        let pageShape = """
            {"success":true,"data":{"messages":[{\(Self.wholeMessage)}],"pagination":{"page":1,"limit":1,"totalCount":1,
            "hasMore":true}}}
            """
        #expect(try page.mismatches(pageShape, "### 11. Get Messages") == [])
    }

    @Test(
        "every kind is accepted in the formats of the reference, by content, and nothing else",
        .proves(.signalr, "POST /chat/upload"))
    func kinds() async throws {
        let fixture = try await SignalRFixture()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func made(_ name: String, _ bytes: Data) throws -> URL {
            let file = folder.appendingPathComponent(name)
            try bytes.write(to: file)
            return file
        }
        let zip = Data("PK\u{3}\u{4}".utf8) + Data(repeating: 0, count: 26)
        let compound = Data([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) + Data(repeating: 0, count: 600)
        let accepted: [(URL, String, String)] = [
            (try Sample.file("image/transparent.png"), "Image", "image/png"),
            (try Sample.file("image/animated.gif"), "Image", "image/gif"),
            (try Sample.file("image/picture.webp"), "Image", "image/webp"),
            (try Sample.file("video/short.mp4"), "Video", "video/mp4"),
            (try Sample.file("video/clip.mov"), "Video", "video/quicktime"),
            (try Sample.file("video/clip.avi"), "Video", "video/x-msvideo"),
            (try Sample.file("voice/voice.mp3"), "Audio", "audio/mpeg"),
            (try Sample.file("voice/voice.wav"), "Audio", "audio/wav"),
            (try Sample.file("voice/voice.m4a"), "Audio", "audio/mp4"),
            (try made("plan.jpg", Data("%PDF-1.7\n".utf8)), "Document", "application/pdf"),
            (try made("old.xls", compound), "Document", "application/vnd.ms-excel"),
            (
                try made("new.bin", zip + Data("word/document.xml".utf8)), "Document",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            ),
        ]
        for (file, type, mimeType) in accepted {
            let response = try await fixture.upload(file, fixture.ann)
            #expect(response.status == 200, "\(file.lastPathComponent): \(response.body)")
            #expect(response.data["type"] as? String == type && response.data["mimeType"] as? String == mimeType)
            #expect(response.data["fileName"] as? String == file.lastPathComponent)
        }
        let before = try await fixture.service.leftoversAfterDeletion()
        let rejected: [URL] = [
            try Sample.file("video/clip.webm"), try Sample.file("voice/voice.ogg"),
            try made("page.pdf", Data("<html></html>".utf8)), try made("program.doc", Data([0x7f, 0x45, 0x4c, 0x46])),
            try made("archive.zip", zip + Data("evil.exe".utf8)),
        ]
        for file in rejected {
            let response = try await fixture.upload(file, fixture.ann)
            #expect(response.isRejection(415, "UNSUPPORTED_FILE_TYPE"), "\(file.lastPathComponent): \(response.body)")
        }
        #expect(
            try await fixture.upload(try Sample.file("broken/truncated.mp4"), fixture.ann).isRejection(
                422, "INVALID_FILE"))
        #expect(
            try await fixture.upload(try Sample.file("broken/empty.mp4"), fixture.ann).isRejection(
                400, "VALIDATION_ERROR"))
        #expect(try await fixture.call("POST", "/chat/upload", fixture.ann, "{}").isRejection(400, "VALIDATION_ERROR"))
        #expect(try await fixture.service.leftovers(awaiting: before) == before)
    }

    @Test(
        "a file over the limit of its kind is rejected while it arrives, a declared one before its body",
        .proves(.signalr, "POST /chat/upload", "limits"))
    func limits() async throws {
        let fixture = try await SignalRFixture()
        let run = try await Python.run("signalr_limits.py", [fixture.service.base, fixture.ann])
        let cases = try #require(try run.json() as? [String: [String: Any]], "\(run.errors)")
        for (name, limit) in [("declared", 100), ("image", 10), ("document", 20), ("audio", 20)] {
            let response = try #require(cases[name])
            #expect(response["status"] as? Int == 413)
            let expected: [String: Any] = [
                "code": "FILE_TOO_LARGE", "message": "File size exceeds maximum allowed size", "statusCode": 413,
                "maxSize": "\(limit)MB",
            ]
            #expect(NSDictionary(dictionary: response["error"] as? [String: Any] ?? [:]) == expected as NSDictionary)
            #expect(
                try ExpectedKeys.mismatches(of: response, .signalr, under: "### Common Error Codes", block: 3) == [])
            #expect(try #require(response["sent"] as? Int) < 60 << 20, "\(name) was rejected before its end")
        }
        #expect(cases["declared"]?["sent"] as? Int == 0)
        #expect(try await fixture.service.unexpectedLeftovers() == [:])
    }

    @Test(
        "only what this service gave to this user can be sent as a file",
        .proves(.signalr, "POST /conversations/{id}/messages messageType Media"))
    func foreignFiles() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let uploaded = try await fixture.upload(try Sample.file("image/transparent.png"), fixture.ann)
        let url = try #require(uploaded.data["url"] as? String)
        let thumbnail = try #require(uploaded.data["thumbnailUrl"] as? String)
        let elsewhere = url.replacingOccurrences(of: "127.0.0.1", with: "cdn.example")
        let before = try await fixture.service.leftoversAfterDeletion()
        for (address, token) in [
            (url, fixture.bob), (thumbnail, fixture.ann), (elsewhere, fixture.ann),
            ("https://cdn.example/a.jpg", fixture.ann),
            (url.replacingOccurrences(of: ".png?", with: ".jpg?"), fixture.ann),
        ] {
            let response = try await fixture.send(file: address, to: conversation, token)
            #expect(response.isRejection(404, "FILE_NOT_FOUND"), "\(address): \(response.body)")
        }
        for body in [
            #"{"messageType":"Media"}"#, #"{"messageType":"Media","mediaUrls":[]}"#,
            #"{"messageType":"Media","mediaUrls":["x"]}"#, #"{"messageType":"Media","mediaUrls":[{"url":7}]}"#,
            #"{"messageType":"Sticker","content":"x"}"#, #"{"messageType":"Text"}"#, #"{"content":" "}"#,
            #"{"content":"x","mentions":["cid"]}"#, #"{"content":7}"#, "no JSON",
        ] {
            let response = try await fixture.call("POST", "/conversations/\(conversation)/messages", fixture.ann, body)
            #expect(response.isRejection(400, "VALIDATION_ERROR"), "\(body): \(response.body)")
        }
        #expect(try await fixture.service.leftovers(awaiting: before) == before)
        // The address of another day is as good: what counts is the object.
        let bare = String(url.prefix { $0 != "?" })
        #expect(try await fixture.send(file: bare, to: conversation, fixture.ann).status == 201)
    }

    @Test(
        "a text is sent, answered, edited, reacted to, read and deleted",
        .proves(
            .signalr, "POST /conversations/{id}/messages", "PUT /messages/{id}", "DELETE /messages/{id}",
            "POST /conversations/{id}/read", "POST /messages/{id}/reactions", "DELETE /messages/{id}/reactions",
            "GET /conversations/{id}/messages", "event MessageRead"))
    func life() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let messages = "/conversations/\(conversation)/messages"
        let sent = try await fixture.call(
            "POST", messages, fixture.ann, #"{"content":"Hello","messageType":"Text","mentions":["bob"]}"#)
        #expect(sent.status == 201 && sent.body["message"] as? String == "Message sent successfully")
        #expect(
            try sent.mismatches(#"{"data":{\#(Self.wholeMessage)}}"#, "### 12. Send Text Message") == [])
        let id = try #require(sent.data["_id"] as? String)
        let reply = try await fixture.call(
            "POST", messages, fixture.bob, #"{"content":"Hi","replyToMessageId":"\#(id)"}"#)
        #expect(reply.status == 201 && reply.body["message"] as? String == "Reply sent successfully")
        let replyShape = """
            {"data":{\(Self.message),"replyTo":{"messageId":"","content":"","senderId":"","senderUsername":""}}}
            """
        #expect(try reply.mismatches(replyShape, "### 14. Reply to Message") == [])

        let edited = try await fixture.call("PUT", "/messages/\(id)", fixture.ann, #"{"content":"Hello!"}"#)
        let editShape = #"{"success":true,"message":"","data":{"_id":"","content":"","isEdited":true,"editedAt":""}}"#
        #expect(try edited.status == 200 && edited.mismatches(editShape, "### 15. Edit Message") == [])
        let reacted = try await fixture.call("POST", "/messages/\(id)/reactions", fixture.bob, #"{"emoji":"👍"}"#)
        let reactionShape = """
            {"data":{"messageId":"","reaction":{"emoji":"","userId":"","username":"","addedAt":""}}}
            """
        #expect(try reacted.status == 200 && reacted.mismatches(reactionShape, "### 18. Add Reaction") == [])

        let writer = try await HubClient.connect(to: fixture.service, token: fixture.ann, until: 1)
        let read = try await fixture.call(
            "POST", "/conversations/\(conversation)/read", fixture.bob, #"{"lastReadMessageId":"\#(id)"}"#)
        let readShape = #"{"data":{"conversationId":"","messagesRead":1,"lastReadMessageId":"","readAt":""}}"#
        #expect(try read.status == 200 && read.mismatches(readShape, "### 17. Mark Messages as Read") == [])
        #expect(read.data["messagesRead"] as? Int == 1)
        let received = try #require(await writer.finish().arguments(of: "MessageRead").first)
        let expected = ["messageId": id, "conversationId": conversation, "userId": "bob", "username": "Bob"]
        let receipt = try #require(received.first as? [String: String])
        #expect(received.count == 1 && receipt.filter { $0.key != "readAt" } == expected)
        #expect(receipt["readAt"] == read.data["readAt"] as? String)

        let page = try await fixture.call("GET", messages, fixture.ann)
        let shown = try #require((page.data["messages"] as? [[String: Any]])?.first)
        #expect(shown["content"] as? String == "Hello!" && shown["isEdited"] as? Bool == true)
        #expect((shown["readBy"] as? [[String: Any]])?.map { $0["userId"] as? String } == ["ann", "bob"])
        #expect((shown["reactions"] as? [[String: Any]])?.first?["emoji"] as? String == "👍")
        let unreacted = try await fixture.call("DELETE", "/messages/\(id)/reactions?emoji=%F0%9F%91%8D", fixture.bob)
        let unreactedShape = #"{"data":{"messageId":"","removedEmoji":""}}"#
        #expect(try unreacted.status == 200 && unreacted.mismatches(unreactedShape, "### 19. Remove Reaction") == [])
        #expect(
            try await fixture.call("DELETE", "/messages/\(id)/reactions?emoji=%F0%9F%91%8D", fixture.bob)
                .isRejection(404, "NOT_FOUND"))

        let hidden = try await fixture.call("DELETE", "/messages/\(id)?deleteFor=me", fixture.bob)
        let hiddenShape = #"{"data":{"messageId":"","deletedFor":"me","deletedAt":""}}"#
        #expect(try hidden.status == 200 && hidden.mismatches(hiddenShape, "### 16. Delete Message") == [])
        #expect(
            ((try await fixture.call("GET", messages, fixture.bob)).data["messages"] as? [Any])?.count == 1,
            "hidden from Bob alone")
        #expect(try await fixture.call("DELETE", "/messages/\(id)?deleteFor=everyone", fixture.ann).status == 200)
        let left = try await fixture.call("GET", messages, fixture.ann)
        #expect((left.data["messages"] as? [[String: Any]])?.first?["isDeleted"] as? Bool == true)
        #expect(try await fixture.call("PUT", "/messages/\(id)", fixture.ann, #"{"content":"x"}"#).status == 404)
    }

    @Test("a message that is deleted for everyone is deleted with its file, unless another message shows it")
    func deletedFile() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let url = try #require(
            try await fixture.upload(try Sample.file("image/transparent.png"), fixture.ann).data["url"] as? String)
        var ids: [String] = []
        for _ in 0..<2 {
            let sent = try await fixture.send(file: url, to: conversation, fixture.ann)
            ids.append(try #require(sent.data["_id"] as? String))
        }
        #expect(try await fixture.call("DELETE", "/messages/\(ids[0])?deleteFor=everyone", fixture.ann).status == 200)
        #expect(try await Python.run("call.py", ["GET", url]).output.contains("\"status\": 200"))
        #expect(try await fixture.call("DELETE", "/messages/\(ids[1])?deleteFor=everyone", fixture.ann).status == 200)
        try await fixture.service.awaitDeletion(of: url)
    }

    @Test("pages go back from the newest, and by date either way")
    func pages() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        var dates: [String] = []
        for number in 1...3 {
            let sent = try await fixture.send("\(number)", to: conversation, fixture.ann)
            dates.append(try #require(sent.data["createdAt"] as? String))
        }
        func contents(_ query: String) async throws -> [String?] {
            let page = try await fixture.call("GET", "/conversations/\(conversation)/messages?\(query)", fixture.bob)
            return (page.data["messages"] as? [[String: Any]])?.map { $0["content"] as? String } ?? []
        }
        #expect(try await contents("limit=2") == ["2", "3"])
        #expect(try await contents("limit=2&page=2") == ["1"])
        #expect(try await contents("before=\(dates[1])") == ["1"])
        #expect(try await contents("after=\(dates[1])") == ["3"])
        for query in ["page=0", "limit=x", "before=yesterday"] {
            let response = try await fixture.call(
                "GET", "/conversations/\(conversation)/messages?\(query)", fixture.bob)
            #expect(response.isRejection(400, "VALIDATION_ERROR"), "\(query)")
        }
    }

    @Test("a text of 5000 characters is accepted, of one more rejected in the reference's words")
    func longText() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let longest = String(repeating: "ä", count: 5000)
        #expect(try await fixture.send(longest, to: conversation, fixture.ann).status == 201)
        let response = try await fixture.send(longest + "a", to: conversation, fixture.ann)
        #expect(response.isRejection(400, "MESSAGE_TOO_LONG"))
        #expect(try response.mismatches("{}", "### Common Error Codes", block: 2) == [])
        #expect(response.failure["message"] as? String == "Message content exceeds maximum length of 5000 characters")
    }
}
