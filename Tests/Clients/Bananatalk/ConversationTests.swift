import ChatBridge
import Foundation
import TestPrograms
import Testing

@Suite("Conversations over HTTP")
struct ConversationTests {
    private static let path = "/bananatalk/api/v1/conversations"

    /// A service with a conversation of Alice and Bob, and its ID.
    private func open() async throws -> (TestService, String) {
        let service = try TestService.start()
        let sent = try await service.call(
            "POST", MessageTests.path, token: try service.token("alice"),
            json: #"{"receiver":"bob","message":"Hello!"}"#)
        #expect(sent.status == 201)
        let list = try await service.call("GET", Self.path, token: try service.token("alice"))
        let conversation = try #require((list.body["data"] as? [[String: Any]])?.first)
        return (service, try #require(conversation["_id"] as? String))
    }

    @Test(
        "the list and a conversation have what the reference shows, and what a member set is shown to both",
        .proves(
            .bananatalk, "GET /conversations", "GET /conversations/:id", "POST /conversations/:id/mute",
            "POST /conversations/:id/archive", "POST /conversations/:id/pin", "PUT /conversations/:id/theme",
            "PUT /conversations/:id/nickname", "POST /conversations/:id/secret",
            "POST /conversations/:id/quick-replies", "GET /conversations/:id/quick-replies"))
    func everything() async throws {
        let (service, id) = try await open()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let one = "\(Self.path)/\(id)"
        for (method, route, body, status) in [
            ("POST", "/mute", #"{"duration":86400000}"#, 200), ("POST", "/archive", nil, 200),
            ("POST", "/pin", nil, 200), ("PUT", "/theme", ##"{"preset":"dark","backgroundColor":"#1a1a1a"}"##, 200),
            ("PUT", "/nickname", #"{"targetUserId":"bob","nickname":"Best Friend"}"#, 200),
            ("POST", "/secret", #"{"destructTimer":30,"preventScreenshots":true,"requireAuthentication":false}"#, 200),
            ("POST", "/quick-replies", #"{"text":"Thanks for the correction!"}"#, 201),
        ] as [(String, String, String?, Int)] {
            let answer = try await service.call(method, one + route, token: alice, json: body)
            #expect(answer.status == status && answer.body["success"] as? Bool == true, "\(route): \(answer.body)")
        }
        let list = try await service.call("GET", Self.path + "?page=1&limit=1", token: alice)
        let missing = try ExpectedKeys.mismatches(
            of: list.body, .bananatalk, under: "### Get All Conversations", block: 1)
        #expect(missing == [])
        let listed = try #require((list.body["data"] as? [[String: Any]])?.first)
        for name in ["isPinned", "isMuted", "isArchived"] { #expect(listed[name] as? Bool == true, "\(name)") }
        let shown = try await service.call("GET", one, token: bob)
        #expect(shown.data["isMuted"] as? Bool == false)
        #expect((shown.data["mutedBy"] as? [[String: Any]])?.first?["user"] as? String == "alice")
        #expect(shown.data["archivedBy"] as? [String] == ["alice"])
        #expect((shown.data["theme"] as? [String: Any])?["preset"] as? String == "dark")
        #expect((shown.data["nicknames"] as? [[String: Any]])?.first?["nickname"] as? String == "Best Friend")
        #expect((shown.data["secretChatSettings"] as? [String: Any])?["defaultDestructTimer"] as? Int == 30)
        let replies = try await service.call("GET", one + "/quick-replies", token: bob)
        #expect((replies.body["data"] as? [[String: Any]])?.first?["text"] as? String == "Thanks for the correction!")
        for name in ["languageSettings", "pinnedBy", "lastMessage", "createdAt", "updatedAt", "isSecret"] {
            #expect(shown.data[name] != nil, "\(name)")
        }
    }

    @Test(
        "what was set is undone by its opposite",
        .proves(
            .bananatalk, "POST /conversations/:id/unmute", "POST /conversations/:id/unarchive",
            "POST /conversations/:id/unpin"))
    func undone() async throws {
        let (service, id) = try await open()
        let alice = try service.token("alice")
        for (action, field) in [("mute", "isMuted"), ("archive", "isArchived"), ("pin", "isPinned")] {
            let path = "\(Self.path)/\(id)"
            let set = try await service.call("POST", "\(path)/\(action)", token: alice)
            #expect(set.status == 200 && set.data[field] as? Bool == true, "\(action)")
            let undone = try await service.call("POST", "\(path)/un\(action)", token: alice)
            #expect(undone.status == 200 && undone.data[field] as? Bool == false, "\(action)")
        }
    }

    @Test(
        "a conversation that is read has nothing unread, and its sender's socket is notified",
        .proves(.bananatalk, "PUT /conversations/:id/read", "event messagesRead"))
    func read() async throws {
        let (service, id) = try await open()
        let (alice, bob) = try (service.token("alice"), service.token("bob"))
        let socket = try await SocketPeer.connect(
            to: service, path: "bananatalk/socket.io", auth: ["token": alice])
        let answer = try await service.call("PUT", "\(Self.path)/\(id)/read", token: bob)
        #expect(answer.status == 200 && answer.data["markedCount"] as? Int == 1)
        let event = try await socket.next("messagesRead")
        #expect(event["readBy"] as? String == "bob" && event["count"] as? Int == 1)
        let list = try await service.call("GET", Self.path, token: bob)
        let counts = (list.body["data"] as? [[String: Any]])?.first?["unreadCount"] as? [[String: Any]]
        #expect(counts?.map { $0["count"] as? Int } == [0, 0])
    }

    @Test(
        "an outsider, a removed member and a forged token are rejected by every route of a conversation",
        .proves(.bananatalk, "access"))
    func access() async throws {
        let (service, id) = try await open()
        let removed = try await service.call(
            "PUT", "/v1/conversations/\(id)", token: try service.serviceToken(),
            json: #"{"dialect":"bananatalk","members":["alice","carol"]}"#)
        #expect(removed.status < 300, "\(removed.body)")
        let forged = String(try service.token("alice").dropLast(8)) + "AAAAAAAA"
        for (method, route, body) in [
            ("GET", "", nil), ("POST", "/mute", "{}"), ("POST", "/unmute", nil), ("POST", "/archive", nil),
            ("POST", "/unarchive", nil), ("POST", "/pin", nil), ("POST", "/unpin", nil), ("PUT", "/read", nil),
            ("PUT", "/theme", #"{"preset":"dark"}"#),
            ("PUT", "/nickname", #"{"targetUserId":"alice","nickname":"x"}"#), ("POST", "/secret", "{}"),
            ("GET", "/quick-replies", nil), ("POST", "/quick-replies", #"{"text":"x"}"#),
        ] as [(String, String, String?)] {
            for (token, status) in [
                (try service.token("mallory"), 403), (try service.token("bob"), 403), (forged, 401),
            ] {
                let answer = try await service.call(method, "\(Self.path)/\(id)\(route)", token: token, json: body)
                #expect(answer.status == status, "\(method) \(route): \(answer.body)")
                #expect(answer.body["success"] as? Bool == false && answer.error != nil)
            }
        }
        #expect(try await service.call("GET", Self.path, token: forged).status == 401)
        let others = try await service.call("GET", Self.path, token: try service.token("mallory"))
        #expect((others.body["data"] as? [Any])?.isEmpty == true)
    }
}
