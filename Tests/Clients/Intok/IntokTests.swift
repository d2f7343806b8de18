import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("intok: messages over a WebSocket")
struct IntokTests {
    @Test(
        "a photo is uploaded directly to the store, validated there, and reaches the members with its thumbnail",
        .proves(
            .intok, "POST /attachments/upload-url", "GET /attachments/download-url", "event message:send",
            "event message:receive"),
        arguments: ["folder", "seaweedfs", "rclone"])
    func photo(store: String) async throws {
        let bucket = store == "folder" ? nil : try await TestBucket.start(store)
        let fixture = try await IntokClientFixture.start(bucket?.settings ?? [:])
        let conversation = try await fixture.direct()
        let (alice, bob) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.bob)
        )
        let file = try Sample.file("image/orientation-6.jpg")
        let attachment = try await fixture.upload(file, "image/jpeg", in: conversation, fixture.alice)
        try alice.send(
            "message:send",
            ["conversationId": conversation, "content": "Look!", "type": "image", "attachment": attachment])
        let received = try await bob.next("message:receive")
        let message = try #require(received["message"] as? [String: Any])
        #expect(try await alice.nextMessage()["id"] as? String == message["id"] as? String)
        let shape: [String: Any] = [
            "action": "", "message": Self.messageShape.merging(["attachment": Self.attachmentShape]) { _, new in new },
        ]
        #expect(JSONShape.mismatches(of: received, against: shape) == [])
        #expect(try ExpectedKeys.mismatches(of: received, .intok, under: "#### message:receive", block: 1) == [])
        #expect(message["type"] as? String == "image" && message["originalContent"] as? String == "Look!")
        #expect(message["targetLanguage"] as? String == "es" && message["originalLanguage"] as? String == "en")
        let shown = try #require(message["attachment"] as? [String: Any])
        for name in ["id", "key", "fileName", "contentType", "category"] {
            #expect(shown[name] as? String == attachment[name] as? String)
        }
        let size = try file.byteCount
        #expect(shown["fileSize"] as? Int == size && shown["uploadedBy"] as? String == "alice")

        let response = try await fixture.download(try #require(shown["key"] as? String), fixture.bob)
        #expect(response.status == 200 && response.body["expiresIn"] as? Int == 3600)
        let heading = "### GET /api/attachments/download-url"
        #expect(try ExpectedKeys.mismatches(of: response.body, .intok, under: heading, block: 1) == [])
        let fetched = try await fixture.fetch(try #require(response.body["downloadUrl"] as? String))
        #expect(fetched.status == 200 && fetched.size == size)
        #expect(fetched.headers["content-type"] == "image/jpeg")
        let picture = try await fixture.download(try #require(shown["thumbnailKey"] as? String), fixture.bob)
        #expect(try await fixture.fetch(try #require(picture.body["downloadUrl"] as? String)).status == 200)
        if let bucket {
            #expect(try await bucket.state() == ["objects": 2, "uploads": 0])
            let endpoint = try #require(bucket.settings["DARKROOM_S3_ENDPOINT"])
            #expect((response.body["downloadUrl"] as? String)?.hasPrefix(endpoint) == true)
        }
    }

    @Test(
        "each type of the table is accepted, and a voice message has its waveform",
        .proves(.intok, "POST /attachments/upload-url", "limits"),
        arguments: [
            ("image/transparent.png", "image/png", "image"), ("image/animated.gif", "image/gif", "gif"),
            ("image/picture.webp", "image/webp", "image"), ("video/short.mp4", "video/mp4", "video"),
            ("video/clip.m4v", "video/mp4", "video"), ("video/clip.mov", "video/quicktime", "video"),
            ("video/clip.webm", "video/webm", "video"), ("voice/voice.mp3", "audio/mpeg", "voice"),
            ("voice/voice.wav", "audio/wav", "voice"), ("voice/voice.ogg", "audio/ogg", "voice"),
            ("voice/voice.webm", "audio/webm;codecs=opus", "voice"), ("README.md", "text/plain", "file"),
        ])
    func types(path: String, type: String, kind: String) async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        let attachment = try await fixture.upload(try Sample.file(path), type, in: conversation, fixture.alice)
        try alice.send(
            "message:send", ["conversationId": conversation, "type": kind, "attachment": attachment])
        let message = try await alice.nextMessage()
        let shown = try #require(message["attachment"] as? [String: Any])
        #expect(message["type"] as? String == kind)
        #expect(shown["contentType"] as? String == String(type.prefix { $0 != ";" }))
        #expect((shown["thumbnailKey"] is String) == ["image", "gif", "video"].contains(kind))
        #expect((shown["waveform"] as? [Double])?.count == (kind == "voice" ? 64 : nil))
        #expect((shown["duration"] is Double) == ["voice", "video"].contains(kind) || kind == "gif")
        #expect((shown["dimensions"] is [String: Int]) == ["image", "gif", "video"].contains(kind))
    }

    @Test(
        "text, reply, reaction, read receipt and typing reach whom the reference says, in its shapes",
        .proves(
            .intok, "event message:send", "event message:receive", "event message:reaction", "event message:read",
            "event message:typing", "GET /"))
    func conversation() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        let (alice, bob) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.bob)
        )
        try alice.send("message:send", ["conversationId": conversation, "content": "Hello!"])
        let received = try await bob.next("message:receive")
        #expect(JSONShape.mismatches(of: received, against: ["action": "", "message": Self.messageShape]) == [])
        #expect(try ExpectedKeys.mismatches(of: received, .intok, under: "#### message:receive") == [])
        let first = try #require(received["message"] as? [String: Any])
        #expect(first["attachment"] is NSNull && first["replyTo"] is NSNull)
        #expect((first["sender"] as? [String: Any])?["username"] as? String == "Alice")
        _ = try await alice.nextMessage()

        try bob.send(
            "message:send",
            [
                "conversationId": conversation, "content": "I agree", "type": "text",
                "replyTo": [
                    "messageId": first["id"], "content": "forged", "senderId": "eve", "senderName": "E", "type": "text",
                ],
            ])
        let reply = try await alice.next("message:receive")
        #expect(try ExpectedKeys.mismatches(of: reply, .intok, under: "#### message:receive", block: 2) == [])
        let replied = try #require((reply["message"] as? [String: Any])?["replyTo"] as? [String: Any])
        #expect(replied["content"] as? String == "Hello!" && replied["senderId"] as? String == "alice")
        #expect(replied["messageId"] as? String == first["id"] as? String)
        _ = try await bob.nextMessage()

        let named: [String: Any] = [
            "conversationId": conversation, "messageId": first["id"] ?? "",
            "messageTimestamp": first["timestamp"] ?? "",
        ]
        try bob.send("message:reaction", named.merging(["emoji": "👍"]) { _, new in new })
        let reaction = try await alice.next("message:reaction")
        let reactionShape: [String: Any] = [
            "action": "", "conversationId": "", "messageId": "", "messageTimestamp": "",
            "reactions": [:] as [String: Any],
            "userId": "", "emoji": "",
        ]
        #expect(JSONShape.mismatches(of: reaction, against: reactionShape) == [])
        #expect(reaction["reactions"] as? [String: [String]] == ["👍": ["bob"]])
        // Which emoji there are is the example's own.
        #expect(try mismatches(reaction, 4).filter { !$0.contains("reactions.") } == [])
        _ = try await bob.next("message:reaction")
        try bob.send("message:reaction", named.merging(["emoji": "👍"]) { _, new in new })
        #expect(try await alice.next("message:reaction")["reactions"] as? [String: [String]] == [:])

        try bob.send("message:read", named)
        let read = try await alice.next("message:read")
        #expect(try mismatches(read, 5) == [])
        #expect(read["readBy"] as? String == "bob" && read["messageId"] as? String == first["id"] as? String)
        #expect(read["readAt"] is String && read["messageTimestamp"] as? String == first["timestamp"] as? String)

        try bob.send("message:typing", ["conversationId": conversation, "isTyping": true])
        let typing = try await alice.next("message:typing")
        #expect(try mismatches(typing, 3) == [])
        #expect(typing["userId"] as? String == "bob" && typing["isTyping"] as? Bool == true)
        #expect(typing["conversationId"] as? String == conversation)
        #expect(try await bob.everythingUntilNow().allSatisfy { $0["action"] as? String == "message:reaction" })

        let page = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.alice)
        let kept = try #require((page.body["messages"] as? [[String: Any]])?.first)
        #expect(kept["readBy"] as? [String] == ["bob"] && kept["status"] as? String == "read")
    }

    /// What an event lacks of the reference's example of it.
    private func mismatches(_ event: [String: Any], _ block: Int) throws -> [String] {
        try ExpectedKeys.mismatches(of: event, .intok, under: "### Server → Client Events", block: block)
    }

    @Test(
        "a message that is deleted for everyone is gone with its attachment, and all are notified; deleted for oneself, no one else notices",
        .proves(.intok, "DELETE /conversations/{id}/messages/{msgId}", "event message:deleted"))
    func deleting() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        let (alice, bob) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.bob)
        )
        let attachment = try await fixture.upload(
            try Sample.file("image/picture.webp"), "image/webp", in: conversation, fixture.alice)
        try alice.send("message:send", ["conversationId": conversation, "type": "image", "attachment": attachment])
        let id = try #require(try await bob.nextMessage()["id"] as? String)
        let path = "/conversations/\(conversation)/messages/\(id)"
        let url = try #require(
            try await fixture.download(attachment["key"] as? String ?? "", fixture.bob).body["downloadUrl"] as? String)

        let foreign = try await fixture.call("DELETE", path, fixture.bob, ["forEveryone": true])
        #expect(foreign.status == 403 && foreign.body["code"] as? String == "FORBIDDEN")
        let own = try await fixture.call("DELETE", path, fixture.bob)
        #expect(own.status == 200 && own.body["deletedForMe"] as? Bool == true && own.body["success"] as? Bool == true)
        let heading = "### DELETE /api/conversations/{conversationId}/messages/{messageId}"
        #expect(try ExpectedKeys.mismatches(of: own.body, .intok, under: heading, block: 3) == [])
        let seen = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.bob)
        #expect((seen.body["messages"] as? [Any])?.isEmpty == true)

        let response = try await fixture.call("DELETE", path, fixture.alice, ["forEveryone": true])
        let shape: [String: Any] = [
            "success": true, "messageId": "", "conversationId": "", "deletedAt": "", "deletedForEveryone": true,
            "participantIds": [""],
        ]
        #expect(response.status == 200 && JSONShape.mismatches(of: response.body, against: shape) == [])
        #expect(try ExpectedKeys.mismatches(of: response.body, .intok, under: heading, block: 2) == [])
        let event = try await bob.next("message:deleted")
        #expect(try mismatches(event, 6) == [])
        #expect(event["messageId"] as? String == id && event["deletedBy"] as? String == "alice")
        #expect(event["deletedAt"] as? String == response.body["deletedAt"] as? String)
        #expect(event["conversationId"] as? String == conversation)
        try await fixture.service.awaitDeletion(of: url)
        #expect(try await fixture.download(attachment["key"] as? String ?? "", fixture.alice).status == 404)
        let page = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.alice)
        let kept = try #require((page.body["messages"] as? [[String: Any]])?.first)
        #expect(kept["attachment"] is NSNull && kept["deletedForEveryone"] as? Bool == true)
        let left = try await fixture.service.leftovers()
        #expect(left["media_items"] == 0 && left["object_owners"] == 0)
        // Repeating it on the socket changes nothing and notifies no one.
        try alice.send("message:deleted", ["conversationId": conversation, "messageId": id])
        let seenByAlice = try await alice.everythingUntilNow().compactMap { $0["action"] as? String }
        #expect(seenByAlice.filter { $0 == "message:deleted" }.count == 1)
    }

    @Test(
        "pages by timestamp neither lose nor repeat a message, however fast they were sent",
        .proves(.intok, "GET /conversations/{id}/messages"))
    func pages() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        let (alice, bob) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.bob)
        )
        for index in 0..<20 {
            let sender = index.isMultiple(of: 2) ? alice : bob
            try sender.send("message:send", ["conversationId": conversation, "content": "\(index)"])
        }
        for _ in 0..<20 { _ = try await alice.nextMessage() }
        var (found, cursor) = ([String](), "")
        var isFirst = true
        repeat {
            let response = try await fixture.call(
                "GET", "/conversations/\(conversation)/messages?limit=3&cursor=\(cursor)", fixture.alice)
            #expect(response.status == 200)
            if isFirst {
                let mismatches = try ExpectedKeys.mismatches(
                    of: response.body, .intok, under: "### GET /api/conversations/{conversationId}/messages", block: 1)
                // Which emoji there are is the example's own.
                #expect(mismatches.filter { !$0.contains(".reactions.") } == [])
                isFirst = false
            }
            let messages = try #require(response.body["messages"] as? [[String: Any]])
            let times = messages.compactMap { $0["createdAt"] as? String }
            #expect(times == times.sorted() && Set(times).count == times.count)
            found = messages.compactMap { $0["id"] as? String } + found
            cursor = response.body["nextCursor"] as? String ?? ""
            #expect((response.body["hasMore"] as? Bool) == !cursor.isEmpty)
        } while !cursor.isEmpty
        #expect(found.count == 20 && Set(found).count == 20)
    }

    @Test(
        "conversations are opened, listed with their last message, read, and hidden",
        .proves(
            .intok, "GET /conversations", "POST /conversations", "POST /conversations/{id}/read",
            "DELETE /conversations/{id}"))
    func conversations() async throws {
        let fixture = try await IntokClientFixture.start()
        let made = try await fixture.call(
            "POST", "/conversations", fixture.alice, ["type": "direct", "participantIds": ["bob"]])
        #expect(made.status == 201)
        let heading = "### POST /api/conversations"
        #expect(try ExpectedKeys.mismatches(of: made.body, .intok, under: heading, block: 3) == [])
        let again = try await fixture.call(
            "POST", "/conversations", fixture.bob, ["type": "direct", "participantIds": ["alice", "bob"]])
        #expect(again.status == 200)
        let id = try #require((made.body["conversation"] as? [String: Any])?["id"] as? String)
        #expect((again.body["conversation"] as? [String: Any])?["id"] as? String == id)
        let group = try await fixture.call(
            "POST", "/conversations", fixture.alice,
            ["type": "group", "name": "Team", "participantIds": ["bob", "cid"]])
        let team = try #require(group.body["conversation"] as? [String: Any])
        #expect(group.status == 201 && team["type"] as? String == "group" && team["name"] as? String == "Team")
        #expect((team["participants"] as? [Any])?.count == 3)
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        try alice.send("message:send", ["conversationId": id, "content": "Hello!"])
        _ = try await alice.nextMessage()

        let list = try await fixture.call("GET", "/conversations", fixture.bob)
        #expect(
            JSONShape.mismatches(of: list.body, against: ["conversations": [Self.conversationShape]]) == [])
        var listed = try #require(list.body["conversations"] as? [[String: Any]])
        #expect(listed.compactMap { $0["id"] as? String } == [id, team["id"] as? String])
        #expect((listed[0]["lastMessage"] as? [String: Any])?["originalContent"] as? String == "Hello!")
        #expect(listed[1]["lastMessage"] is NSNull && listed[0]["unreadCount"] as? Int == 1)
        let read = try await fixture.call("POST", "/conversations/\(id)/read", fixture.bob)
        #expect(read.status == 200 && read.body["lastReadAt"] is String && read.body["success"] as? Bool == true)
        let gone = try await fixture.call("DELETE", "/conversations/\(id)", fixture.bob)
        #expect(gone.status == 200 && gone.body["message"] as? String == "Conversation deleted")
        listed = try #require(
            try await fixture.call("GET", "/conversations", fixture.bob).body["conversations"] as? [[String: Any]])
        #expect(listed.count == 1)
        #expect(
            (try await fixture.call("GET", "/conversations", fixture.alice).body["conversations"] as? [Any])?.count == 2
        )
        try alice.send("message:send", ["conversationId": id, "content": "Still there?"])
        _ = try await alice.nextMessage()
        listed = try #require(
            try await fixture.call("GET", "/conversations", fixture.bob).body["conversations"] as? [[String: Any]])
        #expect(listed.count == 2 && listed[0]["unreadCount"] as? Int == 1)
    }

    static var participantShape: [String: Any] { ["id": "", "username": "", "preferredLanguage": ""] }
    static var messageShape: [String: Any] {
        [
            "id": "", "conversationId": "", "senderId": "", "sender": participantShape, "type": "",
            "originalContent": "", "originalLanguage": "", "translatedContent": "", "targetLanguage": "", "status": "",
            "reactions": [:] as [String: Any], "timestamp": "", "createdAt": "",
        ]
    }
    static var attachmentShape: [String: Any] {
        [
            "id": "", "key": "", "fileName": "", "contentType": "", "fileSize": 0, "category": "", "uploadedBy": "",
            "createdAt": "",
        ]
    }
    static var conversationShape: [String: Any] {
        ["id": "", "type": "", "participants": [participantShape], "createdAt": "", "updatedAt": ""]
    }
}
