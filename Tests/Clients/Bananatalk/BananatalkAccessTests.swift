import ChatBridge
import Foundation
import TestPrograms
import Testing

/// Every route and event of the page is tried by those who may not use it: one that is added to the page, and so to the service
/// (DialectPageTests), is to be added here.
@Suite("Bananatalk: access to every route and event")
struct BananatalkAccessTests {
    /// What is refused to whom.
    private enum Rule {
        /// To an outsider, to a removed member, and to a forged token.
        case refused
        /// To an outsider and to a forged token: there is nothing of groups.
        case refusedToOutsider
        /// To a forged token alone: it is about the caller's own messages.
        case own
    }

    private static let group = "65a0000000000000000000aa"
    private static let messages = "/api/v1/messages"
    private static let conversations = "/api/v1/conversations"

    private static let routes: [(route: String, rule: Rule, body: String?)] = [
        ("POST \(messages)/video", .own, nil), ("POST \(messages)/voice", .own, nil),
        ("POST \(messages)", .own, #"{"receiver":"alice","message":"x"}"#),
        ("GET \(messages)/video-config", .own, nil), ("GET \(messages)/:id", .refused, nil),
        ("GET \(messages)/conversation/:sender/:receiver", .refusedToOutsider, nil),
        ("DELETE \(messages)/:id", .refused, nil), ("POST \(messages)/:id/reply", .refused, #"{"message":"x"}"#),
        ("POST \(messages)/:id/forward", .refused, #"{"receiverIds":["dave"]}"#),
        ("POST \(messages)/disappearing", .own, #"{"receiver":"alice","message":"x","destructTimer":600}"#),
        ("POST \(messages)/:id/trigger-destruct", .refused, nil), ("GET \(conversations)", .own, nil),
        ("GET \(conversations)/:id", .refused, nil), ("POST \(conversations)/:id/mute", .refused, "{}"),
        ("POST \(conversations)/:id/unmute", .refused, nil), ("POST \(conversations)/:id/archive", .refused, nil),
        ("POST \(conversations)/:id/unarchive", .refused, nil), ("POST \(conversations)/:id/pin", .refused, nil),
        ("POST \(conversations)/:id/unpin", .refused, nil), ("PUT \(conversations)/:id/read", .refused, nil),
        ("PUT \(conversations)/:id/theme", .refused, #"{"preset":"dark"}"#),
        ("PUT \(conversations)/:id/nickname", .refused, #"{"targetUserId":"alice","nickname":"x"}"#),
        ("POST \(conversations)/:id/secret", .refused, "{}"),
        ("GET \(conversations)/:id/quick-replies", .refused, nil),
        ("POST \(conversations)/:id/quick-replies", .refused, #"{"text":"x"}"#), ("GET \(messages)", .own, nil),
        ("PUT \(messages)/:id", .refused, #"{"message":"mine"}"#), ("GET \(messages)/:id/replies", .refused, nil),
        ("POST \(messages)/:id/pin", .refused, nil), ("POST \(messages)/:id/unpin", .refused, nil),
        ("GET \(messages)/:id/reactions", .refused, nil),
        ("POST \(messages)/:id/reactions", .refused, #"{"emoji":"👍"}"#),
        ("DELETE \(messages)/:id/reactions/:emoji", .refused, nil),
        ("POST \(messages)/:id/correct", .refused, #"{"correctedText":"x"}"#),
        ("GET \(messages)/:id/corrections", .refused, nil),
        ("PUT \(messages)/:id/corrections/:correction/accept", .refused, nil),
        ("POST \(messages)/:id/translate", .refused, #"{"targetLanguage":"ko"}"#),
        ("GET \(messages)/:id/translations", .refused, nil), ("POST \(messages)/:id/bookmark", .refused, nil),
        ("DELETE \(messages)/:id/bookmark", .refused, nil), ("GET \(messages)/bookmarks", .own, nil),
        ("GET \(messages)/search", .own, nil), ("GET \(messages)/mentions", .own, nil),
        (
            "POST \(messages)/poll", .refused,
            #"{"conversationId":"\#(group)","question":"?","options":["a","b"]}"#
        ), ("GET \(messages)/poll/:poll", .refused, nil),
        ("POST \(messages)/poll/:poll/vote", .refused, #"{"optionIndex":0}"#),
        ("POST \(messages)/poll/:poll/options", .refused, #"{"text":"x"}"#),
        ("POST \(messages)/poll/:poll/close", .refused, nil),
    ]

    private static let events: [(event: String, rule: Rule, data: [String: String])] = [
        ("sendMessage", .own, [:]), ("markAsRead", .own, [:]), ("deleteMessage", .refused, ["messageId": ":id"]),
        ("voiceMessageListened", .refused, ["messageId": ":id"]), ("typing", .own, [:]), ("stopTyping", .own, [:]),
        ("updateStatus", .own, [:]), ("getUserStatus", .own, [:]), ("requestStatusUpdates", .own, [:]),
        ("logout", .own, [:]),
    ]

    /// The first code of each row of a table of the page.
    private static func documented(_ heading: String, cells: Int) throws -> [String] {
        let page = try String(contentsOf: Project.file("docs/dialects/bananatalk.md"), encoding: .utf8)
        let section = page.components(separatedBy: "\(heading)\n").dropFirst().first ?? ""
        let table = section.components(separatedBy: "\n#").first ?? ""
        return table.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map { line in
            line.split(separator: "|").prefix(cells).map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
                .joined(separator: " ")
        }
    }

    /// A message of alice to carol, and a poll in a group from which bob was removed after he had sent a poll.
    private func fixture() async throws -> (service: TestService, direct: String, poll: String) {
        let service = try TestService.start()
        let everyone = ["alice", "bob", "carol"]
        try await service.putConversation(Self.group, dialect: "bananatalk", members: everyone)
        let sent = try await service.call(
            "POST", MessageTests.path, token: try service.token("alice"),
            json: #"{"receiver":"carol","message":"words"}"#)
        let body = #"{"conversationId":"\#(Self.group)","question":"?","options":["a","b"]}"#
        let poll = try await service.call(
            "POST", MessageTests.path + "/poll", token: try service.token("bob"), json: body)
        try await service.putConversation(Self.group, dialect: "bananatalk", members: ["alice", "carol"])
        return (
            service, try #require(sent.data["_id"] as? String),
            try #require(poll.data["_id"] as? String, "\(poll.body)")
        )
    }

    private func path(_ route: String, message: String, poll: String) -> String {
        let id = route.contains(Self.conversations) ? Self.group : message
        return "/bananatalk"
            + route.replacing(":id", with: id).replacing(":poll", with: poll)
            .replacing(":sender", with: "alice").replacing(":receiver", with: "carol")
            .replacing(":emoji", with: "x").replacing(":correction", with: "x")
    }

    @Test(
        "an outsider, a removed member and a forged token are refused on every route",
        .proves(.bananatalk, "access"))
    func everyRoute() async throws {
        // Resumable uploads, which are the same in all chat systems, have tests of their own; descriptions need no token.
        let documented = try Self.documented("## HTTP routes", cells: 2).filter { row in
            !["any /", " /tus", " /resumable", "api.json"].contains { row.contains($0) }
        }
        #expect(documented.count > 40 && documented.sorted() == Self.routes.map(\.route).sorted())
        let (service, direct, poll) = try await fixture()
        let (mallory, bob) = try (service.token("mallory"), service.token("bob"))
        for (route, rule, body) in Self.routes {
            let parts = route.split(separator: " ").map(String.init)
            let query = route.hasSuffix("/search") ? "?q=words" : ""
            func call(_ token: String, _ message: String) async throws -> Answer {
                try await service.call(
                    parts[0], path(parts[1], message: message, poll: poll) + query, token: token, json: body)
            }
            let forged = try await call(mallory + "x", direct)
            #expect(forged.status == 401 && forged.body["success"] as? Bool == false, "\(route): forged")
            // What is the outsider's own is empty.
            if rule == .own, parts[0] != "GET" { continue }
            let outsider = try await call(mallory, direct)
            if rule == .own {
                #expect(outsider.status == 200, "\(route): outsider")
                if let list = outsider.body["data"] as? [Any] { #expect(list.isEmpty, "\(route): outsider") }
                continue
            }
            #expect(outsider.status == 403 && outsider.body["success"] as? Bool == false, "\(route): outsider")
            guard rule == .refused else { continue }
            let removed = try await call(bob, poll)
            #expect(removed.status == 403 && removed.body["success"] as? Bool == false, "\(route): removed member")
        }
        // Nothing has changed.
        let alice = try service.token("alice")
        let kept = try await service.call("GET", "\(MessageTests.path)/\(direct)", token: alice)
        #expect(kept.data["message"] as? String == "words" && kept.data["pinned"] as? Bool == false)
        #expect((kept.data["reactions"] as? [Any])?.isEmpty == true)
        let results = try await service.call("GET", "\(MessageTests.path)/poll/\(poll)", token: alice)
        #expect(results.data["totalVotes"] as? Int == 0 && results.data["status"] as? String == "active")
    }

    @Test(
        "an outsider, a removed member and a forged token are refused every event that names a message",
        .proves(.bananatalk, "access"))
    func everyEvent() async throws {
        let documented = try Self.documented("### Events from clients", cells: 1)
        #expect(documented.sorted() == Self.events.map(\.event).sorted())
        let (service, direct, poll) = try await fixture()
        for (user, message) in [("mallory", direct), ("bob", poll)] {
            let peer = try await SocketPeer.connect(
                to: service, path: "bananatalk/socket.io", auth: ["token": try service.token(user)])
            for (event, rule, data) in Self.events where rule == .refused {
                let sent = data.mapValues { $0.replacing(":id", with: message) }
                let error = try await peer.ask(event, sent, answer: "messageError")["error"] as? String
                #expect(error == "Not authorized to access this message", "\(event) by \(user)")
            }
        }
        let forged = try await SocketPeer.connect(
            to: service, path: "bananatalk/socket.io", auth: ["token": try service.token("alice") + "x"])
        #expect(try await forged.next("authError")["message"] is String)
        let kept = try await service.call(
            "GET", "\(MessageTests.path)/\(direct)", token: try service.token("alice"))
        #expect(kept.data["isDeleted"] as? Bool == false)
    }
}
