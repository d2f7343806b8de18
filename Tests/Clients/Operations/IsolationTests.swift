import ChatBridge
import ChatStoreSQLite
import Foundation
import TestPrograms
import Testing

/// Data of one chat system is not visible in others that have the same users and conversation IDs.
@Suite("Chat systems beside each other")
struct IsolationTests {
    @Test(
        "the same conversation id in two systems is two conversations", .proves(.rooms, "isolation"),
        .proves(.bananatalk, "isolation"))
    func sameConversation() async throws {
        let client = try RoomsClient()
        let service = client.service
        let id = "65a0000000000000000000aa"
        let chatServer = try service.serviceToken()
        let served = try await Self.dialects(of: service)
        #expect(served.contains("rooms") && served.contains("bananatalk"))
        // The same conversation is provisioned in every chat system.
        for dialect in served {
            let provisioned = try await service.call(
                "PUT", "/v1/conversations/\(id)", token: chatServer,
                json: #"{"dialect":"\#(dialect)","members":["alice","bob"]}"#)
            #expect(provisioned.status == 201, "\(dialect): \(provisioned.body)")
        }
        let inRoom = try await client.socket(of: "bob", in: [id], until: 1)
        let direct = try await SocketClient.connect(to: service, token: try service.token("bob"), until: 1)
        let path = "/bananatalk/api/v1/messages"
        let written = try await service.call(
            "POST", path, token: try service.token("alice"), json: #"{"receiver":"bob","message":"of bananatalk"}"#)
        let roomsID = try await client.text("of rooms", in: id)
        let bananatalkID = try #require(written.data["_id"] as? String)

        // In each system's pages its own message alone.
        let page = try await client.call("GET", "/rooms/\(id)/messages", as: "bob")
        #expect(page.messages.map { $0["content"] as? String } == ["of rooms"])
        let bob = try service.token("bob")
        let conversation = try await service.call("GET", "\(path)/conversation/alice/bob", token: bob)
        #expect((conversation.body["data"] as? [[String: Any]])?.map { $0["message"] as? String } == ["of bananatalk"])
        // In each system's events, too.
        let (heardInRoom, heardDirectly) = (await inRoom.finish(), await direct.finish())
        #expect(heardInRoom.events("new_message").count == 1 && !"\(heardInRoom)".contains("of bananatalk"))
        #expect(heardDirectly.events("newMessage").count == 1 && !"\(heardDirectly)".contains("of rooms"))
        // And by the other's id it is not there.
        #expect(try await service.call("GET", "\(path)/\(roomsID)", token: bob).status == 404)
        let across = try await client.call(
            "DELETE", "/messages/\(bananatalkID)", as: "alice", json: #"{"deleteFor":"everyone"}"#)
        #expect(across.status == 404)
        let response = try await client.call(
            "POST", "/rooms/\(id)/messages", as: "alice", json: #"{"content":"x","replyTo":"\#(bananatalkID)"}"#)
        #expect(response.status == 404)
    }

    @Test("what the store keeps of one system is in no other's pages, lists, counts or outbox", arguments: dialects)
    func store(dialect: Dialect) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("darkroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteChatStore(path: folder.appendingPathComponent("chat.sqlite").path)
        let (alice, date) = (ChatCaller(id: "alice"), Date())
        for other in Self.dialects {
            try await store.upsert(
                Conversation(id: "same", dialect: other, members: ["alice", "bob"], createdAt: date))
        }
        let message = ChatMessage(
            id: "65a000000000000000000001", dialect: dialect, conversation: "same", sender: "alice", type: .text,
            text: "of \(dialect.rawValue)", createdAt: date)
        _ = try await store.save([
            MessageDraft(message: message, place: .conversation, caller: alice, allowance: nil) { _ in
                [OutboxDraft(recipient: "same", audience: .members, event: "e", message: message.id)]
            }
        ])
        for other in Self.dialects {
            let page = try await store.messages(
                of: "same", in: other, viewer: "bob", page: MessagePage(limit: 10)
            )
            let (summaries, _) = try await store.conversations(
                of: "bob", in: other, filter: ConversationFilter(), page: 1, limit: 10)
            let found = try await store.message(message.id, in: other, viewer: "bob")
            let isOwn = other == dialect
            #expect(page.total == (isOwn ? 1 : 0) && (found != nil) == isOwn)
            #expect(summaries.first?.unreadCount == (isOwn ? 1 : 0) && (summaries.first?.lastMessage != nil) == isOwn)
        }
        #expect(try await store.dueOutbox(of: nil, limit: 10, after: 0, except: []).map(\.dialect) == [dialect])
    }

    private static let dialects: [Dialect] = [.bananatalk, .imagekit, .intok, .signalr, .rooms]

    /// Those that the program serves, as its help lists them.
    private static func dialects(of service: TestService) async throws -> [String] {
        let help = try await Command.run(Project.darkroom, ["serve", "--help"]).output
        let list = try #require(help.firstMatch(of: /all \(([a-z, ]+)\)/)?.output.1)
        return list.split(separator: ", ").map(String.init)
    }
}
