import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("signalr: conversations and who is in them")
struct SignalRConversationTests {
    private static let person = #""userId":"","username":"","displayName":"""#

    @Test(
        "a conversation of two is made once, and found by both",
        .proves(
            .signalr, "POST /conversations/direct", "GET /conversations", "GET /conversations/{id}",
            "POST /conversations/{id}/archive", "POST /conversations/{id}/unarchive", "POST /conversations/{id}/mute"))
    func direct() async throws {
        let fixture = try await SignalRFixture()
        let made = try await fixture.call("POST", "/conversations/direct", fixture.ann, #"{"participantId":"bob"}"#)
        #expect(made.status == 201)
        let shape = """
            {"success":true,"message":"","data":{"_id":"","type":"","participants":[{\(Self.person),"avatarUrl":""}],
            "createdAt":""}}
            """
        #expect(try made.mismatches(shape, "### 3. Create One-on-One Conversation") == [])
        let id = try #require(made.data["_id"] as? String)
        #expect(id.hasPrefix("conv-") && made.data["type"] as? String == "OneOnOne")
        let again = try await fixture.call("POST", "/conversations/direct", fixture.bob, #"{"participantId":"ann"}"#)
        #expect(again.status == 200 && again.data["_id"] as? String == id)
        _ = try await fixture.send("Hello", to: id, fixture.ann)

        let conversation = """
            "_id":"","type":"","participants":[{\(Self.person),"avatarUrl":"","isOnline":true}],"lastMessage":{
            "messageId":"","content":"","senderId":"","sentAt":""},"unreadCount":1,"isArchived":false,"isMuted":false,
            "createdAt":"","updatedAt":""
            """
        let list = try await fixture.call("GET", "/conversations?page=1&limit=20", fixture.bob)
        let listShape = """
            {"success":true,"data":{"conversations":[{\(conversation)}],"pagination":{"page":1,"limit":1,"totalPages":1,
            "totalCount":1,"hasNextPage":true,"hasPreviousPage":true}}}
            """
        #expect(try list.status == 200 && list.mismatches(listShape, "### 1. Get All Conversations") == [])
        let one = try await fixture.call("GET", "/conversations/\(id)", fixture.bob)
        let oneShape = """
            {"success":true,"data":{\(conversation),"settings":{"notifications":true,"messageSounds":true}}}
            """
        #expect(try one.status == 200 && one.mismatches(oneShape, "### 2. Get Conversation by ID") == [])
        #expect(one.data["unreadCount"] as? Int == 1)

        let archived = try await fixture.call("POST", "/conversations/\(id)/archive", fixture.bob)
        let archivedShape = #"{"data":{"conversationId":"","isArchived":true}}"#
        #expect(try archived.status == 200 && archived.mismatches(archivedShape, "### 9. Archive Conversation") == [])
        let muted = try await fixture.call(
            "POST", "/conversations/\(id)/mute", fixture.bob, #"{"muted":true,"muteUntil":"2099-12-03T11:00:00Z"}"#)
        let mutedShape = #"{"data":{"conversationId":"","isMuted":true,"muteUntil":""}}"#
        #expect(try muted.status == 200 && muted.mismatches(mutedShape, "### 10. Mute/Unmute Conversation") == [])
        for (token, isSet) in [(fixture.bob, true), (fixture.ann, false)] {
            let seen = try await fixture.call("GET", "/conversations/\(id)", token).data
            #expect(seen["isArchived"] as? Bool == isSet && seen["isMuted"] as? Bool == isSet, "each for themselves")
        }
        for (path, body) in [("unarchive", nil), ("archive", #"{"archived":false}"#)] {
            let restored = try await fixture.call("POST", "/conversations/\(id)/\(path)", fixture.bob, body)
            #expect(restored.status == 200 && restored.data["isArchived"] as? Bool == false)
            let seen = try await fixture.call("GET", "/conversations/\(id)", fixture.bob).data
            #expect(seen["isArchived"] as? Bool == false)
            _ = try await fixture.call("POST", "/conversations/\(id)/archive", fixture.bob)
        }
        for date in ["2099-02-30T00:00:00Z", "2099-12-03T25:00:00Z", "tomorrow"] {
            let body = #"{"muted":true,"muteUntil":"\#(date)"}"#
            let response = try await fixture.call("POST", "/conversations/\(id)/mute", fixture.bob, body)
            #expect(response.isRejection(400, "VALIDATION_ERROR"), "\(date)")
        }
        for body in [#"{}"#, #"{"participantId":"ann"}"#, #"{"participantId":7}"#, #"{"participantId":""}"#] {
            let response = try await fixture.call("POST", "/conversations/direct", fixture.ann, body)
            #expect(response.isRejection(400, "VALIDATION_ERROR"), "\(body)")
        }
    }

    @Test(
        "a group's admin changes it, its members do not; a removed member receives and reads nothing more",
        .proves(
            .signalr, "POST /conversations/group", "PUT /conversations/{id}", "POST /conversations/{id}/participants",
            "DELETE /conversations/{id}/participants/{userId}", "POST /conversations/{id}/leave"))
    func group() async throws {
        let fixture = try await SignalRFixture()
        let made = try await fixture.call(
            "POST", "/conversations/group", fixture.ann,
            #"{"name":"Alpha","description":"All of it","participantIds":["bob"]}"#)
        let shape = """
            {"success":true,"message":"","data":{"_id":"","type":"","name":"","description":"","createdBy":{\(Self.person)},
            "participants":[{\(Self.person),"avatarUrl":"","role":""}],"participantsCount":2,"createdAt":""}}
            """
        #expect(try made.status == 201 && made.mismatches(shape, "### 4. Create Group Conversation") == [])
        let roles = (made.data["participants"] as? [[String: Any]])?.map { $0["role"] as? String }
        #expect(roles == ["Admin", "Member"])
        let group = "/conversations/" + (try #require(made.data["_id"] as? String))

        let updated = try await fixture.call("PUT", group, fixture.ann, #"{"name":"Beta","description":"More"}"#)
        let updatedShape = #"{"data":{"_id":"","name":"","description":"","updatedAt":""}}"#
        #expect(try updated.status == 200 && updated.mismatches(updatedShape, "### 5. Update Group Details") == [])
        let added = try await fixture.call(
            "POST", group + "/participants", fixture.ann, #"{"participantIds":["cid","bob"]}"#)
        let addedShape = """
            {"data":{"conversationId":"","addedParticipants":[{\(Self.person),"role":""}],"participantsCount":3}}
            """
        #expect(try added.status == 200 && added.mismatches(addedShape, "### 6. Add Participants to Group") == [])
        #expect((added.data["addedParticipants"] as? [[String: Any]])?.count == 1, "Bob was there already")
        for (method, path, body) in [
            ("PUT", group, #"{"name":"Mine"}"#), ("POST", group + "/participants", #"{"participantIds":["dan"]}"#),
            ("DELETE", group + "/participants/cid", nil),
        ] {
            #expect(
                try await fixture.call(method, path, fixture.bob, body).isRejection(403, "FORBIDDEN"),
                "\(method) \(path)")
        }

        // Cid is removed while connected: later events are for Ann and Bob.
        let (bob, cid) = try await (
            HubClient.connect(to: fixture.service, token: fixture.bob, until: 1, of: "MessageReceived"),
            HubClient.connect(to: fixture.service, token: fixture.cid, until: 1, of: "MessageReceived")
        )
        #expect(bob.greeting["connected"] as? Bool == true && cid.greeting["connected"] as? Bool == true)
        let removed = try await fixture.call("DELETE", group + "/participants/cid", fixture.ann)
        let removedShape = #"{"data":{"conversationId":"","removedUserId":"","participantsCount":2}}"#
        #expect(
            try removed.status == 200 && removed.mismatches(removedShape, "### 7. Remove Participant from Group") == [])
        let id = String(group.dropFirst("/conversations/".count))
        #expect(try await fixture.send("without Cid", to: id, fixture.ann).status == 201)
        // The last event that Cid receives, of a conversation of their own.
        let made2 = try await fixture.call("POST", "/conversations/direct", fixture.ann, #"{"participantId":"cid"}"#)
        let other = try #require(made2.data["_id"] as? String)
        #expect(try await fixture.send("to Cid", to: other, fixture.ann).status == 201)
        let receivedEvents = await cid.finish().arguments(of: "MessageReceived").compactMap {
            $0.first as? [String: Any]
        }
        #expect(receivedEvents.map { $0["content"] as? String } == ["to Cid"])
        let receivedByBob = await bob.finish().arguments(of: "MessageReceived").compactMap {
            $0.first as? [String: Any]
        }
        #expect(receivedByBob.first?["content"] as? String == "without Cid")
        #expect(try await fixture.call("GET", group + "/messages", fixture.cid).isRejection(403, "NOT_PARTICIPANT"))

        let left = try await fixture.call("POST", group + "/leave", fixture.ann)
        let leftShape = #"{"data":{"conversationId":"","leftAt":""}}"#
        #expect(try left.status == 200 && left.mismatches(leftShape, "### 8. Leave Group") == [])
        #expect(
            try await fixture.call("PUT", group, fixture.bob, #"{"name":"Bob's"}"#).status == 200, "Bob is admin now")
        #expect(try await fixture.call("POST", group + "/leave", fixture.bob).status == 200)
        #expect(try await fixture.call("GET", group, fixture.bob).isRejection(404, "CONVERSATION_NOT_FOUND"))
        for body in [
            #"{"name":"x"}"#, #"{"name":"","participantIds":["bob"]}"#, #"{"participantIds":["bob"]}"#,
            #"{"name":"x","participantIds":[]}"#, #"{"name":"x","participantIds":["bob",7]}"#,
            #"{"name":"x","participantIds":["bob"],"avatarUrl":"javascript:x"}"#,
        ] {
            let response = try await fixture.call("POST", "/conversations/group", fixture.ann, body)
            #expect(response.isRejection(400, "VALIDATION_ERROR"), "\(body)")
        }
    }

    @Test(
        "a stranger, and a caller without a token, gets nothing of a conversation, its messages and files, by any route"
    )
    func access() async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let uploaded = try await fixture.upload(try Sample.file("image/transparent.png"), fixture.ann)
        let url = try #require(uploaded.data["url"] as? String)
        let sent = try await fixture.send(file: url, to: conversation, fixture.ann)
        let message = try #require(sent.data["_id"] as? String)
        let place = "/conversations/\(conversation)"
        let calls: [(String, String, String?)] = [
            ("GET", place, nil), ("PUT", place, #"{"name":"x"}"#),
            ("POST", place + "/participants", #"{"participantIds":["cid"]}"#),
            ("DELETE", place + "/participants/bob", nil),
            ("POST", place + "/leave", nil), ("POST", place + "/archive", nil),
            ("POST", place + "/unarchive", nil),
            ("POST", place + "/mute", #"{"muted":true}"#),
            ("GET", place + "/messages", nil), ("GET", place + "/search?q=x", nil),
            ("POST", place + "/messages", #"{"content":"x"}"#),
            ("POST", place + "/read", "{}"), ("PUT", "/messages/\(message)", #"{"content":"x"}"#),
            ("DELETE", "/messages/\(message)?deleteFor=me", nil),
            ("DELETE", "/messages/\(message)?deleteFor=everyone", nil),
            ("POST", "/messages/\(message)/reactions", #"{"emoji":"👍"}"#),
            ("DELETE", "/messages/\(message)/reactions?emoji=%F0%9F%91%8D", nil),
        ]
        let before = try await fixture.service.leftovers()
        for (method, path, body) in calls {
            let stranger = try await fixture.call(method, path, fixture.cid, body)
            #expect(stranger.isRejection(403, "NOT_PARTICIPANT"), "\(method) \(path): \(stranger.body)")
            #expect(try stranger.mismatches("{}", "### Common Error Codes") == [])
            let forged = try await fixture.call(method, path, fixture.ann.dropLast(4) + "AAAA", body)
            #expect(forged.isRejection(401, "UNAUTHORIZED"), "\(method) \(path): \(forged.body)")
            let nobody = try await fixture.call(method, path, nil, body)
            #expect(nobody.isRejection(401, "UNAUTHORIZED"), "\(method) \(path): \(nobody.body)")
        }
        for (method, path) in [("GET", "/conversations"), ("POST", "/conversations/direct"), ("POST", "/chat/upload")] {
            #expect(try await fixture.call(method, path, nil).isRejection(401, "UNAUTHORIZED"))
        }
        // What is another's in one's own conversation.
        let own = try await fixture.call("POST", "/conversations/direct", fixture.cid, #"{"participantId":"dan"}"#)
        let mine = try #require(own.data["_id"] as? String)
        let reply = #"{"content":"x","replyToMessageId":"\#(message)"}"#
        #expect(
            try await fixture.call("POST", "/conversations/\(mine)/messages", fixture.cid, reply)
                .isRejection(404, "MESSAGE_NOT_FOUND"))
        #expect(
            try await fixture.call(
                "POST", "/conversations/\(mine)/read", fixture.cid, #"{"lastReadMessageId":"\#(message)"}"#
            )
            .isRejection(404, "MESSAGE_NOT_FOUND"))
        #expect(try await fixture.send(file: url, to: mine, fixture.cid).isRejection(404, "FILE_NOT_FOUND"))
        #expect(
            try await fixture.call("PUT", "/messages/\(message)", fixture.bob, #"{"content":"x"}"#).isRejection(
                403, "FORBIDDEN"))
        #expect(
            try await fixture.call("DELETE", "/messages/\(message)?deleteFor=everyone", fixture.bob).isRejection(
                403, "FORBIDDEN"))
        // Only Cid's own conversation was created.
        // In MongoDB members are no rows of their own.
        let made = ["conversations": 1, "members": 2].filter { before[$0.key] != nil }
        let expected = before.merging(made, uniquingKeysWith: +)
        #expect(try await fixture.service.leftovers(awaiting: expected) == expected)
        let list = try await fixture.call("GET", "/conversations", fixture.cid)
        #expect((list.data["conversations"] as? [Any])?.count == 1)

        for path in ["/conversations/nowhere", "/conversations/nowhere/messages"] {
            let missing = try await fixture.call("GET", path, fixture.ann)
            #expect(missing.isRejection(404, "CONVERSATION_NOT_FOUND"))
            for (heading, block) in [("### Common Error Codes", 0), ("### Standard Error Format", 0)] {
                #expect(try missing.mismatches("{}", heading, block: block) == [])
            }
        }
        #expect(try await fixture.call("GET", "/stickers", fixture.ann).isRejection(404, "NOT_FOUND"))
        #expect(try await fixture.call("PATCH", "/conversations", fixture.ann).isRejection(405, "METHOD_NOT_ALLOWED"))
    }

    @Test("what is said here is not found in another chat system, where a conversation has the same id")
    func otherDialects() async throws {
        let fixture = try await SignalRFixture()
        for dialect in ["signalr", "bananatalk"] {
            let provisioned = try await fixture.service.call(
                "PUT", "/v1/conversations/conv-shared", token: fixture.chatServer,
                json: #"{"dialect":"\#(dialect)","members":["ann","bob"]}"#)
            try #require(provisioned.status == 201)
        }
        let sent = try await fixture.send("here", to: "conv-shared", fixture.ann)
        let id = try #require(sent.data["_id"] as? String)
        let there = try await fixture.service.call("GET", "/bananatalk/api/v1/messages/\(id)", token: fixture.bob)
        #expect(there.status == 404)
        let page = try await fixture.service.call(
            "GET", "/bananatalk/api/v1/messages/conversation/ann/bob", token: fixture.bob)
        #expect((page.body["data"] as? [Any])?.isEmpty == true)
    }
}
