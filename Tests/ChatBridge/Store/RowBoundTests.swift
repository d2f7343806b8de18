import ChatDocuments
import ChatTestSupport
import Foundation
import Testing

@testable import ChatBridge
@testable import ChatStoreMongoDB
@testable import ChatStoreSQLite

extension SQLiteChatStore {
    /// How many rows a table has.
    func rowCount(of table: String) throws -> Int {
        try connection.first("SELECT count(*) FROM \(table)") { $0.integer(0) } ?? 0
    }

    /// How many pages the file has.
    var pages: Int { get throws { try connection.first("PRAGMA page_count") { $0.integer(0) } ?? 0 } }
}

extension MongoDBChatStore {
    /// How many documents there are of what a table of SQLite has.
    fileprivate func documentCount(of table: String) async throws -> Int {
        try await read { transaction in
            let (session, own) = (transaction.session, transaction.own)
            switch table {
            case "messages":
                return try session.count(transaction.database(of: .bananatalk).messages, [:])
            case "watched_uploads": return try session.count(own.watchedUploads, [:])
            case "pending_objects": return try session.count(own.objects, ["reservation": ["$exists": true]])
            case "pending_deletions": return try session.count(own.objects, ["deletion": ["$exists": true]])
            case "deletion_rechecks": return try session.count(own.objects, ["recheck": ["$exists": true]])
            default: throw ChatError(.invalidRequest, "There is no table \(table).")
            }
        }
    }
}

extension StoreFixture {
    /// How many rows a table has.
    func rowCount(of table: String) async throws -> Int {
        guard let store = store as? SQLiteChatStore else { return try await mongodb.documentCount(of: table) }
        return try await store.rowCount(of: table)
    }
}

@Suite("Rows of what has gone", .serialized)
struct RowBoundTests {
    private let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture(isInMemory: true) }

    private func sendAndDelete(_ count: Int, to receiver: String = "bob") async throws -> [ChatMessage] {
        var messages: [ChatMessage] = []
        for _ in 0..<count {
            let text = String(repeating: "Hello! ", count: 200)
            let message = try await fixture.send(from: "ann", to: receiver, text: text).message
            try await store.delivered(store.dueOutbox(limit: 10).map(\.sequence))
            _ = try await store.deleteForAll(message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
            messages.append(message)
        }
        return messages
    }

    @Test(
        "the last fifty deleted messages of a conversation are kept, and the file does not grow",
        arguments: StoreEngine.allCases)
    func deletedMessages(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let kept = try await fixture.send(from: "ann", to: "bob").message
        let other = try await sendAndDelete(1, to: "cid")[0]
        // It is deleted first, and was sent first.
        let first = try await sendAndDelete(1)[0]
        _ = try await sendAndDelete(99)
        let pages = try await (store as? SQLiteChatStore)?.pages
        let last = try await sendAndDelete(200)
        #expect(try await fixture.rowCount(of: "messages") == 52)
        if let pages { #expect(try await fixture.sqlite.pages <= pages + 8) }
        #expect(try await store.message(first.id, in: .bananatalk, viewer: "bob") == nil)
        for message in last.suffix(50) + [other] {
            #expect(try await store.message(message.id, in: .bananatalk, viewer: "bob")?.deletedAt != nil)
        }
        // A member pages on from a message that is deleted.
        let page = MessagePage(limit: 100, before: .message(last[199].id))
        let list = try await store.messages(of: kept.conversation, in: .bananatalk, viewer: "bob", page: page)
        #expect(list.messages.map(\.id) == [kept.id] + last.suffix(50).dropLast().map(\.id))
    }

    @Test(
        "the latest deletion is kept, however old the message is and whatever the clock says",
        arguments: StoreEngine.allCases)
    func order(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let old = try await fixture.send(from: "ann", to: "bob").message
        _ = try await sendAndDelete(60)
        fixture.clock.step(-86_400)
        _ = try await store.deleteForAll(old.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        _ = try await sendAndDelete(49)
        #expect(try await store.message(old.id, in: .bananatalk, viewer: "bob")?.deletedAt != nil)
        try await store.delivered(store.dueOutbox(limit: 10).map(\.sequence))
        _ = try await sendAndDelete(1)
        #expect(try await store.message(old.id, in: .bananatalk, viewer: "bob") == nil)
    }

    @Test(
        "a deleted message with an event in the outbox is kept until the event is delivered",
        arguments: StoreEngine.allCases)
    func notDelivered(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let message = try await fixture.send(from: "ann", to: "bob").message
        try await store.delivered(store.dueOutbox(limit: 10).map(\.sequence))
        _ = try await sendAndDelete(60, to: "bob")
        let draft = OutboxDraft(recipient: "bob", event: "messageDeleted", message: message.id)
        _ = try await store.deleteForAll(message.id, in: .bananatalk, at: fixture.clock.now, outbox: [draft])
        let entry = try #require(try await store.dueOutbox(limit: 1).first)
        for _ in 1...60 {
            let other = try await fixture.send(from: "ann", to: "bob").message
            _ = try await store.deleteForAll(other.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        }
        #expect(try await store.message(message.id, in: .bananatalk, viewer: "bob") != nil)
        try await store.delivered([entry.sequence])
        _ = try await sendAndDelete(1)
        #expect(try await store.message(message.id, in: .bananatalk, viewer: "bob") == nil)
    }

    @Test("a contact is listed once, however many conversations are shared", arguments: StoreEngine.allCases)
    func contacts(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for index in 0..<300 {
            let members: Set<String> = ["ann", index < 299 ? "bob" : "cid", "eve"]
            try await store.upsert(
                Conversation(id: "c\(index)", dialect: .rooms, members: members, createdAt: fixture.clock.now))
        }
        #expect(try await store.contacts(of: "ann", in: .rooms, limit: 3) == ["bob", "cid", "eve"])
        #expect(try await store.contacts(of: "ann", in: .rooms, limit: 2) == ["cid", "eve"])
    }

    @Test("migrating removes only the surplus of deleted messages")
    func migration() async throws {
        let folder = try TemporaryFolder()
        let steps = SQLiteMigrations.steps.prefix { $0 != SQLiteMigrations.bounds }
        do {
            let connection = try SQLiteConnection(path: folder.database)
            for (index, step) in steps.enumerated() {
                try connection.execute(step)
                try connection.run("INSERT INTO migrations (number) VALUES (?)", [.integer(index + 1)])
            }
            try connection.execute(
                """
                PRAGMA user_version = \(steps.count);
                INSERT INTO conversations (number, dialect, id, settings, created_at) VALUES (1, 'rooms', 'c', '{}', 0);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
                INSERT INTO messages (dialect, id, conversation, sender, type, text, created_at, updated_at, deleted_at)
                SELECT 'rooms', 'm' || i, 1, 'ann', 'text', '', i, i, CASE WHEN i % 4 <> 0 THEN 1000 - i END FROM n
                """)
        }
        let store = try SQLiteChatStore(path: folder.database)
        #expect(try await store.rowCount(of: "messages") == 25 + 50)
        // Those deleted last are those sent first.
        #expect(try await store.message("m1", in: .rooms, viewer: nil) != nil)
        #expect(try await store.message("m99", in: .rooms, viewer: nil) == nil)
        #expect(try await store.message("m100", in: .rooms, viewer: nil) != nil)
    }

    @Test("two merged conversations keep the last fifty deleted messages of both", arguments: StoreEngine.allCases)
    func merged(engine: StoreEngine) async throws {
        try fixture.use(engine)
        var theirs = Conversation(
            id: "theirs", dialect: .bananatalk, members: ["ann", "bob"], isDirect: false, createdAt: fixture.clock.now)
        try await store.upsert(theirs)
        _ = try await sendAndDelete(20)
        fixture.clock.step(-86_400)
        let ours = try await sendAndDelete(60)
        fixture.clock.step(86_401)
        let last = (0..<3).map { "last\($0)" }
        for id in last {
            let message = ChatMessage(
                id: id, dialect: .bananatalk, conversation: "theirs", sender: "ann", type: .text, text: "x",
                createdAt: fixture.clock.now)
            let draft = MessageDraft(
                message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil
            ) { _ in [] }
            _ = try await store.save([draft])
            _ = try await store.deleteForAll(id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        }
        theirs.isDirect = true
        #expect(try await store.upsert(theirs))
        #expect(try await fixture.rowCount(of: "messages") == 50)
        let more = try await sendAndDelete(1)
        #expect(try await fixture.rowCount(of: "messages") == 50)
        for id in last + ours.suffix(46).map(\.id) + more.map(\.id) {
            #expect(try await store.message(id, in: .bananatalk, viewer: "bob")?.deletedAt != nil)
        }
    }
}
