import ChatBridge
import Foundation
import TestPrograms
import TestSupport
import Testing

@Suite("intok: what the reference says of users, ids, reading and files")
struct IntokReferenceTests {
    @Test(
        "an unknown user is not found; one who is named by their token or provisioned has one time of creation",
        .proves(.intok, "GET /auth/me"))
    func createdAt() async throws {
        let fixture = try await IntokClientFixture.start()
        func me(_ token: String) async throws -> Answer { try await fixture.call("GET", "/auth/me", token) }
        let unknown = try await me(fixture.service.token("nobody"))
        #expect(unknown.status == 404 && unknown.body["message"] as? String == "User not found")
        let start = Date().addingTimeInterval(-60)
        let named = try fixture.service.token("nina", name: "Nina")
        let first = try await me(named).body["user"] as? [String: Any]
        let second = try await me(named).body["user"] as? [String: Any]
        let timestamp = try #require(first?["createdAt"] as? String)
        #expect(second?["createdAt"] as? String == timestamp && first?["username"] as? String == "Nina")
        #expect(try #require(Timestamp.date(timestamp)) > start)

        func provision(_ record: String) async throws {
            let response = try await fixture.service.call("PUT", "/v1/users/tom", token: fixture.server, json: record)
            #expect([200, 201].contains(response.status))
        }
        try await provision(#"{"name":"Tom"}"#)
        let tom = try fixture.service.token("tom")
        let received = try #require(((try await me(tom)).body["user"] as? [String: Any])?["createdAt"] as? String)
        #expect(try #require(Timestamp.date(received)) > start, "when it was told, not 1970")
        try await provision(#"{"name":"Thomas","details":{"username":"tom_1"}}"#)
        let again = try #require((try await me(tom)).body["user"] as? [String: Any])
        #expect(again["createdAt"] as? String == received && again["username"] as? String == "tom_1")
        try await provision(#"{"name":"Thomas","details":{"createdAt":"2024-12-08T00:00:00.000Z"}}"#)
        let own = (try await me(tom)).body["user"] as? [String: Any]
        #expect(own?["createdAt"] as? String == "2024-12-08T00:00:00.000Z")
    }

    @Test(
        "users, conversations and messages have every field of the reference's schemas, and its reactions by emoji",
        .proves(
            .intok, "GET /conversations/{id}/messages", "GET /conversations", "POST /conversations/{id}/read",
            "DELETE /conversations/{id}"))
    func schemas() async throws {
        let fixture = try await IntokClientFixture.start()
        let group = try await fixture.group()
        let (alice, bob) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.bob)
        )
        let attachment = try await fixture.upload(
            try Sample.file("image/picture.webp"), "image/webp", in: group, fixture.alice)
        try alice.send("message:send", ["conversationId": group, "type": "image", "attachment": attachment])
        let first = try await bob.nextMessage()
        let replyTo: [String: Any] = [
            "messageId": first["id"] ?? "", "content": "", "senderId": "alice", "senderName": "A", "type": "",
        ]
        try bob.send("message:send", ["conversationId": group, "content": "nice", "replyTo": replyTo])
        _ = try await bob.nextMessage()
        var reacted: [String: Any] = [:]
        for emoji in ["👍", "❤️"] {
            try bob.send(
                "message:reaction",
                [
                    "conversationId": group, "messageId": first["id"] ?? "", "emoji": emoji,
                    "messageTimestamp": first["timestamp"] ?? "",
                ])
            reacted = try await alice.next("message:reaction")
        }
        let reaction = "### Server → Client Events"
        #expect(try ExpectedKeys.mismatches(of: reacted, .intok, under: reaction, block: 4) == [])
        let page = try await fixture.call("GET", "/conversations/\(group)/messages?limit=50", fixture.alice)
        let messages = page.body["messages"] as? [[String: Any]] ?? []
        let paged = "### GET /api/conversations/{conversationId}/messages"
        let missing = try ExpectedKeys.unseen(in: [page.body], .intok, under: paged, block: 1)
        #expect(missing == ["nextCursor"], "there is no further page")
        #expect(messages.first?["reactions"] as? [String: [String]] == ["👍": ["bob"], "❤️": ["bob"]])
        let list = try await fixture.call("GET", "/conversations", fixture.alice)
        #expect(try ExpectedKeys.mismatches(of: list.body, .intok, under: "### GET /api/conversations", block: 1) == [])
        let shown = (list.body["conversations"] as? [[String: Any]])?.first
        let read = try await fixture.call("POST", "/conversations/\(group)/read", fixture.bob)
        let reading = "### POST /api/conversations/{conversationId}/read"
        #expect(try ExpectedKeys.mismatches(of: read.body, .intok, under: reading, block: 1) == [])
        let user = try await fixture.pictured()
        for (values, heading, mark) in [
            ([shown], "### Conversation", ""),
            (shown?["participants"] as? [Any], "### Conversation", "interface Participant "),
            (messages, "### Message", ""), (messages.map { $0["replyTo"] }, "### ReplyTo", ""),
            (messages.map { $0["attachment"] }, "### Attachment", ""), ([user], "### User", ""),
        ] as [([Any?]?, String, String)] {
            let unseen = try ExpectedKeys.unseen(in: values ?? [], .intok, under: heading, after: mark)
            #expect(unseen == [], "\(heading) \(mark)")
        }
        let hidden = try await fixture.call("DELETE", "/conversations/\(group)", fixture.bob)
        let hiding = "### DELETE /api/conversations/{conversationId}"
        #expect(try ExpectedKeys.mismatches(of: hidden.body, .intok, under: hiding, block: 1) == [])
    }

    @Test(
        "a call whose path lacks an id says which",
        arguments: [
            ("GET", "/conversations//messages", "Conversation ID required"),
            ("POST", "/conversations//read", "Conversation ID required"),
            ("DELETE", "/conversations/", "Conversation ID required"),
            ("DELETE", "/conversations//messages/m", "Conversation ID and Message ID required"),
            ("DELETE", "/conversations/c/messages/", "Conversation ID and Message ID required"),
        ])
    func missingID(method: String, path: String, sentence: String) async throws {
        let fixture = try await IntokClientFixture.start()
        let response = try await fixture.call(method, path, fixture.alice)
        #expect(response.status == 400 && response.body["message"] as? String == sentence, "\(response.body)")
        #expect(response.body["code"] as? String == "VALIDATION_ERROR")
        #expect(try await fixture.call(method, path, nil).status == 401)
    }

    @Test(
        "reading over HTTP notifies the sender of each message, and no one else",
        .proves(.intok, "POST /conversations/{id}/read", "event message:read"))
    func reading() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.group("conv_group", ["alice", "bob", "eve"])
        let (alice, eve) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.eve)
        )
        var sent: [[String: Any]] = []
        for text in ["one", "two"] {
            try alice.send("message:send", ["conversationId": conversation, "content": text])
            sent.append(try await alice.nextMessage())
        }
        try eve.send("message:send", ["conversationId": conversation, "content": "mine"])
        let own = try await alice.nextMessage()
        #expect(try await fixture.call("POST", "/conversations/\(conversation)/read", fixture.bob).status == 200)
        for message in sent {
            let received = try await alice.next("message:read")
            #expect(received["messageId"] as? String == message["id"] as? String)
            #expect(received["messageTimestamp"] as? String == message["timestamp"] as? String)
            #expect(received["readBy"] as? String == "bob" && received["readAt"] is String)
            #expect(received["conversationId"] as? String == conversation && received["each"] == nil)
        }
        #expect(try await eve.next("message:read")["messageId"] as? String == own["id"] as? String)
        let rest = try await alice.everythingUntilNow() + eve.everythingUntilNow()
        #expect(!rest.contains { $0["action"] as? String == "message:read" })
        // Marking it as read again sends no event.
        #expect(try await fixture.call("POST", "/conversations/\(conversation)/read", fixture.bob).status == 200)
        #expect(!(try await alice.everythingUntilNow()).contains { $0["action"] as? String == "message:read" })
    }

    @Test(
        "before a message shows it, a file is its uploader's alone",
        .proves(.intok, "GET /attachments/download-url"), arguments: ["folder", "seaweedfs"])
    func unsent(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let fixture = try await IntokClientFixture.start(bucket?.settings ?? [:])
        let conversation = try await fixture.group()
        let file = try Sample.file("image/transparent.png")
        let requested = try await fixture.requestUpload(file, "image/png", in: conversation, fixture.alice)
        let key = try #require(requested.body["key"] as? String)
        #expect(try await fixture.download(key, fixture.alice).status == 404, "nothing was uploaded yet")
        #expect(
            try await fixture.put(file, to: try #require(requested.body["uploadUrl"] as? String), "image/png") == 200)
        for other in [fixture.bob, fixture.eve] { #expect(try await fixture.download(key, other).status == 404) }
        let mine = try await fixture.download(key, fixture.alice)
        #expect(mine.status == 200 && mine.body["expiresIn"] as? Int == 3600)
        let fetched = try await fixture.fetch(try #require(mine.body["downloadUrl"] as? String))
        #expect(try fetched.status == 200 && fetched.size == file.byteCount)
        #expect(fetched.headers["content-type"] == "image/png")
    }

    @Test("a file may be shown by a second message, and goes with the last that shows it; without a type it is a text")
    func secondMessage() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.group()
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        let attachment = try await fixture.upload(
            try Sample.file("image/transparent.png"), "image/png", in: conversation, fixture.alice)
        var ids: [String] = []
        for type in [nil, "image"] {
            var data: [String: Any] = ["conversationId": conversation, "content": "Look", "attachment": attachment]
            data["type"] = type
            try alice.send("message:send", data)
            let message = try await alice.nextMessage()
            #expect(message["type"] as? String == type ?? "text", "what the sender says, by default a text")
            #expect((message["attachment"] as? [String: Any])?["key"] as? String == attachment["key"] as? String)
            ids.append(try #require(message["id"] as? String))
        }
        let bob = try await IntokClient.connect(to: fixture.service, token: fixture.bob)
        try bob.send("message:send", ["conversationId": conversation, "attachment": attachment])
        #expect(try await bob.next("error")["code"] as? String == "NOT_FOUND", "another's file")
        let key = attachment["key"] as? String ?? ""
        for (id, status) in zip(ids, [200, 404]) {
            let deleted = try await fixture.call(
                "DELETE", "/conversations/\(conversation)/messages/\(id)", fixture.alice, ["forEveryone": true])
            #expect(deleted.status == 200)
            #expect(try await fixture.download(key, fixture.bob).status == status)
        }
        try await eventually("the objects are gone") { try await fixture.service.leftovers()["files"] == 0 }
    }

    @Test(
        "text is accepted as text however it begins and whatever its encoding, and is never served as a page",
        .proves(.intok, "POST /attachments/upload-url"),
        arguments: [
            ("<html><script>alert(1)</script></html>", String.Encoding.utf8, "utf-8"),
            ("<3 is what I think of it", .utf8, "utf-8"),
            ("<?xml version=\"1.0\"?><a/>", .utf8, "utf-8"), ("Grüße aus Köln, café crème", .isoLatin1, "iso-8859-1"),
            ("Grüße an alle", .utf16, "utf-16le"), ("<svg onload=alert(1)>", .utf16, "utf-16le"),
        ])
    func text(words: String, encoding: String.Encoding, charset: String) async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.group()
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).txt")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(try #require(textBytes(words, in: encoding))).write(to: file)
        let attachment = try await fixture.upload(file, "text/plain", in: conversation, fixture.alice)
        try alice.send("message:send", ["conversationId": conversation, "type": "file", "attachment": attachment])
        let shown = try #require(try await alice.nextMessage()["attachment"] as? [String: Any])
        #expect(shown["contentType"] as? String == "text/plain" && shown["category"] as? String == "document")
        let url = try await fixture.download(try #require(shown["key"] as? String), fixture.bob).body["downloadUrl"]
        let fetched = try await fixture.fetch(try #require(url as? String))
        #expect(fetched.status == 200 && fetched.headers["content-type"] == "text/plain; charset=\(charset)")
        #expect(fetched.headers["x-content-type-options"] == "nosniff")
        #expect(fetched.headers["content-disposition"]?.hasPrefix("attachment") == true)
    }

    @Test(
        "a declared type is compared by its essence, whatever parameters recorders write",
        .proves(.intok, "POST /attachments/upload-url"),
        arguments: [
            "audio/webm;codecs=opus", "Audio/WebM; codecs=\"opus\"", "audio/webm ; codecs=opus", "audio/webm;",
        ])
    func essence(type: String) async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.group()
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        var attachment = try await fixture.upload(
            try Sample.file("voice/voice.webm"), type, in: conversation, fixture.alice)
        attachment["contentType"] = "audio/webm; codecs=\"opus\""
        try alice.send("message:send", ["conversationId": conversation, "type": "voice", "attachment": attachment])
        let shown = try #require(try await alice.nextMessage()["attachment"] as? [String: Any])
        #expect(shown["contentType"] as? String == "audio/webm")
    }
}
