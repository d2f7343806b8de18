import ChatBridge
import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatDocuments
@testable import ChatStoreMongoDB

/// A conversation that a chat server has made, in the model of intok, whose documents are the shortest.
@Suite("Messages that another program writes")
struct PlacingTests {
    private let fixture: StoreFixture
    private let server: ChatServerDatabase
    private let dialect = Dialect(rawValue: "intok")
    private let noon = 1_704_110_400_000

    init() async throws {
        fixture = try StoreFixture(.models)
        server = try ChatServerDatabase()
        try await conversation("c")
    }

    private var store: any ChatStore { fixture.store }
    private var messages: String { fixture.database(of: dialect) + ".messages" }
    private var conversations: String { fixture.database(of: dialect) + ".conversations" }

    private func date(_ milliseconds: Int) -> JSONValue {
        ["$date": .string(Timestamp.milliseconds(Date(milliseconds: milliseconds)))]
    }

    private func conversation(_ id: String, lastMessageAt last: Int? = nil) async throws {
        var document: JSONObject = [
            "_id": .string(id), "type": "group", "name": .string(id), "participants": [["id": "ann"], ["id": "bob"]],
            "createdAt": date(noon - 1000), "updatedAt": date(noon - 1000),
        ]
        document["lastMessage"] = last.map { ["id": "m", "senderId": "ann", "createdAt": date($0)] }
        try await server.insert([.object(document)], into: conversations)
    }

    /// The chat server writes messages of ann, each with its ID as text.
    private func write(_ ids: [String], at milliseconds: Int, in conversation: String = "c") async throws {
        let documents = ids.map { id -> JSONValue in
            [
                "_id": .string(id), "conversationId": .string(conversation), "senderId": "ann", "type": "text",
                "originalContent": .string(id), "createdAt": date(milliseconds),
            ]
        }
        try await server.insert(documents, into: messages)
    }

    @discardableResult
    private func send(_ text: String, in conversation: String = "c") async throws -> ChatMessage {
        let message = ChatMessage(
            id: "ours-" + text, dialect: dialect, conversation: conversation, sender: "ann", type: .text, text: text,
            createdAt: fixture.clock.now)
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil
        ) { _ in [] }
        return try await store.save([draft])[0].message
    }

    private func texts(limit: Int = 100) async throws -> [String] {
        try await store.messages(of: "c", in: dialect, viewer: "bob", page: MessagePage(limit: limit)).messages
            .map(\.text)
    }

    private func orders() async throws -> [Int] {
        try await server.find(messages).compactMap { $0["darkroom"]?["order"]?.integerValue }
    }

    @Test("get places of their own by their dates, also many of one millisecond and late ones")
    func unique() async throws {
        let first = (0..<1_100).map { "a" + String(10_000 + $0) }
        try await write(first.shuffled(), at: noon)
        try await write(["b"], at: noon + 1)
        #expect(try await texts(limit: 2_000) == first + ["b"])
        // Another of the same millisecond follows those that have a place.
        try await write(["late"], at: noon)
        try await write(["early"], at: noon - 1)
        let all = try await texts(limit: 2_000)
        #expect(all.first == "early" && Set(all) == Set(first + ["b", "late", "early"]))
        #expect(Set(try await orders()).count == 1_103)
        #expect(try await store.unreadCount(of: "bob", conversation: "c", in: dialect) == 1_103)
        // Pages have each message once.
        var (paged, before) = ([String](), MessagePage.Bound?.none)
        while true {
            let page = MessagePage(limit: 300, before: before)
            let found = try await store.messages(of: "c", in: dialect, viewer: "bob", page: page).messages
            guard let oldest = found.first else { break }
            (paged, before) = (found.map(\.text) + paged, .message(oldest.id))
        }
        #expect(paged == all)
    }

    @Test("get the same places from readers and senders that find them at once, and count as unread once")
    func concurrent() async throws {
        for round in 1...5 {
            let ids = (1...20).map { "r\(round)-\(100 + $0)" }
            // Of the millisecond in which messages are sent here.
            try await write(ids, at: fixture.clock.now.milliseconds)
            let (other, dialect) = (try fixture.another(), dialect)
            let this = self
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...3 {
                    for reader in [store, other] {
                        group.addTask {
                            _ = try await reader.messages(
                                of: "c", in: dialect, viewer: "bob", page: MessagePage(limit: 10))
                        }
                    }
                    group.addTask { try await this.send("\(round)-\(number)") }
                }
                try await group.waitForAll()
            }
            await (other as? MongoDBChatStore)?.close()
            #expect(try await texts(limit: 1_000).filter { $0.hasPrefix("r\(round)-") } == ids)
        }
        let orders = try await orders()
        #expect(orders.count == 115 && Set(orders).count == 115)
        #expect(try await store.unreadCount(of: "bob", conversation: "c", in: dialect) == 115)
    }

    @Test("a list of conversations has them where the chat server has sent last, and is the same on pages")
    func lists() async throws {
        let now = fixture.clock.now.milliseconds
        try await conversation("adopted", lastMessageAt: now - 500)
        try await conversation("newest", lastMessageAt: now + 60_000)
        for id in ["x", "y", "z"] {
            try await store.upsert(
                Conversation(id: id, dialect: dialect, members: ["ann", "bob"], createdAt: fixture.clock.now))
        }
        try await send("hello", in: "y")
        try await store.updateMembership(of: "bob", conversation: "x", in: dialect) { $0.isHidden = true }
        try await store.updateMembership(of: "bob", conversation: "z", in: dialect) { $0.isArchived = true }
        func list(_ page: Int, _ limit: Int, archived: Bool = true) async throws -> ([String], Int) {
            let filter = ConversationFilter(includesArchived: archived)
            let (rows, total) = try await store.conversations(
                of: "bob", in: dialect, filter: filter, page: page, limit: limit)
            return (rows.map(\.conversation.id), total)
        }
        let all = ["newest", "y", "z", "adopted", "c"]
        #expect(try await list(1, 10) == (all, 5))
        var paged: [String] = []
        for page in 1...3 { paged += try await list(page, 2).0 }
        #expect(paged == all)
        #expect(try await list(4, 2) == ([], 5))
        #expect(try await list(1, 10, archived: false) == (all.filter { $0 != "z" }, 4))
        // A message of the chat server moves its conversation up, and is shown and counted.
        try await write(["theirs"], at: now + 120_000, in: "c")
        try await server.update(
            conversations, ["_id": "c"],
            ["$set": ["lastMessage": ["id": "theirs", "senderId": "ann", "createdAt": date(now + 120_000)]]])
        let top = try #require(
            try await store.conversations(of: "bob", in: dialect, page: 1, limit: 1).0.first)
        #expect(top.conversation.id == "c" && top.lastMessage?.text == "theirs" && top.unreadCount == 1)
        #expect(try await list(1, 10).0 == ["c"] + all.filter { $0 != "c" })
    }
}
