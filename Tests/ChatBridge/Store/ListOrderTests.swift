import ChatTestSupport
import Foundation
import JSON
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

/// Both orders, of both engines.
private let orders = StoreEngine.allCases.flatMap { engine in
    [ConversationFilter.Order.lastChange, .lastMessage].map { (engine: engine, order: $0) }
}

@Suite("Orders, whatever the clock is set to", .serialized)
struct ListOrderTests {
    private let fixture: StoreFixture
    private var store: any ChatStore { fixture.store }

    init() throws { fixture = try StoreFixture() }

    private func group(_ id: String, in dialect: Dialect = .intok) async throws {
        try await store.upsert(
            Conversation(
                id: id, dialect: dialect, members: ["ann", "bob"], isDirect: false, name: id,
                createdAt: fixture.clock.now))
    }

    @discardableResult
    private func send(
        _ text: String, in conversation: String, of dialect: Dialect = .intok, apart: Bool = false
    ) async throws -> ChatMessage {
        let message = ChatMessage(
            id: fixture.ids.next(at: fixture.clock.now).description, dialect: dialect, conversation: conversation,
            sender: "ann", type: .text, text: text, createdAt: fixture.clock.now)
        let draft = MessageDraft(
            message: message, place: .conversation, caller: ChatCaller(id: "ann"), allowance: nil,
            separatesTimestamps: apart
        ) { _ in [] }
        return try await store.save([draft])[0].message
    }

    private func list(
        _ order: ConversationFilter.Order, of user: String = "bob", in dialect: Dialect = .intok
    ) async throws -> [String] {
        let filter = ConversationFilter(order: order)
        return try await store.conversations(of: user, in: dialect, filter: filter, page: 1, limit: 10).0
            .map(\.conversation.id)
    }

    @Test(
        "the conversation with the last message comes first, in both orders, also when the clock was set in between",
        arguments: orders, [-86_400.0, -1, 0, 86_400])
    func lastSaid(listed: (engine: StoreEngine, order: ConversationFilter.Order), step: TimeInterval) async throws {
        try fixture.use(listed.engine)
        let order = listed.order
        for id in ["a", "b", "c"] { try await group(id) }
        try await send("1", in: "a")
        #expect(try await list(order) == ["a", "c", "b"])
        fixture.clock.step(step)
        try await send("2", in: "b")
        #expect(try await list(order) == ["b", "a", "c"])
        fixture.clock.step(-step)
        try await send("3", in: "c")
        #expect(try await list(order) == ["c", "b", "a"])
        fixture.clock.step(step)
        // It has no message yet: it counts by its creation.
        try await group("d")
        #expect(try await list(order) == ["d", "c", "b", "a"])
    }

    @Test(
        "a change of a conversation moves it up in the order of changes, and only there",
        arguments: StoreEngine.allCases)
    func changes(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for id in ["a", "b"] { try await group(id) }
        fixture.clock.step(-3600)
        try await store.update("a", in: .intok) { $0.name = "renamed" }
        #expect(try await list(.lastChange) == ["a", "b"])
        #expect(try await list(.lastMessage) == ["b", "a"])
    }

    @Test(
        "what a user does for themselves alone changes nothing in the lists of others",
        arguments: StoreEngine.allCases, [Dialect.bananatalk, .imagekit, .intok, .signalr, .rooms])
    func privateActs(engine: StoreEngine, dialect: Dialect) async throws {
        try fixture.use(engine)
        for id in ["a", "b"] { try await group(id, in: dialect) }
        let message = try await send("older", in: "a", of: dialect)
        try await send("newer", in: "b", of: dialect)
        try await store.updateMembership(of: "ann", conversation: "b", in: dialect) { $0.isHidden = true }
        let before = try await shown(to: "bob", in: dialect)
        let (dates, store) = (fixture.clock, store)
        let actions: [@Sendable () async throws -> Void] = [
            { try await store.updateMembership(of: "ann", conversation: "b", in: dialect) { $0.isHidden = false } },
            { try await store.updateMembership(of: "ann", conversation: "a", in: dialect) { $0.isArchived = true } },
            { try await store.updateMembership(of: "ann", conversation: "a", in: dialect) { $0.isArchived = false } },
            {
                try await store.updateMembership(of: "ann", conversation: "a", in: dialect) {
                    $0.mute = .on(until: nil)
                }
            },
            { try await store.hide(message.id, in: dialect, from: "ann", outbox: []) },
            { try await store.hideAll(in: "a", of: dialect, from: "ann") },
            {
                _ = try await store.markRead(
                    conversation: "a", in: dialect, reader: "ann", selection: .all, at: dates.now
                ) { _ in [] }
            },
            { try await store.markDelivered([message.id], in: dialect, to: ["ann"], at: dates.now) },
        ]
        for act in actions {
            for step in [60.0, -7200] {
                fixture.clock.step(step)
                try await act()
                #expect(try await shown(to: "bob", in: dialect) == before)
            }
        }
    }

    /// A conversation as a list shows it.
    private struct Listed: Hashable {
        let conversation: Conversation
        let lastMessage: String?
        let unreadCount: Int
    }

    /// A user's lists in both orders.
    private func shown(to user: String, in dialect: Dialect) async throws -> [[Listed]] {
        var lists: [[Listed]] = []
        for order in [ConversationFilter.Order.lastChange, .lastMessage] {
            let filter = ConversationFilter(order: order)
            let found = try await store.conversations(of: user, in: dialect, filter: filter, page: 1, limit: 10).0
            lists.append(
                found.map {
                    Listed(
                        conversation: $0.conversation, lastMessage: $0.lastMessage?.text, unreadCount: $0.unreadCount)
                })
        }
        return lists
    }

    @Test(
        "paging by timestamps finds every message, also after the clock was set back",
        arguments: StoreEngine.allCases)
    func paging(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("a", in: .rooms)
        for number in 1...6 {
            try await send("\(number)", in: "a", of: .rooms, apart: true)
            fixture.clock.step(number == 3 ? -3600 : 1)
        }
        var (texts, before) = ([String](), MessagePage.Bound?.none)
        while true {
            let page = MessagePage(limit: 2, before: before)
            let found = try await store.messages(of: "a", in: .rooms, viewer: "bob", page: page).messages
            guard let oldest = found.first else { break }
            texts = found.map(\.text) + texts
            before = .date(oldest.createdAt)
        }
        #expect(texts == ["1", "2", "3", "4", "5", "6"])
    }

    @Test(
        "a message is found by its timestamp also where timestamps go back, as older versions wrote them",
        arguments: StoreEngine.allCases)
    func datesGoBack(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("a", in: .rooms)
        var sent: [ChatMessage] = []
        for number in 1...6 {
            sent.append(try await send("\(number)", in: "a", of: .rooms))
            fixture.clock.step(number == 3 ? -3600 : 1)
        }
        for (index, message) in sent.enumerated() {
            let earlier = MessagePage(limit: 10, before: .date(message.createdAt))
            #expect(
                try await store.messages(of: "a", in: .rooms, viewer: "bob", page: earlier).messages.map(\.id)
                    == sent[..<index].map(\.id))
            let later = MessagePage(limit: 10, after: .date(message.createdAt))
            #expect(
                try await store.messages(of: "a", in: .rooms, viewer: "bob", page: later).messages.map(\.id)
                    == sent[(index + 1)...].map(\.id))
        }
    }

    @Test("deliveries of a message are listed in the order of delivery", arguments: StoreEngine.allCases)
    func deliveries(engine: StoreEngine) async throws {
        try fixture.use(engine)
        try await group("a", in: .signalr)
        let message = try await send("hi", in: "a", of: .signalr)
        for user in ["zoe", "bob", "max"] {
            fixture.clock.step(-60)
            try await store.markDelivered([message.id], in: .signalr, to: [user], at: fixture.clock.now)
        }
        let read = try await store.message(message.id, in: .signalr, viewer: "bob")
        #expect(read?.deliveries.map(\.user) == ["zoe", "bob", "max"])
    }

    @Test("two merged conversations take the later place of both in the list", arguments: StoreEngine.allCases)
    func adopted(engine: StoreEngine) async throws {
        try fixture.use(engine)
        for (id, text) in [("theirs", "x"), ("other", "y")] {
            try await store.upsert(
                Conversation(
                    id: id, dialect: .bananatalk, members: ["ann", "bob", text], name: id, createdAt: fixture.clock.now)
            )
        }
        fixture.clock.step(-60)
        try await fixture.send(from: "ann", to: "bob")
        try await store.upsert(
            Conversation(
                id: "theirs", dialect: .bananatalk, members: ["ann", "bob"], isDirect: true,
                createdAt: fixture.clock.now))
        for order in [ConversationFilter.Order.lastChange, .lastMessage] {
            #expect(try await list(order, in: .bananatalk) == ["theirs", "other"])
        }
    }

    @Test(
        "a used token is rejected until it has expired, whatever the clock is set to meanwhile",
        arguments: StoreEngine.allCases)
    func tokens(engine: StoreEngine) async throws {
        try fixture.use(engine)
        let (store, clock) = (fixture.store, fixture.clock)
        let expires = clock.now + 60
        #expect(try await store.claim(token: "t", in: .imagekit, expires: expires))
        clock.step(7200)
        #expect(try await store.claim(token: "other", in: .imagekit, expires: clock.now + 60))
        clock.step(-7200)
        #expect(try await !store.claim(token: "t", in: .imagekit, expires: expires))
        // The end of a process does not change that.
        let another = try fixture.another()
        clock.step(7200)
        #expect(try await another.claim(token: "third", in: .imagekit, expires: clock.now + 60))
        clock.step(-7200)
        #expect(try await !another.claim(token: "t", in: .imagekit, expires: expires))
        clock.advance(7200)
        #expect(try await store.claim(token: "fourth", in: .imagekit, expires: clock.now + 60))
        #expect(try await store.claim(token: "t", in: .imagekit, expires: clock.now + 60))
    }

    @Test(
        "a presigned upload lasts for its time, whatever the clock is set to",
        arguments: StoreEngine.allCases, [-86_400.0, 86_400])
    func presignedUploads(engine: StoreEngine, step: TimeInterval) async throws {
        try fixture.use(engine)
        let upload = PresignedUpload(
            id: "att_1", dialect: .intok, owner: "ann", key: "k", mimeType: "image/png", fileSize: 9,
            expires: fixture.clock.now + 3600, lifetime: .seconds(3600))
        try await store.save(upload, within: nil)
        fixture.clock.step(step)
        #expect(try await store.presignedUpload("att_1", in: .intok)?.key == "k")
        fixture.clock.advance(3600)
        #expect(try await store.presignedUpload("att_1", in: .intok) == nil)
    }

    @Test("after the migration older conversations keep their order after newer ones, and used tokens stay used")
    func migration() async throws {
        let (folder, clock) = (try TemporaryFolder(), fixture.clock)
        let milliseconds = clock.now.milliseconds
        do {
            let old = try SQLiteConnection(path: folder.database)
            for (index, step) in SQLiteMigrations.steps.prefix(while: { $0 != SQLiteMigrations.order }).enumerated() {
                try old.execute(step)
                try old.execute("PRAGMA user_version = \(index + 1)")
            }
            try old.execute(
                """
                INSERT INTO conversations (number, dialect, id, settings, created_at, updated_at, activity) VALUES
                    (1, 'imagekit', 'a', '{}', 1, 9, 7), (2, 'imagekit', 'b', '{}', 2, 8, 5), (3, 'imagekit', 'c', '{}', 3, 3, 6);
                INSERT INTO members (conversation, user) VALUES (1, 'ann'), (2, 'ann'), (3, 'ann');
                INSERT INTO messages (number, dialect, id, conversation, sender, type, text, created_at, updated_at) VALUES
                    (1, 'imagekit', 'm', 2, 'ann', 'text', 'x', 8, 8);
                INSERT INTO claimed_tokens (dialect, token, expires) VALUES ('imagekit', 't', \(milliseconds + 60_000));
                """)
        }
        let store = try SQLiteChatStore(path: folder.database, now: { clock.now }, uptime: { clock.uptime })
        func list(_ order: ConversationFilter.Order) async throws -> [String] {
            try await store.conversations(
                of: "ann", in: .imagekit, filter: ConversationFilter(order: order), page: 1, limit: 9
            ).0.map(\.conversation.id)
        }
        #expect(try await list(.lastMessage) == ["b", "c", "a"])
        #expect(try await list(.lastChange) == ["a", "c", "b"])
        clock.step(-3600)
        try await store.upsert(Conversation(id: "d", dialect: .imagekit, members: ["ann"], createdAt: clock.now))
        #expect(try await list(.lastMessage) == ["d", "b", "c", "a"])
        #expect(try await list(.lastChange) == ["d", "a", "c", "b"])
        clock.step(7200)
        #expect(try await store.claim(token: "u", in: .imagekit, expires: clock.now + 60))
        clock.step(-3600)
        #expect(try await !store.claim(token: "t", in: .imagekit, expires: clock.now + 60))
    }
}
