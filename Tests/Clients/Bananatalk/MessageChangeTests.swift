import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Bananatalk: changes of messages")
struct MessageChangeTests {
    private static let path = MessageTests.path

    private func text(_ text: String = "words", on service: TestService) async throws -> String {
        let sent = try await service.call(
            "POST", Self.path, token: try service.token("alice"), json: #"{"receiver":"bob","message":"\#(text)"}"#)
        return try #require(sent.data["_id"] as? String)
    }

    @Test(
        "reactions are added, listed and removed, and both users are notified",
        .proves(
            .bananatalk, "GET /messages/:id/reactions", "POST /messages/:id/reactions",
            "DELETE /messages/:id/reactions/:emoji", "event messageReaction"))
    func reactions() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let id = try await text(on: service)
        let sender = try await SocketClient.connect(to: service, token: alice, until: 3)
        let path = "\(Self.path)/\(id)/reactions"
        let added = try await service.call("POST", path, token: bob, json: #"{"emoji":"❤️"}"#)
        #expect(added.status == 200, "\(added.body)")
        _ = try await service.call("POST", path, token: alice, json: #"{"emoji":"👍"}"#)
        let listed = try await service.call("GET", path, token: alice).body["data"] as? [[String: String]]
        #expect(listed == [["user": "bob", "emoji": "❤️"], ["user": "alice", "emoji": "👍"]])
        #expect(try await service.call("POST", path, token: bob, json: #"{"emoji":"words"}"#).status == 400)
        #expect(try await service.call("POST", path, token: bob, json: "{}").status == 400)
        let removed = try await service.call("DELETE", path + "/%E2%9D%A4%EF%B8%8F", token: bob)
        #expect(removed.body["data"] as? [[String: String]] == [["user": "alice", "emoji": "👍"]])
        let message = try await service.call("GET", "\(Self.path)/\(id)", token: bob)
        #expect(message.data["reactions"] as? [[String: String]] == [["user": "alice", "emoji": "👍"]])
        let events = await sender.finish().events("messageReaction")
        #expect(events.map { $0["action"] as? String } == ["added", "added", "removed"])
        #expect(events.map { $0["userId"] as? String } == ["bob", "alice", "bob"])
    }

    @Test(
        "the sender edits a message, which says so, and a message is pinned by either of the two and unpinned",
        .proves(
            .bananatalk, "PUT /messages/:id", "POST /messages/:id/pin", "POST /messages/:id/unpin",
            "event messageEdited", "event messagePinned"))
    func editAndPin() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let id = try await text(on: service)
        let receiver = try await SocketClient.connect(to: service, token: bob, until: 3)
        let path = "\(Self.path)/\(id)"
        let edited = try await service.call("PUT", path, token: alice, json: #"{"message":"better"}"#)
        #expect(edited.status == 200 && edited.data["message"] as? String == "better", "\(edited.body)")
        #expect(edited.data["isEdited"] as? Bool == true && edited.data["editedAt"] is String)
        #expect(try await service.call("PUT", path, token: bob, json: #"{"message":"mine"}"#).status == 403)
        for body in ["{}", #"{"message":" "}"#, #"{"message":7}"#] {
            #expect(try await service.call("PUT", path, token: alice, json: body).status == 400, "\(body)")
        }
        let pinned = try await service.call("POST", path + "/pin", token: bob)
        #expect(pinned.status == 200 && pinned.data["pinned"] as? Bool == true)
        #expect(pinned.data["pinnedBy"] as? String == "bob" && pinned.data["pinnedAt"] is String)
        _ = try await service.call("POST", path + "/pin", token: alice)
        #expect(try await service.call("GET", path, token: alice).data["pinnedBy"] as? String == "bob")
        let unpinned = try await service.call("POST", path + "/unpin", token: alice)
        #expect(unpinned.data["pinned"] as? Bool == false && unpinned.data["pinnedBy"] == nil)
        let received = await receiver.finish()
        #expect(
            (received.events("messageEdited").first?["message"] as? [String: Any])?["message"] as? String == "better")
        #expect(received.events("messagePinned").map { $0["pinned"] as? Bool } == [true, false])
    }

    @Test(
        "all messages of a user and the replies to one are listed in pages",
        .proves(.bananatalk, "GET /messages", "GET /messages/:id/replies"))
    func lists() async throws {
        let service = try TestService.start()
        let (alice, bob, carol) = try (service.token("alice"), service.token("bob"), service.token("carol"))
        let first = try await text("one", on: service)
        for (token, text) in [(bob, "two"), (alice, "three")] {
            _ = try await service.call(
                "POST", "\(Self.path)/\(first)/reply", token: token, json: #"{"message":"\#(text)"}"#)
        }
        _ = try await service.call("POST", Self.path, token: carol, json: #"{"receiver":"alice","message":"four"}"#)
        func list(_ path: String, _ token: String) async throws -> [String?] {
            let answer = try await service.call("GET", Self.path + path, token: token)
            return (answer.body["data"] as? [[String: Any]])?.map { $0["message"] as? String } ?? ["\(answer.body)"]
        }
        #expect(try await list("", alice) == ["one", "two", "three", "four"])
        #expect(try await list("", bob) == ["one", "two", "three"])
        #expect(try await list("?limit=1&page=2", alice) == ["three"])
        #expect(try await list("?limit=1&after=\(first)", alice) == ["two"])
        #expect(try await list("/\(first)/replies", bob) == ["two", "three"])
        #expect(try await service.call("GET", Self.path + "?before=none", token: alice).status == 400)
        #expect(try await service.call("GET", Self.path + "?before=\(first)", token: carol).status == 400)
    }

    @Test(
        "the receiver corrects a message and its sender accepts, and both are notified",
        .proves(
            .bananatalk, "POST /messages/:id/correct", "GET /messages/:id/corrections",
            "PUT /messages/:id/corrections/:correctionId/accept", "event newCorrection", "event correctionAccepted"))
    func corrections() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob", name: "Bob"))
        let id = try await text("He go home", on: service)
        let sender = try await SocketClient.connect(to: service, token: alice, until: 2)
        let receiver = try await SocketClient.connect(to: service, token: bob, until: 2)
        let path = "\(Self.path)/\(id)"
        let sent = try await service.call(
            "POST", path + "/correct", token: bob,
            json: #"{"correctedText":"He goes home","explanation":"third person"}"#)
        #expect(sent.status == 201, "\(sent.body)")
        let correction = try #require(sent.data["_id"] as? String)
        #expect(sent.data["originalText"] as? String == "He go home")
        let accept = "\(path)/corrections/\(correction)/accept"
        #expect(try await service.call("PUT", accept, token: bob).status == 403)
        #expect(try await service.call("PUT", accept, token: alice).data["isAccepted"] as? Bool == true)
        #expect(try await service.call("PUT", "\(path)/corrections/x/accept", token: alice).status == 404)
        #expect(
            try await service.call("POST", path + "/correct", token: alice, json: #"{"correctedText":"x"}"#).status
                == 403)
        #expect(try await service.call("POST", path + "/correct", token: bob, json: "{}").status == 400)
        let listed = try await service.call("GET", path + "/corrections", token: bob).body["data"] as? [[String: Any]]
        #expect(listed?.map { $0["isAccepted"] as? Bool } == [true])
        for events in [await sender.finish(), await receiver.finish()] {
            let new = try #require(events.events("newCorrection").first)
            #expect(new["messageId"] as? String == id && new["correctorId"] as? String == "bob")
            #expect((new["correction"] as? [String: Any])?["correctedText"] as? String == "He goes home")
            let accepted = try #require(events.events("correctionAccepted").first)
            #expect(accepted["correctionId"] as? String == correction && accepted["acceptedBy"] as? String == "alice")
        }
    }

    @Test(
        "messages are bookmarked by a user for themselves, and listed where they are mentioned",
        .proves(
            .bananatalk, "POST /messages/:id/bookmark", "DELETE /messages/:id/bookmark", "GET /messages/bookmarks",
            "GET /messages/mentions"))
    func bookmarksAndMentions() async throws {
        let service = try TestService.start()
        let (alice, bob) = try (service.token("alice"), service.token("bob", name: "Bob"))
        _ = try await service.call("POST", Self.path, token: bob, json: #"{"receiver":"alice","message":"I am Bob"}"#)
        let id = try await text("😀 Hello @bob!", on: service)
        func list(_ name: String, _ token: String) async throws -> [[String: Any]]? {
            try await service.call("GET", "\(Self.path)/\(name)", token: token).body["data"] as? [[String: Any]]
        }
        #expect(try await list("mentions", alice)?.isEmpty == true)
        let mention = try #require((try await list("mentions", bob)?.first?["mentions"] as? [[String: Any]])?.first)
        #expect(mention["user"] as? String == "bob" && mention["username"] as? String == "Bob")
        #expect(mention["startIndex"] as? Int == 9 && mention["endIndex"] as? Int == 13)
        let path = "\(Self.path)/\(id)/bookmark"
        #expect(try await service.call("POST", path, token: bob).status == 200)
        #expect(try await list("bookmarks", bob)?.map { $0["_id"] as? String } == [id])
        #expect(try await list("bookmarks", alice)?.isEmpty == true)
        #expect(try await service.call("DELETE", path, token: bob).status == 200)
        #expect(try await list("bookmarks", bob)?.isEmpty == true)
    }

    @Test("a third user and a forged token change and read nothing", .proves(.bananatalk, "access"))
    func access() async throws {
        let service = try TestService.start()
        let mallory = try service.token("mallory")
        let id = try await text(on: service)
        for (method, path, body) in Self.routes {
            let path = path.replacing(":id", with: id)
            let outsider = try await service.call(method, Self.path + path, token: mallory, json: body)
            #expect(outsider.status == 403 && outsider.body["success"] as? Bool == false, "\(method) \(path)")
            let forged = try await service.call(method, Self.path + path, token: mallory + "x", json: body)
            #expect(forged.status == 401, "\(method) \(path)")
        }
        let message = try await service.call("GET", "\(Self.path)/\(id)", token: try service.token("bob"))
        #expect(message.data["message"] as? String == "words" && message.data["pinned"] as? Bool == false)
        #expect((message.data["reactions"] as? [Any])?.isEmpty == true)
    }

    private static let routes: [(method: String, path: String, body: String?)] = [
        ("PUT", "/:id", #"{"message":"mine"}"#), ("GET", "/:id/replies", nil), ("POST", "/:id/pin", nil),
        ("POST", "/:id/unpin", nil), ("GET", "/:id/reactions", nil), ("POST", "/:id/reactions", #"{"emoji":"👍"}"#),
        ("DELETE", "/:id/reactions/x", nil), ("POST", "/:id/correct", #"{"correctedText":"x"}"#),
        ("GET", "/:id/corrections", nil), ("PUT", "/:id/corrections/x/accept", nil), ("POST", "/:id/bookmark", nil),
        ("DELETE", "/:id/bookmark", nil),
    ]
}
