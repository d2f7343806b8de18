import Foundation
import TestPrograms
import Testing

@Suite("signalr: who people are, and what has reached them")
struct SignalRPeopleTests {
    private func fixture() async throws -> SignalRFixture {
        let fixture = try await SignalRFixture()
        for (user, name) in [("ann", "Ann Doe"), ("bob", "Bob Smith")] {
            let response = try await fixture.service.call(
                "PUT", "/v1/users/\(user)", token: fixture.chatServer,
                json: #"{"name":"\#(name)","details":{"username":"\#(user)_1"}}"#)
            try #require(response.status == 200, "\(response.body)")
        }
        return fixture
    }

    @Test("user name and display name are two, in conversations, messages, mentions, reactions and events")
    func names() async throws {
        let fixture = try await fixture()
        let group = try await fixture.group()
        let shown = try await fixture.call("GET", "/conversations/\(group)", fixture.bob)
        let participants = try #require(shown.data["participants"] as? [[String: Any]])
        #expect(participants.map { $0["userId"] as? String } == ["bob", "ann"], "the caller first")
        #expect(participants.map { $0["username"] as? String } == ["bob_1", "ann_1"])
        #expect(participants.map { $0["displayName"] as? String } == ["Bob Smith", "Ann Doe"])
        let creator = shown.data["createdBy"] as? [String: String]
        #expect(creator == ["userId": "ann", "username": "ann_1", "displayName": "Ann Doe"])

        let watcher = try await HubClient.connect(to: fixture.service, token: fixture.bob, until: 2)
        let ann = try await HubClient.connect(
            to: fixture.service, token: fixture.ann, until: 1, invoking: [("StartTyping", group)])
        _ = await ann.finish()
        let provisioned = await watcher.finish()
        #expect(provisioned.arguments(of: "UserOnline") as? [[String]] == [["ann", "ann_1"]])
        #expect(provisioned.arguments(of: "UserTyping").first?[2] as? String == "ann_1")

        let sent = try await fixture.call(
            "POST", "/conversations/\(group)/messages", fixture.ann, #"{"content":"Hello","mentions":["bob"]}"#)
        #expect(sent.data["senderUsername"] as? String == "ann_1")
        #expect(sent.data["senderDisplayName"] as? String == "Ann Doe")
        let mentions = sent.data["mentions"] as? [[String: String]]
        #expect(mentions == [["userId": "bob", "username": "bob_1", "displayName": "Bob Smith"]])
        #expect((sent.data["readBy"] as? [[String: String]])?.first?["username"] == "ann_1")
        let id = try #require(sent.data["_id"] as? String)
        let reaction = try await fixture.call("POST", "/messages/\(id)/reactions", fixture.bob, #"{"emoji":"👍"}"#)
        #expect((reaction.data["reaction"] as? [String: String])?["username"] == "bob_1")
        let reply = try await fixture.call(
            "POST", "/conversations/\(group)/messages", fixture.bob, #"{"content":"Hi","replyToMessageId":"\#(id)"}"#)
        #expect((reply.data["replyTo"] as? [String: String])?["senderUsername"] == "ann_1")
    }

    @Test(
        "of names that were not provisioned the other one is used, and names that are no texts are rejected",
        arguments: [
            (#"{"name":"Dan"}"#, "Dan", "Dan"), (#"{"details":{"username":"dan_1"}}"#, "dan_1", "dan_1"),
            (#"{"details":{"displayName":"Dan D"}}"#, "dan", "Dan D"),
            (#"{"name":"Dan","details":{"username":"dan_1","displayName":"Dan D"}}"#, "dan_1", "Dan D"),
            (#"{"name":"Dan","details":{"username":" ","displayName":""}}"#, "Dan", "Dan"),
            (#"{"name":"Dan","details":{"username":null}}"#, "Dan", "Dan"),
        ])
    func fallback(record: String, username: String, displayName: String) async throws {
        let fixture = try await SignalRFixture()
        let provisioned = try await fixture.service.call(
            "PUT", "/v1/users/dan", token: fixture.chatServer, json: record)
        try #require(provisioned.status == 201)
        let direct = try await fixture.call("POST", "/conversations/direct", fixture.ann, #"{"participantId":"dan"}"#)
        let dan = try #require((direct.data["participants"] as? [[String: Any]])?.last)
        #expect(dan["username"] as? String == username && dan["displayName"] as? String == displayName)
        for details in [#"{"username":7}"#, #"{"displayName":[]}"#, #"{"createdAt":"2024-02-30T00:00:00Z"}"#] {
            let response = try await fixture.service.call(
                "PUT", "/v1/users/dan", token: fixture.chatServer, json: #"{"details":\#(details)}"#)
            #expect(response.status == 400, "\(details)")
        }
    }

    @Test("a message names whose connection it has reached, and when, after a restart as well")
    func delivery() async throws {
        let fixture = try await fixture()
        let conversation = try await fixture.direct()
        let early = try await fixture.send("Nobody is there", to: conversation, fixture.ann)
        #expect((early.data["deliveredTo"] as? [Any])?.isEmpty == true)
        let bob = try await HubClient.connect(to: fixture.service, token: fixture.bob, until: 1, of: "MessageReceived")
        _ = try await fixture.send("Bob is there", to: conversation, fixture.ann)
        #expect(await bob.finish().arguments(of: "MessageReceived").count == 1)

        func delivered(_ token: String) async throws -> [[[String: String]]] {
            let page = try await fixture.call("GET", "/conversations/\(conversation)/messages", token)
            let messages = try #require(page.data["messages"] as? [[String: Any]])
            return messages.map { $0["deliveredTo"] as? [[String: String]] ?? [] }
        }
        // It is recorded just after the connection received it.
        try await eventually("the delivery is noted") { try await delivered(fixture.ann)[1].count == 1 }
        let seen = try await delivered(fixture.ann)
        #expect(seen[0].isEmpty, "Bob was not there, and has not looked")
        #expect(seen[1].map { $0["userId"] } == ["bob"] && seen[1].first?["username"] == "bob_1")
        #expect(try #require(seen[1].first?["deliveredAt"]).wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        #expect(try await delivered(fixture.bob).map { $0.map { $0["userId"] } } == [["bob"], ["bob"]])
        #expect(try await delivered(fixture.ann)[1] == seen[1])
    }

    @Test(
        "a message is edited for 15 minutes, and then no more, in the reference's words",
        .proves(.signalr, "PUT /messages/{id}"))
    func editingTime() async throws {
        let fixture = try await fixture()
        let sent = try await fixture.send("Hello", to: try await fixture.direct(), fixture.ann)
        let path = "/messages/\(sent.data["_id"] as? String ?? "")"
        func edit(_ text: String) async throws -> Answer {
            try await fixture.call("PUT", path, fixture.ann, #"{"content":"\#(text)"}"#)
        }
        #expect(try await edit("Hello!").status == 200)
        let aged = try await Python.run("age_messages.py", [fixture.service.data.path, "901"])
        try #require(aged.status == 0, "\(aged.errors)")
        let late = try await edit("Too late")
        #expect(late.isRejection(403, "EDIT_TIME_EXPIRED"))
        #expect(late.failure["message"] as? String == "Messages can only be edited within 15 minutes of sending")
        #expect(try late.mismatches("{}", "### 15. Edit Message", block: 2) == [])
    }

    @Test("every message that was read is announced by itself")
    func reading() async throws {
        let fixture = try await fixture()
        let conversation = try await fixture.direct()
        var ids: [String] = []
        for number in 1...7 {
            let sent = try await fixture.send("\(number)", to: conversation, fixture.ann)
            ids.append(try #require(sent.data["_id"] as? String))
        }
        let ann = try await HubClient.connect(to: fixture.service, token: fixture.ann, until: 7, of: "MessageRead")
        #expect(try await fixture.call("POST", "/conversations/\(conversation)/read", fixture.bob).status == 200)
        let provisioned = await ann.finish().arguments(of: "MessageRead").compactMap { $0.first as? [String: String] }
        #expect(provisioned.compactMap { $0["messageId"] } == ids)
        #expect(
            provisioned.allSatisfy { Set($0.keys) == ["messageId", "conversationId", "userId", "username", "readAt"] })
    }

    @Test(
        "a date that is not in the calendar, or a time that is not on the clock, is rejected and not shifted",
        arguments: ["2099-02-30T00:00:00Z", "2099-01-01T25:00:00Z", "2099-06-31T10:00:00+07:00", "2099-01-01T10:00:00"])
    func impossibleDates(date: String) async throws {
        let fixture = try await SignalRFixture()
        let conversation = try await fixture.direct()
        let muted = try await fixture.call(
            "POST", "/conversations/\(conversation)/mute", fixture.ann, #"{"muted":true,"muteUntil":"\#(date)"}"#)
        #expect(muted.isRejection(400, "VALIDATION_ERROR"))
        let shown = try await fixture.call("GET", "/conversations/\(conversation)", fixture.ann)
        #expect(shown.data["isMuted"] as? Bool == false)
        let escaped = try #require(date.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        for bound in ["before", "after"] {
            let page = try await fixture.call(
                "GET", "/conversations/\(conversation)/messages?\(bound)=\(escaped)", fixture.ann)
            #expect(page.isRejection(400, "VALIDATION_ERROR"), "\(bound)")
        }
    }

    @Test("a conversation that is there already is answered in the reference's one sentence; moments are whole seconds")
    func again() async throws {
        let fixture = try await SignalRFixture()
        for status in [201, 200] {
            let response = try await fixture.call(
                "POST", "/conversations/direct", fixture.ann, #"{"participantId":"bob"}"#)
            #expect(response.status == status)
            #expect(response.body["message"] as? String == "Conversation created successfully")
            let createdAt = try #require(response.data["createdAt"] as? String)
            #expect(createdAt.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        }
    }

    @Test("when a user was last seen outlives the service, also one that was killed while they were connected")
    func lastSeen() async throws {
        let fixture = try await fixture()
        let conversation = try await fixture.direct()
        func lastSeen(_ user: String, at service: TestService) async throws -> String? {
            let response = try await service.call(
                "GET", "/signalr/api/v1/conversations/\(conversation)", token: user == "ann" ? fixture.bob : fixture.ann
            )
            let participants = response.data["participants"] as? [[String: Any]]
            return participants?.first { $0["userId"] as? String == user }?["lastSeenAt"] as? String
        }
        let ann = try await HubClient.connect(
            to: fixture.service, token: fixture.ann, until: 1, invoking: [("StartTyping", conversation)])
        _ = await ann.finish()
        try await eventually("Ann is gone") { try await lastSeen("ann", at: fixture.service) != nil }
        let before = try await lastSeen("ann", at: fixture.service)
        let bob = try await HubClient.connect(
            to: fixture.service, token: fixture.bob, until: 2, invoking: [("StartTyping", conversation)])
        #expect(await bob.next()?["completed"] as? String == "StartTyping")

        fixture.service.process.kill()
        #expect(fixture.service.process.wait() == .signalled(SIGKILL))
        let next = try TestService.start(data: fixture.service.data)
        #expect(try await lastSeen("ann", at: next) == before)
        #expect(try await lastSeen("bob", at: next) != nil, "he was seen to come")
    }
}
