import ChatTestSupport
import Foundation
import Testing

@testable import ChatBridge
@testable import ChatStoreSQLite

extension SQLiteChatStore {
    /// What the counts of blocks are, and what they are when counted; a line for each block, with a kind and names.
    fileprivate func blockCounts() throws -> (kept: [String], counted: [String]) {
        let kept = try connection.rows(
            """
            SELECT conversation || ' ' || size || ' ' || block || ' ' || count FROM message_counts
            UNION ALL SELECT conversation || ' ' || user || ' ' || size || ' ' || block || ' ' || count FROM hidden_counts
            """
        ) { $0.text(0) }
        let counted = try SQLiteMigrations.blockSizes.flatMap { size in
            try connection.rows(
                """
                SELECT conversation || ' ' || ?1 || ' ' || (number / ?1) || ' ' || count(*) FROM messages
                    GROUP BY conversation, number / ?1
                UNION ALL
                SELECT m.conversation || ' ' || h.user || ' ' || ?1 || ' ' || (m.number / ?1) || ' ' || count(*)
                    FROM hidden_messages AS h JOIN messages AS m ON m.number = h.message
                    GROUP BY m.conversation, h.user, m.number / ?1
                """, [.integer(size)]
            ) { $0.text(0) }
        }
        return (kept.sorted(), counted.sorted())
    }

    /// Leaves so many numbers of messages out, as other conversations would.
    fileprivate func skipNumbers(_ count: Int) throws {
        let sequence = "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'messages'"
        try transact { try connection.run(sequence, [.integer(count)]) }
    }
}

/// What users see of a conversation, kept beside the store.
private struct ExpectedMessages {
    var all: [String] = []
    var hidden: [String: Set<String>] = [:]

    func visible(to user: String) -> [String] { all.filter { !hidden[user, default: []].contains($0) } }
}

@Suite("Totals and places of pages")
struct MessageCountTests {
    /// The page that a list has, by counting.
    private func expected(_ visible: [String], in all: [String], page: MessagePage) -> (ids: [String], total: Int) {
        func index(_ bound: MessagePage.Bound?) -> Int? {
            guard case .message(let id)? = bound else { return nil }
            return all.firstIndex(of: id)
        }
        let (newer, older) = (index(page.after) ?? -1, index(page.before) ?? all.count)
        let places = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($0.element, $0.offset) })
        let between = visible.filter { id in places[id].map { $0 > newer && $0 < older } ?? false }
        let ordered = page.after == nil ? between.reversed() : between
        let found = ordered.dropFirst((page.page - 1) * page.limit).prefix(page.limit)
        return (page.after == nil ? found.reversed() : Array(found), between.count)
    }

    private func randomPage(of messages: [String], _ random: inout SystemRandomNumberGenerator) -> MessagePage {
        let bound = { (random: inout SystemRandomNumberGenerator) -> MessagePage.Bound? in
            Bool.random(using: &random) ? messages.randomElement(using: &random).map { .message($0) } : nil
        }
        return MessagePage(
            page: Int.random(in: 1...3, using: &random), limit: Int.random(in: 1...9, using: &random),
            before: bound(&random), after: bound(&random))
    }

    @Test(
        "are those of the messages that a user sees, after any sequence of sending, hiding and deleting",
        arguments: StoreEngine.allCases)
    func sequences(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine, isInMemory: engine == .sqlite)
        var random = SystemRandomNumberGenerator()
        var conversations: [String: ExpectedMessages] = [:]
        for _ in 0..<(engine == .sqlite ? 300 : 60) {
            if engine == .sqlite, Int.random(in: 0..<4) == 0 {
                try await fixture.sqlite.skipNumbers([1, 500, 3_000, 1_048_576].randomElement() ?? 1)
            }
            let known = conversations.randomElement(using: &random)
            switch (Int.random(in: 0..<12, using: &random), known) {
            case (0, (let id, let messages)?):
                try await fixture.store.hideAll(in: id, of: .bananatalk, from: "ann")
                conversations[id]?.hidden["ann"] = Set(messages.all)
            case (1...3, (let id, let messages)?):
                guard let message = messages.all.randomElement(using: &random) else { continue }
                try await fixture.store.hide(message, in: .bananatalk, from: "ann", outbox: [])
                conversations[id]?.hidden["ann", default: []].insert(message)
            case (4, (_, let messages)?):
                // Of deleted messages the last fifty are kept: those are counted as well.
                guard let message = messages.all.randomElement(using: &random) else { continue }
                _ = try await fixture.store.deleteForAll(
                    message, in: .bananatalk, at: fixture.clock.now, outbox: [])
            default:
                fixture.clock.advance(1)
                let partner = ["bob", "cid"].randomElement(using: &random) ?? "bob"
                let message = try await fixture.send(from: partner, to: "ann").message
                conversations[message.conversation, default: ExpectedMessages()].all.append(message.id)
            }
            guard let (id, messages) = conversations.randomElement(using: &random) else { continue }
            for viewer in ["ann", "bob"] {
                let page = randomPage(of: messages.all, &random)
                let list = try await fixture.store.messages(of: id, in: .bananatalk, viewer: viewer, page: page)
                let wanted = expected(messages.visible(to: viewer), in: messages.all, page: page)
                #expect(list.messages.map(\.id) == wanted.ids && list.total == wanted.total, "\(page)")
                let count = try await fixture.store.messageCount(of: id, in: .bananatalk, viewer: viewer)
                #expect(count == messages.visible(to: viewer).count)
            }
        }
        let all = conversations.values.reduce(0) { $0 + $1.visible(to: "ann").count }
        let list = try await fixture.store.messages(
            .all, in: .bananatalk, viewer: "ann", page: MessageListPage(limit: 1_000))
        #expect(list.total == all && list.messages.count == all)
        if engine == .sqlite {
            let counts = try await fixture.sqlite.blockCounts()
            #expect(counts.kept == counts.counted)
        }
    }

    @Test(
        "are right while fifty write at once, hide and delete, in two processes",
        arguments: [StoreEngine.sqlite, .mongodb])
    func parallel(engine: StoreEngine) async throws {
        let fixture = try StoreFixture(engine)
        let first = try await fixture.send(from: "bob", to: "ann").message
        let stores = [fixture.store, try fixture.another()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...50 {
                let draft = fixture.draft(from: "bob", to: number.isMultiple(of: 3) ? "cid" : "ann")
                group.addTask {
                    let store = stores[number % 2]
                    let message = try await store.save([draft])[0].message
                    if number.isMultiple(of: 5) {
                        try await store.hide(message.id, in: .bananatalk, from: "ann", outbox: [])
                    }
                    if number.isMultiple(of: 7) {
                        _ = try await store.deleteForAll(message.id, in: .bananatalk, at: message.createdAt, outbox: [])
                    }
                }
            }
            try await group.waitForAll()
        }
        // Of the fifty, 34 are to ann, and 7 of these were hidden.
        let page = MessagePage(limit: 100)
        let list = try await fixture.store.messages(of: first.conversation, in: .bananatalk, viewer: "ann", page: page)
        #expect(list.total == 28 && list.messages.count == 28)
        let all = try await fixture.store.messages(of: first.conversation, in: .bananatalk, viewer: "bob", page: page)
        #expect(all.total == 35 && all.messages.count == 35)
        guard engine == .sqlite else { return }
        let counts = try await fixture.sqlite.blockCounts()
        #expect(counts.kept == counts.counted && !counts.kept.isEmpty)
    }

    @Test("are right after conversations were merged and deleted, and rows of deleted messages removed")
    func rows() async throws {
        let fixture = try StoreFixture(isInMemory: true)
        let store = try fixture.sqlite
        var sent: [ChatMessage] = []
        for number in 0..<70 {
            if number.isMultiple(of: 9) { try await store.skipNumbers(1_000) }
            sent.append(try await fixture.send(from: "ann", to: "bob").message)
        }
        try await fixture.send(from: "ann", to: "cid")
        for message in sent.prefix(5) { try await store.hide(message.id, in: .bananatalk, from: "bob", outbox: []) }
        try await store.delivered(store.dueOutbox(limit: 1_000).map(\.sequence))
        for message in sent.prefix(60) {
            _ = try await store.deleteForAll(message.id, in: .bananatalk, at: fixture.clock.now, outbox: [])
        }
        var counts = try await store.blockCounts()
        #expect(counts.kept == counts.counted)
        // The conversation that the chat server knows under another ID has messages, too.
        let pair = Conversation(
            id: "other", dialect: .bananatalk, members: ["ann", "bob"], isDirect: false, createdAt: fixture.clock.now)
        try await store.upsert(pair)
        var draft = fixture.draft(from: "ann", to: "bob")
        draft.place = .conversation
        draft.message.conversation = "other"
        let notice = try await store.save([draft])[0].message
        try await store.hide(notice.id, in: .bananatalk, from: "bob", outbox: [])
        try await store.hide(sent[65].id, in: .bananatalk, from: "bob", outbox: [])
        var direct = pair
        direct.isDirect = true
        try await store.upsert(direct)
        counts = try await store.blockCounts()
        #expect(counts.kept == counts.counted)
        let list = try await store.messages(
            of: "other", in: .bananatalk, viewer: "bob", page: MessagePage(limit: 100))
        #expect(list.total == 59 && list.messages.count == 59)
        try await store.deleteConversation("other", in: .bananatalk)
        counts = try await store.blockCounts()
        #expect(counts.kept == counts.counted && counts.kept.count == SQLiteMigrations.blockSizes.count)
    }

    @Test("are counted when a store of an earlier release is opened")
    func migration() async throws {
        let folder = try TemporaryFolder()
        let connection = try SQLiteConnection(path: folder.database)
        for (index, step) in SQLiteMigrations.steps.prefix(while: { $0 != SQLiteMigrations.messageCounts }).enumerated()
        {
            try connection.execute(step)
            try connection.execute("PRAGMA user_version = \(index + 1)")
        }
        try connection.execute(
            """
            INSERT INTO conversations (number, dialect, id, settings, created_at) VALUES (1, 'signalr', 'a', '{}', 1);
            INSERT INTO members (conversation, user) VALUES (1, 'ann');
            WITH RECURSIVE numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 2500)
            INSERT INTO messages (number, dialect, id, conversation, sender, type, text, created_at, updated_at)
                SELECT number * 900, 'signalr', 'm' || number, 1, 'bob', 'Text', '', number, number FROM numbers;
            INSERT INTO hidden_messages (message, user) SELECT number, 'ann' FROM messages WHERE number % 7 = 0;
            """)
        let store = try SQLiteChatStore(path: folder.database)
        let counts = try await store.blockCounts()
        #expect(counts.kept == counts.counted && !counts.kept.isEmpty)
        let page = MessagePage(page: 101, limit: 10)
        let list = try await store.messages(of: "a", in: .signalr, viewer: "ann", page: page)
        let visible = (1...2_500).filter { $0 * 900 % 7 != 0 }
        #expect(list.total == visible.count)
        #expect(list.messages.map(\.id) == visible.dropLast(1_000).suffix(10).map { "m\($0)" })
    }

    @Test("a conversation of which its member has hidden everything has no last message, until there is another")
    func lastMessage() async throws {
        let fixture = try StoreFixture(isInMemory: true)
        let message = try await fixture.send(from: "ann", to: "bob").message
        let last = {
            try await fixture.store.summary(of: message.conversation, in: .bananatalk, for: "bob")?.lastMessage?.id
        }
        try await fixture.store.hideAll(in: message.conversation, of: .bananatalk, from: "bob")
        #expect(try await last() == nil)
        let next = try await fixture.send(from: "ann", to: "bob").message
        #expect(try await last() == next.id)
    }
}
