import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Bananatalk: the data of events")
struct BananatalkEventFieldTests {
    private static let path = MessageTests.path

    /// What an event lacks of what the reference takes from it.
    private func expect(_ event: String, of block: Int, at peer: SocketPeer) async throws -> [String: Any] {
        let data = try await peer.next(event)
        let missing = try ExpectedKeys.mismatches(
            of: data, .bananatalk, under: "### Server Events (Listen)", block: block,
            after: "'\(event)', (data) => {\n  const")
        #expect(missing == [], "\(event)")
        return data
    }

    private func peer(_ user: String, _ service: TestService, query: String = "") async throws -> SocketPeer {
        try await SocketPeer.connect(
            base: service.base + query, path: "bananatalk/socket.io", auth: ["token": service.token(user)])
    }

    @Test(
        "each event about messages and polls has the fields that the reference's clients take from it",
        .proves(
            .bananatalk, "event newMessage", "event messageSent", "event messagesRead", "event messageDeleted",
            "event newVoiceMessage", "event voiceMessageListened", "event newCorrection", "event correctionAccepted",
            "event newPoll", "event pollVoteUpdate", "event pollClosed", "event newDisappearingMessage",
            "event messageDestructTriggered", "event messageAutoDeleted", "event disappearingMessageRead",
            "event pollOptionAdded", "POST /messages/poll/:poll/options", "event userTyping",
            "event userStoppedTyping"))
    func fields() async throws {
        let service = try TestService.start()
        let (alice, bob) = (try await peer("alice", service), try await peer("bob", service))
        func call(_ method: String, _ path: String, _ user: String, _ json: String? = nil) async throws -> Answer {
            let answer = try await service.call(method, Self.path + path, token: service.token(user), json: json)
            #expect((200...201).contains(answer.status), "\(path): \(answer.body)")
            return answer
        }
        let sent = try await call("POST", "", "alice", #"{"receiver":"bob","message":"He go home"}"#)
        let id = try #require(sent.data["_id"] as? String)
        _ = try await expect("newMessage", of: 0, at: bob)
        _ = try await expect("messageSent", of: 1, at: alice)
        try bob.emit("markAsRead", ["senderId": "alice"])
        _ = try await expect("messagesRead", of: 2, at: alice)
        let correction = try await call("POST", "/\(id)/correct", "bob", #"{"correctedText":"He goes home"}"#)
        _ = try await expect("newCorrection", of: 8, at: alice)
        let accepted = try #require(correction.data["_id"] as? String)
        _ = try await call("PUT", "/\(id)/corrections/\(accepted)/accept", "alice")
        _ = try await expect("correctionAccepted", of: 8, at: bob)
        try bob.emit("typing", ["receiver": "alice"])
        #expect(try await expect("userTyping", of: 4, at: alice)["isTyping"] as? Bool == true)
        try bob.emit("stopTyping", ["receiver": "alice"])
        #expect(try await expect("userStoppedTyping", of: 4, at: alice)["isTyping"] as? Bool == false)

        let voice = try await service.call(
            "POST", Self.path + "/voice", token: service.token("alice"), fields: ["receiver": "bob"],
            files: ["voice": try Sample.file("voice/voice.m4a")])
        _ = try await expect("newVoiceMessage", of: 7, at: bob)
        try bob.emit("voiceMessageListened", ["messageId": try #require(voice.data["_id"] as? String)])
        _ = try await expect("voiceMessageListened", of: 7, at: alice)

        let list = try await service.call(
            "GET", "/bananatalk/api/v1/conversations", token: service.token("alice"))
        let conversation = try #require((list.body["data"] as? [[String: Any]])?.first?["_id"] as? String)
        let question = #""conversationId":"\#(conversation)","question":"?","options":["a","b"]"#
        let poll = try await call("POST", "/poll", "alice", #"{\#(question),"settings":{"allowAddOptions":true}}"#)
        let pollPath = "/poll/\(poll.data["_id"] as? String ?? "")"
        _ = try await expect("newPoll", of: 9, at: bob)
        _ = try await call("POST", pollPath + "/options", "bob", #"{"text":"c"}"#)
        let added = try await alice.next("pollOptionAdded")
        #expect(added["pollId"] as? String == poll.data["_id"] as? String && added["userId"] as? String == "bob")
        #expect(added["option"] as? String == "c" && added["results"] is [String: Any], "\(added)")
        _ = try await call("POST", pollPath + "/vote", "bob", #"{"optionIndex":2}"#)
        _ = try await expect("pollVoteUpdate", of: 9, at: alice)
        _ = try await call("POST", pollPath + "/close", "alice")
        _ = try await expect("pollClosed", of: 9, at: bob)

        let timed = try await call(
            "POST", "/disappearing", "alice", #"{"receiver":"bob","message":"x","destructTimer":1}"#)
        _ = try await expect("newDisappearingMessage", of: 10, at: bob)
        _ = try await call("POST", "/\(timed.data["_id"] as? String ?? "")/trigger-destruct", "bob")
        _ = try await expect("messageDestructTriggered", of: 10, at: alice)
        _ = try await expect("disappearingMessageRead", of: 10, at: alice)
        _ = try await expect("messageAutoDeleted", of: 10, at: bob)
        _ = try await call("DELETE", "/\(id)?forAll=true", "alice")
        let deleted = try await expect("messageDeleted", of: 3, at: bob)
        #expect(deleted["messageId"] as? String == id && deleted["senderId"] as? String == "alice")
    }

    @Test(
        "a user's status is set, asked for and announced, and a socket that has connected receives who is online",
        .proves(
            .bananatalk, "event updateStatus", "event getUserStatus", "event requestStatusUpdates", "event logout",
            "event userStatusUpdate", "event bulkStatusUpdate", "event onlineUsers"))
    func status() async throws {
        let service = try TestService.start()
        let sent = try await service.call(
            "POST", Self.path, token: service.token("alice"), json: #"{"receiver":"bob","message":"hi"}"#)
        #expect(sent.status == 201)
        let alice = try await peer("alice", service)
        let lines = try await SocketClient.connect(
            to: service, token: service.token("bob"), until: 6,
            emitting: [
                ("updateStatus", #"{"status":"away"}"#), ("getUserStatus", #"{"userId":"alice"}"#),
                ("requestStatusUpdates", #"{"userIds":["alice","carol"]}"#), ("updateStatus", #"{"status":"gone"}"#),
                ("logout", "{}"),
            ])
        // The first is that he has connected.
        while true {
            let update = try await expect("userStatusUpdate", of: 5, at: alice)
            if update["userId"] as? String == "bob", update["status"] as? String == "away" { break }
        }
        let received = await lines.finish()
        let online = received.first { $0["event"] as? String == "onlineUsers" }?["data"] as? [[String: Any]]
        #expect(online?.first?["userId"] as? String == "alice" && online?.first?["status"] as? String == "online")
        let asked = received.acknowledgement("getUserStatus")?["data"] as? [String: Any]
        #expect(asked?["status"] as? String == "online" && asked?["deviceCount"] as? Int == 1)
        let bulk = try #require(received.events("bulkStatusUpdate").first)
        #expect((bulk["alice"] as? [String: Any])?["status"] as? String == "online")
        #expect(received.acknowledgement("updateStatus")?["status"] as? String == "success")
        #expect(received.events("messageError").count == 1, "no such status")
        while try await alice.next("userStatusUpdate")["status"] as? String != "offline" {}
    }

    @Test(
        "the fourth socket of one device disconnects the first, which receives why",
        .proves(.bananatalk, "event forceDisconnect"))
    func forcedOut() async throws {
        let service = try TestService.start()
        let first = try await peer("alice", service, query: "?deviceId=phone")
        var others: [SocketPeer] = []
        for _ in 1...3 { others.append(try await peer("alice", service, query: "?deviceId=phone")) }
        let received = try await first.next("forceDisconnect")
        #expect(received["reason"] as? String == "max_connections" && received["message"] is String)
        await first.end()
        // The others are connected still.
        let sent = try await service.call(
            "POST", Self.path, token: service.token("bob"), json: #"{"receiver":"alice","message":"hi"}"#)
        for peer in others {
            let message = try await peer.next("newMessage")["message"] as? [String: Any]
            #expect(message?["_id"] as? String == sent.data["_id"] as? String)
        }
    }
}
