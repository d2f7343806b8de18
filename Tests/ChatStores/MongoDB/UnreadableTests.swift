import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import Synchronization
import TestPrograms
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

@Suite("Documents of a chat server that cannot be read")
struct UnreadableTests {
    private final class Report: Sendable {
        private let documents = Mutex<[UnreadableDocument]>([])
        var all: [UnreadableDocument] { documents.withLock { $0 } }
        func add(_ document: UnreadableDocument) { documents.withLock { $0.append(document) } }
    }

    private let store: MongoDBChatStore
    private let report = Report()
    private let server: ChatServerDatabase
    private let database = "u" + UUID().uuidString.prefix(8).lowercased()
    private let dialect = Dialect(rawValue: "intok")

    init() async throws {
        var options = MongoDBOptions(uri: try MongoServer.uri, database: database, timeout: .seconds(120))
        options.dialects = DialectDocuments.databases(prefix: database + "-")
        let report = report
        options.onUnreadable = { report.add($0) }
        store = try MongoDBChatStore(options)
        server = try ChatServerDatabase()
        let date: JSONValue = ["$date": "2024-01-01T00:00:00Z"]
        let members: JSONValue = [["id": "ann"], ["id": "bob"]]
        try await server.insert(
            [
                ["_id": "good", "type": "group", "participants": members, "createdAt": date, "updatedAt": date],
                ["_id": 7, "type": "group", "participants": members, "createdAt": date, "updatedAt": date],
            ], into: "\(database)-intok.conversations")
        let documents = (1...4).map { number -> JSONValue in
            var document: JSONObject = [
                "_id": .string("m\(number)"), "conversationId": "good", "senderId": "ann", "type": "text",
                "originalContent": .string("text \(number)"),
            ]
            // One was written with a number where a date belongs, one without a sender.
            document["createdAt"] = number == 2 ? 5 : date
            document["senderId"] = number == 3 ? nil : "ann"
            return .object(document)
        }
        try await server.insert(documents, into: "\(database)-intok.messages")
    }

    @Test("are left out of lists, and reported once each, with their IDs and what cannot be read")
    func skipped() async throws {
        for _ in 1...2 {
            let list = try await store.conversations(of: "ann", in: dialect, page: 1, limit: 10).0
            #expect(list.map(\.conversation.id) == ["good"] && list[0].lastMessage?.id == "m4")
            let messages = try await store.messages(
                of: "good", in: dialect, viewer: "ann", page: MessagePage(limit: 10))
            #expect(messages.messages.map(\.id) == ["m1", "m4"])
            #expect(try await store.message("m2", in: dialect, viewer: "ann") == nil)
            #expect(try await store.contacts(of: "ann", in: dialect, limit: 10) == ["bob"])
        }
        let reported = report.all.map { "\($0.collection.split(separator: ".").last ?? "") \($0.id)" }
        #expect(reported.sorted() == ["conversations 7", "messages m2", "messages m3"])
        #expect(report.all.allSatisfy { $0.reason.contains("is missing, or of another type") })
        await store.close()
    }

    @Test("do not keep others from sending and reading")
    func changed() async throws {
        let date = Date(timeIntervalSince1970: 1_800_000_000)
        let message = ChatMessage(
            id: "new", dialect: dialect, conversation: "good", sender: "bob", type: .text, text: "new", createdAt: date)
        _ = try await store.save([
            MessageDraft(message: message, place: .conversation, caller: ChatCaller(id: "bob"), allowance: nil) { _ in
                []
            }
        ])
        let read = try await store.markRead(
            conversation: "good", in: dialect, reader: "ann", selection: .all, at: date, outbox: { _ in [] })
        #expect(read == ["new"])
        try await store.hideAll(in: "good", of: dialect, from: "bob")
        #expect(try await store.messageCount(of: "good", in: dialect, viewer: "ann") >= 3)
        // The documents are as the chat server wrote them.
        let kept = try await server.find("\(database)-intok.messages", ["_id": "m2"])
        #expect(kept.first?["createdAt"] == 5)
        await store.close()
    }
}
