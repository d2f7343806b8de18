import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("intok: who may do what")
struct IntokAccessTests {
    @Test(
        "an outsider with a valid token finds no conversation, message or file of others, whatever they call",
        .proves(
            .intok, "POST /attachments/upload-url", "GET /attachments/download-url", "GET /conversations/{id}/messages",
            "POST /conversations/{id}/read", "DELETE /conversations/{id}",
            "DELETE /conversations/{id}/messages/{msgId}"))
    func outsiderCalls() async throws {
        let fixture = try await IntokClientFixture.start()
        let (conversation, message, key) = try await fixture.photo()
        let before = try await fixture.service.leftovers()
        let file = try Sample.file("image/picture.webp")
        let escaped = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let upload: [String: Any] = [
            "fileName": "a.webp", "contentType": "image/webp", "fileSize": try file.byteCount,
            "conversationId": conversation,
        ]
        let calls: [(String, String, [String: Any]?)] = [
            ("POST", "/attachments/upload-url", upload), ("GET", "/attachments/download-url?key=\(escaped)", nil),
            ("GET", "/conversations/\(conversation)/messages", nil),
            ("POST", "/conversations/\(conversation)/read", [:]),
            ("DELETE", "/conversations/\(conversation)", nil),
            ("DELETE", "/conversations/\(conversation)/messages/\(message)", ["forEveryone": true]),
            ("DELETE", "/conversations/\(conversation)/messages/\(message)", nil),
        ]
        for (method, path, body) in calls {
            let response = try await fixture.call(method, path, fixture.eve, body)
            #expect(response.status == 404 && response.body["code"] as? String == "NOT_FOUND", "\(method) \(path)")
            #expect(response.body["message"] is String && response.body["details"] is [String: Any])
            for token in [nil, fixture.alice + "x", "forged"] {
                let response = try await fixture.call(method, path, token, body)
                #expect(
                    response.status == 401 && response.body["code"] as? String == "UNAUTHORIZED", "\(method) \(path)")
            }
        }
        for (method, path) in [
            ("GET", "/conversations"), ("POST", "/conversations"), ("GET", "/auth/me"),
            ("POST", "/users/profile-picture/upload-url"), ("PUT", "/users/profile-picture"),
            ("DELETE", "/users/profile-picture"),
        ] {
            #expect(try await fixture.call(method, path, "forged", [:]).status == 401, "\(method) \(path)")
        }
        #expect(
            (try await fixture.call("GET", "/conversations", fixture.eve).body["conversations"] as? [Any])?.isEmpty
                == true)
        #expect(try await fixture.service.leftovers(awaiting: before) == before)
        // A message of another conversation is not found in this one, and not by the key of another message.
        let other = try await fixture.group("conv_other", ["alice", "eve"])
        for path in ["/conversations/\(other)/messages/\(message)"] {
            #expect(try await fixture.call("DELETE", path, fixture.alice, ["forEveryone": true]).status == 404)
            #expect(try await fixture.call("DELETE", path, fixture.eve).status == 404)
        }
        let foreign = key.replacingOccurrences(of: conversation, with: other)
        #expect(try await fixture.download(foreign, fixture.eve).status == 404)
        #expect(try await fixture.download(key, fixture.bob).status == 200)
    }

    @Test(
        "an outsider on the socket receives nothing, and changes nothing",
        .proves(
            .intok, "event message:send", "event message:typing", "event message:reaction", "event message:read",
            "event message:deleted", "event error"))
    func outsiderEvents() async throws {
        let fixture = try await IntokClientFixture.start()
        let (conversation, message, _) = try await fixture.photo()
        let page = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.alice)
        let kept = try #require((page.body["messages"] as? [[String: Any]])?.first)
        let (alice, bob, eve) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.bob),
            IntokClient.connect(to: fixture.service, token: fixture.eve)
        )
        let named: [String: Any] = [
            "conversationId": conversation, "messageId": message, "messageTimestamp": kept["timestamp"] ?? "",
        ]
        // Eve's own group does not make her a reader of others' messages in it.
        let own = try await fixture.group("conv_eve", ["eve", "bob"])
        let crossed = named.merging(["conversationId": own]) { _, new in new }
        // Bob's upload is bob's to show.
        let bobs = try await fixture.upload(
            try Sample.file("image/transparent.png"), "image/png", in: own, fixture.bob)
        let before = try await fixture.service.leftovers()
        let frames: [(String, [String: Any])] = [
            ("message:send", ["conversationId": conversation, "content": "let me in"]),
            ("message:send", ["conversationId": own, "attachment": bobs]),
            (
                "message:send",
                [
                    "conversationId": own, "content": "quoting",
                    "replyTo": ["messageId": message, "content": "", "senderId": "", "senderName": "", "type": ""],
                ]
            ),
            ("message:typing", ["conversationId": conversation, "isTyping": true]),
            ("message:reaction", named.merging(["emoji": "👍"]) { _, new in new }),
            ("message:reaction", crossed.merging(["emoji": "👍"]) { _, new in new }),
            ("message:read", named), ("message:read", crossed), ("message:deleted", named),
            ("message:deleted", crossed),
        ]
        for (action, data) in frames {
            try eve.send(action, data)
            let error = try await eve.next("error")
            #expect(error["code"] as? String == "NOT_FOUND", "\(action) \(error)")
        }
        try alice.send("message:send", ["conversationId": conversation, "content": "among us"])
        _ = try await bob.nextMessage()
        #expect(try await eve.everythingUntilNow().isEmpty)
        #expect(try await bob.everythingUntilNow().isEmpty)
        var after = try await fixture.service.leftovers()
        after["messages"] = (after["messages"] ?? 0) - 1
        // It has words, and Bob has received it, whether or not his socket's answer was noted before the count.
        for table in ["message_terms", "outbox", "deliveries"] { after[table] = before[table] }
        #expect(after == before)
    }

    @Test("a user who was removed from a conversation gets no more events, pages or files")
    func removed() async throws {
        let fixture = try await IntokClientFixture.start()
        let group = try await fixture.group("conv_team", ["alice", "bob", "eve"])
        let (alice, bob, eve) = try await (
            IntokClient.connect(to: fixture.service, token: fixture.alice),
            IntokClient.connect(to: fixture.service, token: fixture.bob),
            IntokClient.connect(to: fixture.service, token: fixture.eve)
        )
        let attachment = try await fixture.upload(
            try Sample.file("image/picture.webp"), "image/webp", in: group, fixture.eve)
        try eve.send("message:send", ["conversationId": group, "attachment": attachment])
        let sent = try await eve.nextMessage()
        _ = try await bob.nextMessage()
        let requested = try await fixture.requestUpload(
            try Sample.file("image/picture.webp"), "image/webp", in: group, fixture.eve)
        _ = try await fixture.group("conv_team", ["alice", "bob"])
        try alice.send("message:send", ["conversationId": group, "content": "without eve"])
        _ = try await bob.nextMessage()
        try alice.send("message:typing", ["conversationId": group, "isTyping": true])
        _ = try await bob.next("message:typing")
        #expect(try await eve.everythingUntilNow().isEmpty)
        #expect(try await fixture.call("GET", "/conversations/\(group)/messages", fixture.eve).status == 404)
        #expect(try await fixture.download(attachment["key"] as? String ?? "", fixture.eve).status == 404)
        let id = sent["id"] as? String ?? ""
        #expect(
            try await fixture.call(
                "DELETE", "/conversations/\(group)/messages/\(id)", fixture.eve, ["forEveryone": true]
            )
            .status == 404)
        try eve.send(
            "message:send",
            [
                "conversationId": group,
                "attachment": ["id": requested.body["attachmentId"] ?? "", "key": requested.body["key"] ?? ""],
            ])
        #expect(try await eve.next("error")["code"] as? String == "NOT_FOUND")
    }

    @Test("what is said in intok appears in no other dialect, though ids are the same")
    func dialects() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        _ = try await fixture.service.call(
            "PUT", "/v1/conversations/\(conversation)", token: fixture.server,
            json: #"{"dialect": "bananatalk", "members": ["alice", "bob"]}"#)
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        try alice.send("message:send", ["conversationId": conversation, "content": "here"])
        let id = try #require(try await alice.nextMessage()["id"] as? String)
        let base = "/bananatalk/api/v1/messages"
        let page = try await fixture.service.call("GET", base + "/conversation/alice/bob", token: fixture.alice)
        #expect(page.status == 200 && (page.body["data"] as? [Any])?.isEmpty == true)
        #expect(try await fixture.service.call("GET", base + "/\(id)", token: fixture.alice).status == 404)
        let sent = try await fixture.service.call(
            "POST", base, token: fixture.alice, json: #"{"receiver": "bob", "message": "there"}"#)
        #expect(sent.status == 201)
        let list = try await fixture.call("GET", "/conversations/\(conversation)/messages", fixture.alice)
        #expect((list.body["messages"] as? [[String: Any]])?.compactMap { $0["id"] as? String } == [id])
    }

    @Test(
        "a socket without a token, or with one that is forged or expired, is rejected with 401",
        arguments: ["forged", "expired", "none", "garbage", ""])
    func rejectedSockets(kind: String) async throws {
        let service = try TestService.start(["JWT_SECRET": "a secret of the chat server"])
        let made = try await Python.run("make_token.py", [kind, "a secret of the chat server"])
        let token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        let client = try await IntokClient.connect(to: service, token: kind.isEmpty ? nil : token)
        #expect(client.greeting["refused"] as? Int == 401)
        #expect((client.greeting["body"] as? String)?.contains(#""code":"UNAUTHORIZED""#) == true)
    }

    @Test("a socket ends when its token does, and says so")
    func expiry() async throws {
        let service = try TestService.start()
        let token = try service.token("alice", lifetime: 10)
        let client = try await IntokClient.connect(to: service, token: token)
        #expect(client.greeting["open"] as? Bool == true)
        #expect(try await client.closeCode() == 1000)
        #expect(client.others.last?["code"] as? String == "UNAUTHORIZED")
    }

    @Test(
        "invalid requests are rejected in the dialect's envelope, and nothing of them remains",
        .proves(.intok, "limits"),
        arguments: [
            #"{"contentType":"image/jpeg","fileSize":10,"conversationId":"C"}"#,
            #"{"fileName":"a.jpg","fileSize":10,"conversationId":"C"}"#,
            #"{"fileName":"a.jpg","contentType":"image/jpeg","conversationId":"C"}"#,
            #"{"fileName":"a.jpg","contentType":"image/jpeg","fileSize":10}"#,
            #"{"fileName":"a.exe","contentType":"application/x-msdownload","fileSize":10,"conversationId":"C"}"#,
            #"{"fileName":"a.svg","contentType":"image/svg+xml","fileSize":10,"conversationId":"C"}"#,
            #"{"fileName":"a.jpg","contentType":"image/jpeg\r\nX: y","fileSize":10,"conversationId":"C"}"#,
            #"{"fileName":"a.jpg","contentType":"image/jpeg","fileSize":26214401,"conversationId":"C"}"#,
            #"{"fileName":"a.jpg","contentType":"image/jpeg","fileSize":0,"conversationId":"C"}"#,
            #"{"fileName":"a.jpg","contentType":"image/jpeg","fileSize":-1,"conversationId":"C"}"#,
            #"{"fileName":"a.jpg","contentType":"image/jpeg","fileSize":"10","conversationId":"C"}"#,
            #"{"fileName":7,"contentType":"image/jpeg","fileSize":10,"conversationId":"C"}"#,
            #"{"fileName":"a.jpg","contentType":"image/jpeg","fileSize":10,"conversationId":["C"]}"#,
            "[]", "{", "",
        ])
    func badRequests(body: String) async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        let response = try await fixture.service.call(
            "POST", "/intok/api/attachments/upload-url", token: fixture.alice,
            json: body.replacingOccurrences(of: "\"C\"", with: "\"\(conversation)\""))
        #expect(response.status == 400 && response.body["code"] as? String == "VALIDATION_ERROR", "\(response.body)")
        let envelope: [String: Any] = ["message": "", "code": "", "details": [:] as [String: Any]]
        #expect(JSONShape.mismatches(of: response.body, against: envelope) == [])
        #expect(try await fixture.service.leftovers(of: "pending_objects", awaiting: 0) == 0)
    }

    @Test("bad calls and frames are answered in the dialect's envelope, and the socket goes on")
    func badInput() async throws {
        let fixture = try await IntokClientFixture.start()
        let conversation = try await fixture.direct()
        let calls: [(String, String, [String: Any]?, Int)] = [
            ("GET", "/attachments/download-url", nil, 400), ("GET", "/attachments/download-url?key=", nil, 400),
            ("GET", "/attachments/download-url?key=nonsense", nil, 400),
            ("GET", "/attachments/download-url?key=\(conversation)%2F..%2Fatt_x.jpg", nil, 400),
            ("GET", "/attachments/download-url?key=profiles%2Falice%2Fx.jpg", nil, 400),
            ("GET", "/conversations/\(conversation)/messages?limit=0", nil, 400),
            ("GET", "/conversations/\(conversation)/messages?limit=ten", nil, 400),
            ("GET", "/conversations/\(conversation)/messages?cursor=yesterday", nil, 400),
            ("POST", "/conversations", ["type": "direct", "participantIds": ["alice"]], 400),
            ("POST", "/conversations", ["type": "direct", "participantIds": ["bob", "cid"]], 400),
            ("POST", "/conversations", ["type": "crowd", "participantIds": ["bob"]], 400),
            ("POST", "/conversations", ["type": "group", "participantIds": [Any]()], 400),
            ("POST", "/conversations", ["type": "group", "participantIds": [7]], 400),
            ("POST", "/users/profile-picture/upload-url", ["contentType": "image/gif", "fileSize": 10], 400),
            ("POST", "/users/profile-picture/upload-url", ["contentType": "image/png", "fileSize": 5_242_881], 400),
            ("PUT", "/users/profile-picture", [:], 400),
            ("PUT", "/users/profile-picture", ["key": "profiles/bob/x.jpg"], 403),
            ("PUT", "/users/profile-picture", ["key": "profiles/alice/x.jpg"], 403),
            ("PUT", "/users/profile-picture", ["key": "profiles/alice/../bob/x.jpg"], 403),
            ("DELETE", "/users/profile-picture", nil, 404),
            ("DELETE", "/conversations/\(conversation)/messages/msg_x", ["forEveryone": "yes"], 400),
            ("DELETE", "/conversations/\(conversation)/messages/msg_x", nil, 404),
            ("PATCH", "/conversations", [:], 405), ("GET", "/nowhere", nil, 404),
        ]
        for (method, path, body, status) in calls {
            let response = try await fixture.call(method, path, fixture.alice, body)
            #expect(response.status == status && response.body["code"] is String, "\(method) \(path) \(response)")
        }
        let alice = try await IntokClient.connect(to: fixture.service, token: fixture.alice)
        let frames = [
            "no json", "[]", "7", #"{"action":"message:send"}"#, #"{"data":{}}"#, #"{"action":"dance","data":{}}"#,
            #"{"action":"message:send","data":{"content":"x"}}"#,
            #"{"action":"message:send","data":{"conversationId":"C"}}"#,
            #"{"action":"message:send","data":{"conversationId":"C","content":"  "}}"#,
            #"{"action":"message:send","data":{"conversationId":"C","content":7}}"#,
            #"{"action":"message:send","data":{"conversationId":"C","content":"x","type":"hologram"}}"#,
            #"{"action":"message:send","data":{"conversationId":"C","content":"x","type":"voice"}}"#,
            #"{"action":"message:send","data":{"conversationId":"C","attachment":"x"}}"#,
            #"{"action":"message:send","data":{"conversationId":"C","attachment":{"id":"att_1"}}}"#,
            #"{"action":"message:send","data":{"conversationId":"C","content":"\#(String(repeating: "x", count: 20_000))"}}"#,
            #"{"action":"message:typing","data":{"conversationId":"C"}}"#,
            #"{"action":"message:reaction","data":{"conversationId":"C","messageId":"m","emoji":"👍"}}"#,
            #"{"action":"message:read","data":{"conversationId":"C","messageId":"m","messageTimestamp":"now"}}"#,
        ]
        for frame in frames {
            try alice.send(raw: frame.replacingOccurrences(of: "\"C\"", with: "\"\(conversation)\""))
            let error = try await alice.next("error")
            #expect(error["code"] as? String == "VALIDATION_ERROR", "\(frame) \(error)")
        }
        let declared = try await fixture.upload(
            try Sample.file("image/picture.webp"), "image/webp", in: conversation, fixture.alice)
        for (name, value) in [("contentType", "image/png"), ("fileSize", 1), ("category", "video")] as [(String, Any)] {
            try alice.send(
                "message:send",
                ["conversationId": conversation, "attachment": declared.merging([name: value]) { _, new in new }])
            #expect(try await alice.next("error")["code"] as? String == "VALIDATION_ERROR")
        }
        try alice.send(
            "message:send", ["conversationId": conversation, "type": "voice", "attachment": declared])
        #expect(try await alice.next("error")["code"] as? String == "VALIDATION_ERROR")
        try alice.send("message:send", ["conversationId": conversation, "content": "still here"])
        _ = try await alice.nextMessage()
        #expect(try await fixture.service.leftovers(of: "messages", awaiting: 1) == 1)
        try alice.send(raw: String(repeating: "x", count: 200_000))
        #expect(try await alice.closeCode() == 1009)
    }
}

extension IntokClientFixture {
    /// Alice sends bob a photo: the conversation, the message and the photo's key.
    fileprivate func photo() async throws -> (conversation: String, message: String, key: String) {
        let conversation = try await direct()
        let socket = try await IntokClient.connect(to: service, token: alice)
        let attachment = try await upload(
            try Sample.file("image/picture.webp"), "image/webp", in: conversation, alice)
        try socket.send("message:send", ["conversationId": conversation, "attachment": attachment])
        let message = try await socket.nextMessage()
        return (conversation, message["id"] as? String ?? "", attachment["key"] as? String ?? "")
    }
}
